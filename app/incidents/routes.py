"""Pages and API of incidents: the table, one incident, recording and verifying."""

from __future__ import annotations

import math
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import queries as alerts
from app.alerts.wording import VERIFICATIONS
from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, number, page_number, period
from app.db import db
from app.errors import Invalid, Refusal
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.danger import INCIDENTS
from app.field_reports import queries as reports
from app.havens import by_road
from app.havens import wording as haven_words
from app.incidents import queries, wording
from app.incidents.actions import record_incident, verify
from app.incidents.body import IncidentBody, Verify
from app.incidents.forms import IncidentForm
from app.permissions import ROLE_NAMES, Permission, needs, viewer
from geo import date_time_group

pages = Blueprint("incidents", __name__, url_prefix="/incidents")
api = Blueprint("incidents_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)
# As long as people may still be on the move because of it.
FRESH_DAYS = 7


def asked_for() -> queries.Filters:
    given: dict[str, Any] = {
        f: argument(f)
        for f in ("kind", "verification", "source", "precision", "grade", "actor", "search", "sort")
    }
    given["sector"] = number("sector")
    since, until = period()
    given |= {"since": since, "until": until, "box": box()}
    return queries.Filters(**{k: v for k, v in given.items() if v})


def box() -> queries.Box | None:
    written = argument("bbox")
    if not written:
        return None
    try:
        west, south, east, north = (float(part) for part in written.split(","))
    except ValueError:
        west, south, east, north = (math.nan,) * 4
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        words = _("Give bbox as west,south,east,north in degrees.")
        raise Invalid(words, fields={"bbox": words})
    return west, south, east, north


@pages.get("")
@needs(Permission.READ_INCIDENTS)
def table() -> str:
    filters = asked_for()
    found, total = queries.table(filters, page_number())
    return render_template(
        "incidents/table.html", incidents=found, total=total, page=page_number(), page_size=queries.PAGE,
        filters=filters, wording=wording, verifications=VERIFICATIONS,
        source_words=[(s, wording.SOURCES.get(s, s)) for s in queries.sources()],
        may_record=viewer().holds(Permission.RECORD_INCIDENTS),
        formats=formats_of(INCIDENTS),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_INCIDENTS)
def export() -> Response:
    """The table as a file of the chosen format, with the filters of its address."""
    filters = asked_for()
    written = exported(INCIDENTS, filters.where(), asdict(filters))
    db.session.commit()
    return written


@pages.get("/new")
@needs(Permission.RECORD_INCIDENTS)
def new() -> str:
    """The empty form, or filled from ?alert=<id> or ?report=<uuid> as far as the viewer may read them."""
    form = IncidentForm(formdata=None)
    alert_id = number("alert")
    report_id = request.args.get("report", type=UUID)
    if alert_id and viewer().holds(Permission.READ_ALERTS):
        chain = alerts.chain(alert_id)
        form.fill(chain.alert, chain.verbatim, chain.alert.lon, chain.alert.lat)
        form.occurred_from.data = date_time_group.format(chain.alert.received_at)
        form.alert_id.data = str(alert_id)
    elif report_id:
        report = reports.one(report_id)
        words = report.what + ("\n" + report.text if report.text else "")
        form.fill(report, words, *reports.point_of(report_id))
        form.occurred_from.data = date_time_group.format(report.occurred_at)
        form.date_precision.data = str(report.date_precision)
        form.report_id.data = str(report_id)
    return render_template("incidents/new.html", form=form)


@pages.post("/new")
@needs(Permission.RECORD_INCIDENTS)
def record_from_form() -> BaseResponse | tuple[str, int]:
    form = IncidentForm()
    if form.validate_on_submit():
        try:
            incident, _new = record_incident(IncidentBody.model_validate(form.as_body()))
            db.session.commit()
        except ValidationError as error:
            form.tell(error)
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
        else:
            flash(_("The incident is recorded."))
            return redirect(url_for("incidents.page", incident_id=incident.id), 303)
    return render_template("incidents/new.html", form=form), 422


@pages.get("/<int:incident_id>")
@needs(Permission.READ_INCIDENTS)
def page(incident_id: int) -> str:
    return render_template("incidents/page.html", **thing(incident_id))


@pages.get("/<int:incident_id>/panel")
@needs(Permission.READ_INCIDENTS)
def panel(incident_id: int) -> str:
    return render_template("incidents/panel.html", **thing(incident_id))


def thing(incident_id: int) -> dict[str, Any]:
    found = queries.one(incident_id)
    who = viewer()
    return {
        "file": found, "incident": found.incident, "wording": wording, "verifications": VERIFICATIONS,
        "role_names": ROLE_NAMES,
        "may_order": who.may(Permission.ORDER_DOCUMENTS, found.incident.sector_id),
        "may_verify": who.may(Permission.VERIFY_INCIDENTS, found.incident.sector_id)
        and found.recorded_by_id != who.person_id,
        "where_to": where_to(found.incident), "haven_words": haven_words,
    }  # fmt: skip


def where_to(incident: Any) -> list[by_road.Within] | None:
    """Havens for people there, while it is fresh and its place is known well enough to flee from."""
    fresh = incident.occurred_to >= datetime.now(UTC) - timedelta(days=FRESH_DAYS)
    if not fresh or incident.place_precision > 2 or not viewer().holds(Permission.READ_HAVENS):
        return None
    return by_road.soonest_havens(incident.lon, incident.lat)


@pages.post("/<int:incident_id>/verify")
@needs(Permission.VERIFY_INCIDENTS)
def verify_from_form(incident_id: int) -> BaseResponse | str:
    judge(incident_id, {k: v for k, v in request.form.items() if k != "csrf_token" and v != ""})
    if request.headers.get("HX-Request"):
        return render_template("incidents/panel.html", **thing(incident_id))
    flash(_("The verification is recorded."))
    return redirect(url_for("incidents.page", incident_id=incident_id), 303)


def judge(incident_id: int, fields: Any) -> None:
    body = read(Verify, fields)
    verify(incident_id, body.verification, body.note, body.source_reliability, body.credibility)
    db.session.commit()


@api.get("/incidents")
@needs(Permission.READ_INCIDENTS)
@describes(
    "Incidents of your sectors; filters: bbox, since, until, kind, verification, grade, actor, sector, source, "
    "precision, sort, page."
)
def list_incidents() -> Response:
    found, total = queries.table(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "incidents": [queries.as_json(i) for i in found]})


@api.post("/incidents")
@needs(Permission.RECORD_INCIDENTS)
@describes("Record an incident. The same id again gives the same record.", takes=IncidentBody)
def record_by_api() -> tuple[Response, int]:
    incident, new_one = record_incident(read(IncidentBody))
    db.session.commit()
    return jsonify(queries.whole(queries.one(incident.id))), 201 if new_one else 200


@api.get("/incidents/<int:incident_id>")
@needs(Permission.READ_INCIDENTS)
@describes("One incident with the judgements on it.")
def one_incident(incident_id: int) -> Response:
    return jsonify(queries.whole(queries.one(incident_id)))


@api.post("/incidents/<int:incident_id>/verify")
@needs(Permission.VERIFY_INCIDENTS)
@describes("Judge an incident and say on what grounds. Never one's own record.", takes=Verify)
def verify_by_api(incident_id: int) -> Response:
    judge(incident_id, None)
    return jsonify(queries.whole(queries.one(incident_id)))
