"""Pages and API of the escalation ladders."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import wording as alert_words
from app.api.bodies import read
from app.api.schemas import describes
from app.db import db
from app.done import done
from app.ladders import actions, queries, wording
from app.ladders.body import SetLadder
from app.ladders.climbing import LEAVING
from app.ladders.forms import RUNGS, LadderForm
from app.ladders.models import LadderVersion
from app.permissions import Permission, needs, viewer

pages = Blueprint("ladders", __name__, url_prefix="/ladders")
api = Blueprint("ladders_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_WATCHES)
def board() -> str:
    return render_template(
        "ladders/board.html", ladders=queries.all_in_force(), wording=wording, alert_words=alert_words,
    )  # fmt: skip


def shown(row: LadderVersion, form: LadderForm, rungs: list[dict[str, Any]]) -> str:
    return render_template(
        "ladders/page.html", ladder=row, form=form, rungs=rungs, numbers=RUNGS, leaving=LEAVING, wording=wording,
        alert_words=alert_words, versions=queries.versions(row),
        may_change=row.replaced_at is None and viewer().holds(Permission.MANAGE_MISSION),
    )  # fmt: skip


@pages.get("/<int:ladder_id>")
@needs(Permission.READ_WATCHES)
def page(ladder_id: int) -> str:
    row = queries.one(ladder_id)
    return shown(row, LadderForm(row, formdata=None), list(row.rungs))


@pages.post("/<int:ladder_id>")
@needs(Permission.MANAGE_MISSION)
def change(ladder_id: int) -> BaseResponse | tuple[str, int]:
    row = queries.one(ladder_id)
    form = LadderForm(row)
    sent = form.as_body(row.priority, request.form)
    made: list[int] = []
    if done(form, lambda: made.append(actions.set_ladder(read(SetLadder, sent)))):
        flash(_("The ladder is in force. Turns that run end at their time; the next follow it."))
        return redirect(url_for("ladders.page", ladder_id=made[0]), 303)
    row = queries.one(ladder_id)
    return shown(row, form, sent["rungs"]), 422


def as_json(row: LadderVersion) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "priority": row.priority, "version": row.version, "rungs": row.rungs,
        "then": row.then, "quiet_from": row.quiet_from, "quiet_until": row.quiet_until, "reason": row.reason,
        "made_at": row.made_at.isoformat(),
    }  # fmt: skip


@api.get("/ladders")
@needs(Permission.READ_WATCHES)
@describes("The escalation ladders in force, by kind and priority.")
def list_ladders() -> Response:
    return jsonify({"ladders": [as_json(row) for row in queries.all_in_force()]})


@api.post("/ladders")
@needs(Permission.MANAGE_MISSION)
@describes("Put a new version of a ladder in force.", takes=SetLadder)
def set_by_api() -> tuple[Response, int]:
    made = actions.set_ladder(read(SetLadder))
    db.session.commit()
    return jsonify(as_json(queries.one(made))), 201
