"""Pages and API of due diligence: the register, a decision, its suspension."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.db import db
from app.due_diligence import actions, queries, wording
from app.due_diligence.body import DecisionBody, Suspension
from app.due_diligence.forms import DecisionForm
from app.errors import Refusal
from app.permissions import Permission, needs, role_words, viewer

pages = Blueprint("due_diligence", __name__, url_prefix="/due-diligence")
api = Blueprint("due_diligence_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_DUE_DILIGENCE)
def board() -> str:
    return rendered(DecisionForm(formdata=None))


def rendered(form: DecisionForm) -> str:
    return render_template(
        "due_diligence/board.html", decisions=queries.all_decisions(), form=form, wording=wording, words_of=role_words,
        may_decide=Permission.DECIDE_DUE_DILIGENCE in viewer().anywhere(),
    )  # fmt: skip


@pages.post("")
@needs(Permission.DECIDE_DUE_DILIGENCE)
def decide_from_form() -> BaseResponse | tuple[str, int]:
    form = DecisionForm()
    if form.validate_on_submit():
        try:
            actions.decide(read(DecisionBody, form.as_body()))
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            form.tell(refusal.fields, refusal.sentence)
        else:
            flash(_("The decision is recorded."))
            return redirect(url_for("due_diligence.board"), 303)
    return rendered(form), 422


@pages.post("/<int:decision_id>/suspend")
@needs(Permission.DECIDE_DUE_DILIGENCE)
def suspend_from_form(decision_id: int) -> BaseResponse:
    actions.suspend(decision_id, read(Suspension, {"reason": request.form.get("reason", "")}).reason)
    db.session.commit()
    flash(_("Suspended: no joint patrol is ordered under it any more, and none sets off."))
    return redirect(url_for("due_diligence.board"), 303)


@api.get("/due-diligence")
@needs(Permission.READ_DUE_DILIGENCE)
@describes(
    "Decisions on support to units of the State’s forces, newest first; `holds` says which are in force today."
)
def list_decisions() -> Response:
    return jsonify({"decisions": [queries.as_json(d) for d in queries.all_decisions()]})


@api.post("/due-diligence")
@needs(Permission.DECIDE_DUE_DILIGENCE)
@describes("Record a decision on support to a unit of the State’s forces.", takes=DecisionBody)
def decide_by_api() -> tuple[Response, int]:
    made = actions.decide(read(DecisionBody))
    db.session.commit()
    return jsonify({"id": made}), 201


@api.post("/due-diligence/<int:decision_id>/suspend")
@needs(Permission.DECIDE_DUE_DILIGENCE)
@describes(
    "Suspend a decision: no joint patrol is ordered under it any more, and none sets off.", takes=Suspension
)
def suspend_by_api(decision_id: int) -> Response:
    actions.suspend(decision_id, read(Suspension).reason)
    db.session.commit()
    return jsonify({"id": decision_id})
