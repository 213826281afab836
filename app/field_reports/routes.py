"""Reports: the field's three buttons, the form, the in-tray, and PUT /api/v1/reports/{uuid}."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import queries as alerts
from app.alerts import wording
from app.api.bodies import Nothing, read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.errors import Conflict, Refusal, TooMany
from app.field_reports import hearing_back, queries
from app.field_reports import wording as affected
from app.field_reports.actions import file_report, settle_conflict
from app.field_reports.allowance import counted
from app.field_reports.body import Receipt, ReportBody
from app.field_reports.forms import ReportForm
from app.field_reports.looking import RaiseReport, leave_without_alert, raise_from_report
from app.mission.queries import thresholds
from app.permissions import Permission, needs, viewer

pages = Blueprint("field_reports", __name__, url_prefix="/reports")
api = Blueprint("field_reports_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("/start")
@needs(Permission.FILE_REPORTS)
def start() -> str:
    """The field's first page: report, my patrol, help now."""
    return render_template("field_reports/start.html", leads=viewer().holds(Permission.LEAD_PATROLS))


@pages.get("")
@needs(Permission.FILE_REPORTS)
def in_tray() -> str:
    page, reads_alerts = page_number(), viewer().holds(Permission.READ_ALERTS)
    unlooked = reads_alerts and argument("alert") == "none"
    found, total = queries.in_tray(page, argument("kind", 60), unlooked)
    return render_template(
        "field_reports/in_tray.html", reports=found, total=total, page=page, page_size=queries.PAGE,
        wording=wording, conflicts=queries.open_conflicts(), reads_all=viewer().holds(Permission.READ_REPORTS),
        unlooked=unlooked, reads_alerts=reads_alerts, waiting=queries.waiting() if reads_alerts else 0,
        may_look=lambda sector_id: viewer().may(Permission.HANDLE_ALERTS, sector_id),
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.FILE_REPORTS)
def new() -> str:
    form = ReportForm(formdata=None)
    form.patrol_id.data = request.args.get("patrol", "")[:18]
    if request.args.get("help") == "now":
        form.kind.data = "attack_under_way"
    return render_template("field_reports/new.html", form=form)


@pages.post("/new")
@needs(Permission.FILE_REPORTS)
def file_from_form() -> BaseResponse | tuple[str, int]:
    form = ReportForm()
    if form.validate_on_submit():
        try:
            with counted():
                receipt, _new = file_report(UUID(form.id.data), ReportBody.model_validate(form.as_body()))
            db.session.commit()
        except ValidationError as error:
            form.tell(error)
        except Conflict:
            db.session.commit()  # both bodies are kept
            raise
        except TooMany as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
            page = render_template("field_reports/new.html", form=form)
            return Response(page, 429, {"Retry-After": str(refusal.wait)})
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            flash(_("Your report is stored. Receipt %(receipt)s.", receipt=receipt.receipt))
            return redirect(url_for("field_reports.page", report_id=receipt.id), 303)
    return render_template("field_reports/new.html", form=form), 422


@pages.get("/<uuid:report_id>")
@needs(Permission.FILE_REPORTS)
def page(report_id: UUID) -> str:
    report, unraised = queries.one(report_id), queries.weighed_too_low(report_id)
    return render_template(
        "field_reports/page.html", report=report, unraised=unraised,
        lookers=queries.lookers() if unraised and unraised.look else {},
        mark=thresholds().least_score("P4"), point=queries.point_of(report_id),
        wording=wording, affected=affected,
        alert_id=queries.alert_of(report_id), conflicts=queries.conflicts_of(report_id),
        became=hearing_back.became_of(report),
        may_settle=viewer().may(Permission.HANDLE_ALERTS, report.sector_id), me=viewer().person_id,
    )  # fmt: skip


