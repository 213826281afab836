"""Pages and API of havens: the board, one haven with its acts, the nearest for a place."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.documents.qr_code import qr_svg
from app.done import done
from app.errors import Conflict, Invalid, NotAllowed, NotFound, Refusal
from app.evacuations.corrected import orders_that_say_otherwise
from app.exchange.actions import export as exported
from app.exchange.actions import formats_of
from app.exchange.protection import HAVENS
from app.havens import (
    by_road,
    compromise,
    correcting,
    counting,
    entering,
    first,
    queries,
    register,
    states,
    versions,
    wording,
)
from app.havens.acts import ACTS, from_form, typed_record
from app.havens.body import Correction, Entered
from app.havens.forms import CorrectionForm, HavenForm
from app.havens.models import CompromiseStep, HavenState
from app.mission.placing import Given, placed, read_place
from app.permissions import Permission, needs, viewer

pages = Blueprint("havens", __name__, url_prefix="/havens")
api = Blueprint("havens_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)
TOKENS_A_SHEET = 24


def asked_for() -> queries.Filters:
    return queries.Filters(**{f: argument(f) for f in ("state", "kind", "search", "sort")})


@pages.get("")
@needs(Permission.READ_HAVENS)
def board() -> str:
    found, total = queries.board(asked_for(), page_number())
    pressing, in_need = first.pressing()
    return render_template(
        "havens/board.html", pressing=pressing, in_need=in_need, havens=found, total=total, page=page_number(),
        page_size=queries.PAGE, filters=asked_for(), wording=wording, by_state=queries.places(),
        formats=formats_of(HAVENS), may_enter=viewer().holds(Permission.KEEP_HAVENS),
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
    found, where, wrong, minutes = [], None, "", None
    if written.strip():
        try:
            where = place_asked_for(written)
        except ValueError as error:
            wrong = str(error)
        else:
            found = queries.nearest(*where, states=states_asked_for())
            minutes = by_road.minutes_to(where, [(h.lon, h.lat) for h in found])
    return render_template(
        "havens/nearest.html", havens=found, where=where, wrong=wrong, written=written, wording=wording,
        by_road=[(by_road.finite(n), by_road.finite(f)) for n, f in zip(minutes.now, minutes.on_foot, strict=True)]
        if minutes
        else [],
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


@pages.get("/new")
@needs(Permission.KEEP_HAVENS)
def new() -> str:
    return render_template(
        "havens/new.html", form=HavenForm(formdata=None), record=None, wrong={}, wording=wording
    )


@pages.post("/new")
@needs(Permission.KEEP_HAVENS)
def enter_from_form() -> BaseResponse | tuple[str, int]:
    form, typed, wrong = HavenForm(), from_form(request.form), {}

    def told(form: HavenForm, refusal: Refusal) -> None:
        wrong.update(form.tell_own(refusal))

    made: list[int] = []
    if done(form, lambda: made.append(entering.enter(read(Entered, form.as_body(typed)))), told):
        flash(_("The haven stands in the register, closed. Put it on standby, then open it, once it is fit."))
        return redirect(url_for("havens.page", haven_id=made[0]), 303)
    return render_template(
        "havens/new.html", form=form, record=typed_record(typed), wrong=wrong, wording=wording
    ), 422


@pages.get("/<int:haven_id>")
@needs(Permission.READ_HAVENS)
def page(haven_id: int) -> str:
    shown = thing(haven_id)
    inspections = register.inspections(haven_id)
    newest = shown["record"]
    return render_template(
        "havens/page.html", **shown, changes=queries.changes(haven_id), inspections=inspections,
        headcounts=counting.headcounts(haven_id), days=counting.days(haven_id),
        record_versions=versions.versions(haven_id), told=versions.told, in_minutes=versions.minutes,
        orders=orders_that_say_otherwise(shown["haven"]) if viewer().holds(Permission.READ_EVACUATIONS) else [],
        faults=register.faults(
            newest, inspections[0] if inspections else None, shown["haven"].state,
            correcting.moved_at([haven_id]).get(haven_id),
        ),
        corrections=versions.corrections(haven_id), checklist=compromise.checklist(haven_id), steps=list(CompromiseStep),
        others=queries.taking_in(haven_id) if shown["may_keep"] else [],
    )  # fmt: skip


@pages.get("/<int:haven_id>/panel")
@needs(Permission.READ_HAVENS)
def panel(haven_id: int) -> str:
    return render_template("havens/panel.html", **thing(haven_id))


def thing(haven_id: int) -> dict[str, Any]:
    haven = queries.one(haven_id)
    may_keep = viewer().may(Permission.KEEP_HAVENS, haven.sector_id)
    inside, used = counting.tokens_inside(haven_id) if may_keep else (0, False)
    return {
        "haven": haven, "wording": wording, "words": {a: act.words for a, act in ACTS.items()}, "may_keep": may_keep,
        "next_states": [s.value for s in HavenState if states.allowed(haven.state, s)],
        "record": register.latest_record(haven_id), "stock": register.latest_stock(haven_id),
        "shortfalls": first.of_one(haven), "inside": inside, "tokens_used": used,
    }  # fmt: skip


@pages.get("/<int:haven_id>/record")
@needs(Permission.KEEP_HAVENS)
def record(haven_id: int) -> str:
    """The form of the whole record."""
    haven = kept(haven_id)
    return render_template(
        "havens/record.html", haven=haven, record=register.latest_record(haven_id), wording=wording, wrong={}
    )


def record_again(haven_id: int, typed: dict[str, Any], refusal: Refusal) -> tuple[str, int]:
    """The same form with what was typed, and what was wrong with it at each field."""
    wrong = {way.split(".")[0]: words for way, words in refusal.fields.items()}
    return render_template(
        "havens/record.html", haven=kept(haven_id), record=typed_record(typed), wording=wording, wrong=wrong,
        why=typed.get("why", ""), refusal=refusal,
    ), refusal.status  # fmt: skip


@pages.get("/<int:haven_id>/correction")
@needs(Permission.KEEP_HAVENS)
def correction(haven_id: int) -> str:
    """The form for a name, kind or place that was entered wrongly."""
    haven = kept(haven_id)
    form = CorrectionForm(
        formdata=None, name=haven.name, kind=haven.kind, seen=str(correcting.count(haven_id))
    )
    return render_template("havens/correction.html", haven=haven, form=form)


@pages.post("/<int:haven_id>/correction")
@needs(Permission.KEEP_HAVENS)
def correct_from_form(haven_id: int) -> BaseResponse | tuple[str, int]:
    haven, form = kept(haven_id), CorrectionForm()
    if done(
        form, lambda: correcting.correct(haven_id, read(Correction, form.as_body())), CorrectionForm.tell
    ):
        flash(
            _(
                "Corrected. Whatever tells of this haven from now on has it so; what was written before stands."
            )
        )
        return redirect(url_for("havens.page", haven_id=haven_id), 303)
    return render_template("havens/correction.html", haven=haven, form=form), 422


@pages.get("/<int:haven_id>/gate")
@needs(Permission.KEEP_HAVENS)
def at_gate(haven_id: int) -> Response:
    """The page for whoever stands at the gate with a phone."""
    return gate_page(haven_id)


def gate_page(haven_id: int, refusal: Refusal | None = None) -> Response:
    haven = kept(haven_id)
    inside, used = counting.tokens_inside(haven_id)
    page = render_template(
        "havens/gate.html", haven=haven, refusal=refusal, wording=wording, inside=inside, used=used,
        by_kind=counting.inside_by_kind(haven_id), way="out" if request.values.get("way") == "out" else "in",
        typed=request.form.get("token", "") if refusal else "",
    )  # fmt: skip
    answer = Response(page, refusal.status if refusal else 200)
    # Here alone a page may ask for the camera, to read tokens.
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    return answer


@pages.get("/<int:haven_id>/tokens")
@needs(Permission.KEEP_HAVENS)
def sheet(haven_id: int) -> str:
    """Fresh tokens to print: others each time, and written down nowhere."""
    haven = kept(haven_id)
    codes = counting.fresh_sheet(haven, TOKENS_A_SHEET)
    printed = [{"code": code, "qr": Markup(qr_svg(code))} for code in codes]  # noqa: S704  (segno's own)
    hidden = wording.restricted(haven.exposure) is not None
    return render_template("havens/tokens.html", haven=haven, printed=printed, hidden=hidden)


def kept(haven_id: int) -> Any:
    """A haven that the viewer may change; NotFound where he may not know of it, NotAllowed where it is others'."""
    haven = queries.one(haven_id)
    if not viewer().may(Permission.KEEP_HAVENS, haven.sector_id):
        raise NotAllowed(_("Your role may see this haven and may not change it."))
    return haven


