"""Signals of patrols, for the adviser whose concern they are: the list, taking one up, saying what came of it."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import page_number
from app.db import db
from app.permissions import Permission, needs, viewer
from app.signals import actions, queries, wording
from app.signals.actions import Settlement, Taking

pages = Blueprint("signals", __name__, url_prefix="/signals")
api = Blueprint("signals_api", __name__, url_prefix="/api/v1/signals")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_SIGNALS)
def board() -> str:
    """What nobody has taken up first, then what came of the others."""
    settled, total = queries.settled(page_number())
    return render_template(
        "signals/board.html", waiting=queries.waiting(), settled=settled, total=total, page=page_number(),
        page_size=queries.PAGE, wording=wording, me=viewer().person_id,
        most_waiting=queries.MOST_WAITING,
    )  # fmt: skip


@pages.post("/<int:signal_id>/take")
@needs(Permission.READ_SIGNALS)
def take_from_form(signal_id: int) -> BaseResponse:
    actions.take(signal_id, read(Taking, {"over_from": request.form.get("over_from", type=int)}))
    db.session.commit()
    flash(_("It is yours. Ask the patrol’s leader, and say here what came of it."))
    return redirect(url_for("signals.board"), 303)


@pages.post("/<int:signal_id>/settle")
@needs(Permission.READ_SIGNALS)
def settle_from_form(signal_id: int) -> BaseResponse:
    actions.settle(signal_id, read(Settlement, {"outcome": request.form.get("outcome", "")}))
    db.session.commit()
    flash(_("What came of it is on record."))
    return redirect(url_for("signals.board"), 303)


@api.get("")
@needs(Permission.READ_SIGNALS)
@describes("Signals of your concern: those that wait, untaken first, and the settled ones; page.")
def list_signals() -> Response:
    settled, total = queries.settled(page_number())
    waiting = [queries.as_json(s) for s in queries.waiting()]
    done = [queries.as_json(s) for s in settled]
    return jsonify({"waiting": waiting, "settled": done, "total": total, "page": page_number()})


@api.post("/<int:signal_id>/take")
@needs(Permission.READ_SIGNALS)
@describes("Take a signal up, or over from whoever has it.", takes=Taking)
def take_by_api(signal_id: int) -> Response:
    actions.take(signal_id, read(Taking))
    db.session.commit()
    return jsonify({"id": signal_id})


@api.post("/<int:signal_id>/settle")
@needs(Permission.READ_SIGNALS)
@describes("Say what came of a signal that you took up.", takes=Settlement)
def settle_by_api(signal_id: int) -> Response:
    actions.settle(signal_id, read(Settlement))
    db.session.commit()
    return jsonify({"id": signal_id})
