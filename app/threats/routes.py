"""Pages and API of threats: the table with the risk matrix, one threat, its assessment."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts.wording import KINDS
from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, number, page_number
from app.db import db
from app.errors import Refusal
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.danger import THREATS
from app.permissions import Permission, needs, viewer
from app.surfaces import queries as surfaces
from app.surfaces import wording as forecast
from app.threats import queries, wording
from app.threats.actions import assess_threat, end_threat, reassess
from app.threats.body import Assessment, End
from app.threats.forms import ThreatForm

pages = Blueprint("threats", __name__, url_prefix="/threats")
api = Blueprint("threats_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def asked_for() -> queries.Filters:
    given: dict[str, Any] = {f: argument(f) for f in ("state", "kind", "actor", "search", "sort")}
    given["sector"] = number("sector")
    return queries.Filters(**{k: v for k, v in given.items() if v})


@pages.get("")
@needs(Permission.READ_THREATS)
def table() -> str:
    found, total = queries.table(asked_for(), page_number())
    return render_template(
        "threats/table.html", threats=[(t, queries.risk_of(t)) for t in found], total=total, page=page_number(),
        page_size=queries.PAGE, filters=asked_for(), wording=wording, kinds=KINDS,
        inherent=queries.matrix(), residual=queries.matrix(residual=True),
        may_assess=viewer().holds(Permission.ASSESS_THREATS),
        formats=formats_of(THREATS),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_THREATS)
def export() -> Response:
    """The table as a file of the chosen format, with the filters of its address."""
    filters = asked_for()
    written = exported(THREATS, filters.where(), asdict(filters))
    db.session.commit()
    return written


@pages.get("/new")
@needs(Permission.ASSESS_THREATS)
def new() -> str:
    return render_template("threats/edit.html", form=offered(ThreatForm(formdata=None)), threat=None)


@pages.post("/new")
@needs(Permission.ASSESS_THREATS)
def assess_from_form() -> BaseResponse | tuple[str, int]:
    return assessed(offered(ThreatForm()), None)


@pages.get("/<int:threat_id>/edit")
@needs(Permission.ASSESS_THREATS)
def edit(threat_id: int) -> str:
    threat = queries.one(threat_id)
    form = offered(ThreatForm(formdata=None))
    form.fill(threat)
    return render_template("threats/edit.html", form=form, threat=threat, **advised(threat))


@pages.post("/<int:threat_id>/edit")
@needs(Permission.ASSESS_THREATS)
def reassess_from_form(threat_id: int) -> BaseResponse | tuple[str, int]:
    queries.one(threat_id)
    return assessed(offered(ThreatForm()), threat_id)


def offered(form: ThreatForm) -> ThreatForm:
    form.offer(queries.actors())
    return form


def assessed(form: ThreatForm, threat_id: int | None) -> BaseResponse | tuple[str, int]:
    if form.validate_on_submit():
        try:
            body = read(Assessment, form.as_body())
            threat = assess_threat(body) if threat_id is None else reassess(threat_id, body)
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            form.form_errors.append(refusal.sentence)
            form.tell(refusal.fields)
        except ValueError as error:
            form.form_errors.append(str(error))
        else:
            flash(_("The assessment is stored."))
            return redirect(url_for("threats.page", threat_id=threat.id), 303)
    threat_row = queries.one(threat_id) if threat_id else None
    return render_template("threats/edit.html", form=form, threat=threat_row, **advised(threat_row)), 422


@pages.get("/<int:threat_id>")
@needs(Permission.READ_THREATS)
def page(threat_id: int) -> str:
    return render_template("threats/page.html", **thing(threat_id))


@pages.get("/<int:threat_id>/panel")
@needs(Permission.READ_THREATS)
def panel(threat_id: int) -> str:
    return render_template("threats/panel.html", **thing(threat_id))


def thing(threat_id: int) -> dict[str, Any]:
    threat = queries.one(threat_id)
    return {
        "threat": threat, "risk": queries.risk_of(threat), "wording": wording, "kinds": KINDS,
        "suggested": suggested(threat), "forecast": forecast,
        "may_evacuate": threat.ended_at is None and viewer().may(Permission.PLAN_EVACUATIONS, threat.sector_id),
        "may_assess": threat.ended_at is None and viewer().may(Permission.ASSESS_THREATS, threat.sector_id),
    }  # fmt: skip


def advised(threat: Any) -> dict[str, Any]:
    return {"suggested": suggested(threat) if threat else None, "wording": wording, "forecast": forecast}


def suggested(threat: Any) -> surfaces.Suggestion | None:
    """What the forecast says of the threat's area; the officer decides."""
    if threat.ended_at is not None or not viewer().holds(Permission.SEE_HOTSPOTS):
        return None
    return surfaces.in_area(queries.area_of(threat.id))


@pages.post("/<int:threat_id>/end")
@needs(Permission.ASSESS_THREATS)
def end(threat_id: int) -> BaseResponse | str:
    end_threat(threat_id, read(End, {"reason": request.form.get("reason", "")}).reason)
    db.session.commit()
    if request.headers.get("HX-Request"):
        return render_template("threats/panel.html", **thing(threat_id))
    flash(_("Recorded: the threat has ended."))
    return redirect(url_for("threats.page", threat_id=threat_id), 303)


def whole(threat_id: int) -> dict[str, Any]:
    return {**queries.as_json(queries.one(threat_id)), "area": queries.area_of(threat_id)}


@api.get("/threats")
@needs(Permission.READ_THREATS)
@describes(
    "Threats of your sectors, overdue reviews first; filters: state (open, overdue, ended, all), kind, search, page."
)
def list_threats() -> Response:
    found, total = queries.table(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "threats": [queries.as_json(t) for t in found]})


@api.post("/threats")
@needs(Permission.ASSESS_THREATS)
@describes("Assess a new threat; its area as a GeoJSON polygon or as a circle.", takes=Assessment)
def assess_by_api() -> tuple[Response, int]:
    threat = assess_threat(read(Assessment))
    db.session.commit()
    return jsonify(whole(threat.id)), 201


@api.get("/threats/<int:threat_id>")
@needs(Permission.READ_THREATS)
@describes("One threat with its area as GeoJSON.")
def one_threat(threat_id: int) -> Response:
    return jsonify(whole(threat_id))


@api.put("/threats/<int:threat_id>")
@needs(Permission.ASSESS_THREATS)
@describes("Assess a threat anew; without area or circle the old area stands.", takes=Assessment)
def reassess_by_api(threat_id: int) -> Response:
    reassess(threat_id, read(Assessment))
    db.session.commit()
    return jsonify(whole(threat_id))


@api.post("/threats/<int:threat_id>/end")
@needs(Permission.ASSESS_THREATS)
@describes("Record that a threat is over, with the reason.", takes=End)
def end_by_api(threat_id: int) -> Response:
    end_threat(threat_id, read(End).reason)
    db.session.commit()
    return jsonify(whole(threat_id))