@pages.post("/<int:haven_id>/<act>")
@needs(Permission.KEEP_HAVENS)
def do(haven_id: int, act: str) -> BaseResponse | str | tuple[str, int]:
    typed = from_form(request.form)
    try:
        said = perform(haven_id, act, typed)
    except (Invalid, Conflict) as refusal:
        if act not in ("gate", "record"):
            raise
        # At a gate people wait, and a record is long: what was wrong is said at the same fields.
        db.session.rollback()
        return gate_page(haven_id, refusal) if act == "gate" else record_again(haven_id, typed, refusal)
    if request.headers.get("HX-Request"):
        return render_template("havens/panel.html", **thing(haven_id))
    if isinstance(said, counting.Counted):
        flash(wording.counted(said.way, said.people, said.inside, said.again))
        return redirect(url_for("havens.at_gate", haven_id=haven_id, way=said.way), 303)
    flash(_("Recorded: %(what)s.", what=str(ACTS[act].words)))
    return redirect(url_for("havens.page", haven_id=haven_id), 303)


def perform(haven_id: int, act: str, fields: Any) -> Any:
    if act not in ACTS:
        raise NotFound
    said = ACTS[act].call(haven_id, read(ACTS[act].body, fields))
    db.session.commit()
    return said


@api.get("/havens")
@needs(Permission.READ_HAVENS)
@describes("Havens that you may know of; filters: state, kind, search, sort, page.")
def list_havens() -> Response:
    found, total = queries.board(asked_for(), page_number())
    return jsonify({"total": total, "page": page_number(), "havens": [queries.as_json(h) for h in found]})


