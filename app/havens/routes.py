"""Pages and API of havens: the board, one haven with its acts, the nearest for a place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.errors import Invalid, NotFound
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.protection import HAVENS
from app.havens import queries, states, wording
from app.havens.acts import ACTS, from_form
from app.havens.models import HavenState
from app.mission.placing import Given, placed, read_place
from app.permissions import Permission, needs, viewer

pages = Blueprint("havens", __name__, url_prefix="/havens")
api = Blueprint("havens_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def asked_for() -> queries.Filters:
    return queries.Filters(**{f: argument(f) for f in ("state", "kind", "search", "sort")})


@pages.get("")
@needs(Permission.READ_HAVENS)
def board() -> str:
    found, total = queries.board(asked_for(), page_number())
    return render_template(
        "havens/board.html", havens=found, total=total, page=page_number(), page_size=queries.PAGE,
        filters=asked_for(), wording=wording, by_state=queries.places(),
        formats=formats_of(HAVENS),
    )  # fmt: skip


@pages.post("/export")
@needs(Permission.READ_HAVENS)
def export() -> Response:
    """The table as a file of the chosen format, with the filters of its address."""
    filters = asked_for()
    written = exported(HAVENS, filters.where(), asdict(filters))
    db.session.commit()
    return written


@pages.get("/nearest")
@needs(Permission.READ_HAVENS)
def nearest() -> tuple[str, int]:
    """The nearest havens for a place, open ones unless others are asked for."""
    written = argument("place")
    found, where, wrong = [], None, ""
    if written.strip():
        try:
            where = place_asked_for(written)
        except ValueError as error:
            wrong = str(error)
        else:
            found = queries.nearest(*where, states=states_asked_for())
    return render_template(
        "havens/nearest.html", havens=found, where=where, wrong=wrong, written=written, wording=wording
    ), 422 if wrong else 200  # fmt: skip


def place_asked_for(written: str) -> tuple[float, float]:
    """(lon, lat) in degrees. Raises ValueError with a sentence."""
    try:
        given = Given.model_validate(read_place(written))
    except ValidationError:  # its text repeats what was sent
        raise ValueError(_("These are not a latitude and a longitude. Latitude comes first.")) from None
    there = placed(given)
    return there.lon, there.lat


def states_asked_for() -> tuple[str, ...]:
    asked = argument("states")
    if asked == "all":
        return tuple(s.value for s in HavenState)
    known = tuple(s for s in asked.split(",") if s in set(HavenState))
    return known or (HavenState.OPEN.value,)


@pages.get("/<int:haven_id>")
@needs(Permission.READ_HAVENS)
def page(haven_id: int) -> str:
    return render_template("havens/page.html", **thing(haven_id), changes=queries.changes(haven_id))


@pages.get("/<int:haven_id>/panel")
@needs(Permission.READ_HAVENS)
def panel(haven_id: int) -> str:
    return render_template("havens/panel.html", **thing(haven_id))


def thing(haven_id: int) -> dict[str, Any]:
    haven = queries.one(haven_id)
    return {
        "haven": haven, "wording": wording, "words": {a: act.words for a, act in ACTS.items()},
        "may_keep": viewer().may(Permission.KEEP_HAVENS, haven.sector_id),
        "next_states": [s.value for s in HavenState if states.allowed(haven.state, s)],
    }  # fmt: skip


@pages.post("/<int:haven_id>/<act>")
@needs(Permission.KEEP_HAVENS)
def do(haven_id: int, act: str) -> BaseResponse | str:
    fields = {k: v for k, v in request.form.items() if k != "csrf_token" and v != ""}
    perform(haven_id, act, from_form(fields, request.form.getlist("needs")))
    if request.headers.get("HX-Request"):
        return render_template("havens/panel.html", **thing(haven_id))
    flash(_("Recorded: %(what)s.", what=str(ACTS[act].words)))
    return redirect(url_for("havens.page", haven_id=haven_id), 303)


def perform(haven_id: int, act: str, fields: Any) -> None:
    if act not in ACTS:
        raise NotFound
    ACTS[act].call(haven_id, read(ACTS[act].body, fields))
    db.session.commit()


@api.get("/havens")
@needs(Permission.READ_HAVENS)
@describes("Havens that you may know of; filters: state, kind, search, sort, page.")
def list_havens() -> Response:
    found, total = queries.board(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "havens": [queries.as_json(h) for h in found]})


@api.get("/havens/nearest")
@needs(Permission.READ_HAVENS)
@describes(
    "The nearest havens with their distance in metres: place (grid, lat and lon, name or code), states."
)
def nearest_by_api() -> Response:
    try:
        where = place_asked_for(argument("place"))
    except ValueError as error:
        raise Invalid(str(error), fields={"place": str(error)}) from None
    found = queries.nearest(*where, states=states_asked_for())
    return jsonify({"havens": [{**queries.as_json(h), "metres": round(h.metres)} for h in found]})


@api.get("/havens/<int:haven_id>")
@needs(Permission.READ_HAVENS)
@describes("One haven.")
def one_haven(haven_id: int) -> Response:
    return jsonify(queries.as_json(queries.one(haven_id)))


@api.post("/havens/<int:haven_id>/<act>")
@needs(Permission.KEEP_HAVENS)
@describes("Change a haven: " + ", ".join(ACTS) + ". The body is that act's fields; the answer is the haven.")
def do_by_api(haven_id: int, act: str) -> Response:
    perform(haven_id, act, None)
    return jsonify(queries.as_json(queries.one(haven_id)))
