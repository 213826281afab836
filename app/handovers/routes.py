"""Pages and API of handing a shift over."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import wording as alert_words
from app.api.bodies import read
from app.api.schemas import describes
from app.asked import number, page_number
from app.db import db
from app.done import done
from app.handovers import actions, queries
from app.handovers.body import Accept, HandOver
from app.handovers.forms import HandOverForm
from app.handovers.freezing import open_items, thawed
from app.havens import wording as haven_words
from app.patrols import wording as patrol_words
from app.permissions import ROLE_NAMES, Permission, needs, viewer

pages = Blueprint("handovers", __name__, url_prefix="/handovers")
api = Blueprint("handovers_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)

WORDS: dict[str, Any] = {
    "alert_words": alert_words, "haven_words": haven_words, "patrol_words": patrol_words, "role_names": ROLE_NAMES,
}  # fmt: skip


@pages.get("")
@needs(Permission.READ_HANDOVERS)
def board() -> str:
    """What waits for a signature, what is open now, and the earlier notes."""
    earlier, total = queries.earlier(page_number())
    who = viewer()
    return render_template(
        "handovers/board.html", waiting=queries.waiting(), earlier=earlier, total=total, page=page_number(),
        page_size=queries.PAGE, items=thawed(open_items(None)), may_accept=queries.may_accept,
        may_hand_over=who.holds(Permission.HAND_OVER), names=queries.signatories(), **WORDS,
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.HAND_OVER)
def new() -> str:
    """The form, beside what would be frozen: of ?sector=<id>, or of all that the viewer sees."""
    form = HandOverForm(formdata=None)
    chosen = str(number("sector") or "")
    offered = [value for value, _words in form.sector_id.choices]  # type: ignore[union-attr]
    form.sector_id.data = chosen if chosen in offered else (offered[0] if offered else "")
    return render_template("handovers/new.html", form=form, items=about_to_freeze(form), **WORDS)


def about_to_freeze(form: HandOverForm) -> dict[str, Any]:
    chosen = form.sector_id.data or ""
    return thawed(open_items(int(chosen) if chosen.isdecimal() and len(chosen) < 16 else None))


@pages.post("/new")
@needs(Permission.HAND_OVER)
def hand_over_from_form() -> BaseResponse | tuple[str, int]:
    form = HandOverForm()
    made: list[int] = []
    if done(form, lambda: made.append(actions.hand_over(read(HandOver, form.as_body())))):
        flash(_("The shift is handed over. It is yours until the incoming officer accepts it."))
        return redirect(url_for("handovers.page", handover_id=made[0]), 303)
    return render_template("handovers/new.html", form=form, items=about_to_freeze(form), **WORDS), 422


@pages.get("/<int:handover_id>")
@needs(Permission.READ_HANDOVERS)
def page(handover_id: int) -> str:
    found = queries.one(handover_id)
    return render_template(
        "handovers/page.html", handover=found, items=thawed(found.items), names=queries.signatories(),
        may_accept=queries.may_accept(found), **WORDS,
    )  # fmt: skip


@pages.post("/<int:handover_id>/accept")
@needs(Permission.HAND_OVER)
def accept_from_form(handover_id: int) -> BaseResponse:
    actions.accept(handover_id, read(Accept, {"remark": request.form.get("remark", "")}).remark)
    db.session.commit()
    flash(_("The shift is yours."))
    return redirect(url_for("handovers.page", handover_id=handover_id), 303)


@api.get("/handovers")
@needs(Permission.READ_HANDOVERS)
@describes("Handovers of your sectors: those that wait for a signature, and the accepted ones; page.")
def list_handovers() -> Response:
    earlier, total = queries.earlier(page_number())
    waiting = [queries.as_json(h) for h in queries.waiting()]
    accepted = [queries.as_json(h) for h in earlier]
    return jsonify({"waiting": waiting, "accepted": accepted, "total": total, "page": page_number()})


@api.post("/handovers")
@needs(Permission.HAND_OVER)
@describes(
    "Hand a shift over: what is open is frozen beside the note. The same id again is the same note.",
    takes=HandOver,
)
def hand_over_by_api() -> tuple[Response, int]:
    handover_id = actions.hand_over(read(HandOver))
    db.session.commit()
    return jsonify(queries.as_json(queries.one(handover_id))), 201


@api.get("/handovers/<int:handover_id>")
@needs(Permission.READ_HANDOVERS)
@describes("One handover with what was open then.")
def one_handover(handover_id: int) -> Response:
    return jsonify(queries.as_json(queries.one(handover_id)))


@api.post("/handovers/<int:handover_id>/accept")
@needs(Permission.HAND_OVER)
@describes("Accept a shift as the incoming officer.", takes=Accept)
def accept_by_api(handover_id: int) -> Response:
    actions.accept(handover_id, read(Accept).remark)
    db.session.commit()
    return jsonify(queries.as_json(queries.one(handover_id)))