@pages.post("/<uuid:report_id>/raise")
@needs(Permission.HANDLE_ALERTS)
def raise_alert(report_id: UUID) -> BaseResponse:
    """Make an alert of a report that raised none by itself."""
    said = read(
        RaiseReport, {"priority": request.form.get("priority", ""), "why": request.form.get("why", "")}
    )
    with counted():
        alert_id = raise_from_report(report_id, said)
    db.session.commit()
    flash(_("Alert %(id)s was raised.", id=alert_id))
    return redirect(url_for("alerts.page", alert_id=alert_id), 303)


@pages.post("/<uuid:report_id>/no-alert")
@needs(Permission.HANDLE_ALERTS)
def no_alert(report_id: UUID) -> BaseResponse:
    leave_without_alert(report_id)
    db.session.commit()
    flash(_("Recorded: you have seen it, and it needs no alert."))
    return redirect(url_for("field_reports.in_tray", alert="none"), 303)


@pages.post("/<uuid:report_id>/heard")
@needs(Permission.FILE_REPORTS)
def heard(report_id: UUID) -> BaseResponse:
    """Whoever sent the report has read what was written for him."""
    hearing_back.hear(queries.one(report_id))
    db.session.commit()
    flash(_("Recorded: you have read it."))
    return redirect(url_for("field_reports.page", report_id=report_id), 303)


@pages.post("/conflicts/<int:conflict_id>/settle")
@needs(Permission.HANDLE_ALERTS)
def settle(conflict_id: int) -> BaseResponse:
    settle_conflict(conflict_id)
    db.session.commit()
    flash(_("Recorded: the two bodies were compared."))
    return redirect(url_for("field_reports.in_tray"), 303)


@api.put("/reports/<uuid:report_id>")
@needs(Permission.FILE_REPORTS)
@describes("File a field report under the sender's own UUID. The same again gives the same receipt. Without a channel it "
           "takes that of your role; one that is not your role's is refused.",
           takes=ReportBody, gives=Receipt)  # fmt: skip
def put_report(report_id: UUID) -> tuple[Response, int]:
    try:
        with counted():
            receipt, new = file_report(report_id, read(ReportBody))
    except Conflict:
        db.session.commit()  # both bodies are kept
        raise
    db.session.commit()
    return jsonify(receipt.model_dump(mode="json")), 201 if new else 200


@api.post("/reports/<uuid:report_id>/raise")
@needs(Permission.HANDLE_ALERTS)
@describes(
    "Raise an alert of a report that raised none by itself and that nobody has looked at.", takes=RaiseReport
)
def raise_by_api(report_id: UUID) -> tuple[Response, int]:
    with counted():
        alert_id = raise_from_report(report_id, read(RaiseReport))
    db.session.commit()
    return jsonify({"id": alert_id, "serial": alerts.serial(alert_id)}), 201


@api.post("/reports/<uuid:report_id>/no-alert")
@needs(Permission.HANDLE_ALERTS)
@describes("Say that you have seen a report that raised no alert, and that it needs none.", takes=Nothing)
def no_alert_by_api(report_id: UUID) -> Response:
    read(Nothing, None if request.get_data(cache=True) else {})
    leave_without_alert(report_id)
    db.session.commit()
    return jsonify({"id": str(report_id)})


@api.get("/reports/<uuid:report_id>")
@needs(Permission.FILE_REPORTS)
@describes("One report: one's own, or of one's sectors for those who read reports.")
def get_report(report_id: UUID) -> Response:
    report = queries.one(report_id)
    lon, lat = queries.point_of(report_id)
    return jsonify(
        {
            "id": str(report.id), "serial": report.serial, "receipt": report.receipt, "kind": report.kind,
            "what": report.what, "text": report.text, "channel": report.channel,
            "occurred_at": report.occurred_at.isoformat(), "date_precision": report.date_precision,
            "received_at": report.received_at.isoformat(),
            "place": {"lon": lon, "lat": lat, "precision": report.place_precision,
                      "radius_metres": report.radius_metres, "as_given": report.place_as_given},
            "actors": report.actors, "people_affected": report.people_affected,
            "indicators": report.indicators or [],
            "grade": f"{report.source_reliability}{report.credibility}",
        }
    )  # fmt: skip