@api.post("/havens")
@needs(Permission.KEEP_HAVENS)
@describes("Enter a haven, closed, with its first record; Vigil draws its code.")
def enter_by_api() -> tuple[Response, int]:
    made = entering.enter(read(Entered))
    db.session.commit()
    return jsonify(queries.as_json(queries.one(made))), 201


@api.get("/havens/nearest")
@needs(Permission.READ_HAVENS)
@describes(
    "The nearest havens with their distance in metres, and minutes by road in a vehicle and on foot as it is now (null: "
    "no open road): place (grid, lat and lon, name or code), states."
)
def nearest_by_api() -> Response:
    try:
        where = place_asked_for(argument("place"))
    except ValueError as error:
        raise Invalid(str(error), fields={"place": str(error)}) from None
    found = queries.nearest(*where, states=states_asked_for())
    minutes = by_road.minutes_to(where, [(h.lon, h.lat) for h in found])
    told = [
        {
            **queries.as_json(h), "metres": round(h.metres), "minutes": whole(minutes.now[n]),
            "minutes_on_foot": whole(minutes.on_foot[n]),
        }
        for n, h in enumerate(found)
    ]  # fmt: skip
    return jsonify({"havens": told})


def whole(minutes: float) -> int | None:
    found = by_road.finite(minutes)
    return None if found is None else round(found)


@api.get("/havens/<int:haven_id>")
@needs(Permission.READ_HAVENS)
@describes("One haven, with its record, what it will be short of, and what was corrected.")
def one_haven(haven_id: int) -> Response:
    haven = queries.one(haven_id)
    ends = [
        {"what": s.what, "level": s.level, "at": s.at.isoformat(), "missing": s.missing} for s in first.of_one(haven)
    ]  # fmt: skip
    return jsonify(
        {
            **queries.as_json(haven), "record": register.as_json(haven_id), "shortfalls": ends,
            "corrections": correcting.as_json(haven_id),
        }
    )  # fmt: skip


@api.post("/havens/<int:haven_id>/<act>")
@needs(Permission.KEEP_HAVENS)
@describes("Change a haven: " + ", ".join(ACTS) + ". The body is that act's fields; the answer is the haven.")
def do_by_api(haven_id: int, act: str) -> Response:
    perform(haven_id, act, None)
    return jsonify(queries.as_json(queries.one(haven_id)))
