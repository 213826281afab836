"""Pages and API of check-ins: agree, suspend, resume, end, and write down that somebody was heard of."""

from __future__ import annotations

from flask import Response, jsonify, render_template
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.db import db
from app.defenders import check_ins, wording
from app.defenders.blueprints import ID, api, pages
from app.defenders.body import CheckInBody, CheckIns, told_of
from app.defenders.change_routes import Answer, done, to_file
from app.defenders.check_ins import Agreed
from app.defenders.file import file
from app.defenders.forms import BareForm, CheckInForm, EndPlanForm, PlanForm
from app.defenders.models import CalledBy, PlanEnd
from app.moments import read_moment
from app.permissions import Permission, needs


@pages.route(f"/<{ID}:defender_id>/check-ins", methods=["GET", "POST"])
@needs(Permission.READ_DEFENDERS)
def checked_in(defender_id: int) -> Answer:
    """The plan that runs and what was heard; a POST writes down that the person was heard of."""
    form = CheckInForm()

    def act() -> None:
        said = (form.heard_at.data or "").strip()
        check_ins.heard_of(defender_id, CalledBy(form.way.data), read_moment(said) if said else None)

    if form.is_submitted() and form.validate():
        try:
            if done(form, act):
                return to_file(defender_id, _("Heard of: the next check-in counts from there."))
        except ValueError as error:
            db.session.rollback()
            form.heard_at.errors = [*form.heard_at.errors, str(error)]
    return shown(defender_id, form, EndPlanForm(formdata=None)), 422 if form.is_submitted() else 200


def shown(defender_id: int, form: CheckInForm, end_form: EndPlanForm) -> str:
    found = file(defender_id)
    return render_template(
        "defenders/check_ins.html", form=form, end_form=end_form, bare=BareForm(formdata=None), file=found,
        d=found.fields, standing=check_ins.standing(defender_id), wording=wording,
    )  # fmt: skip


@pages.route(f"/<{ID}:defender_id>/check-ins/agree", methods=["GET", "POST"])
@needs(Permission.KEEP_DEFENDERS)
def agree(defender_id: int) -> Answer:
    form = PlanForm()

    def act() -> None:
        check_ins.agree(defender_id, Agreed(
            60 * (form.interval_hours.data or 0), form.grace_minutes.data or 0, CalledBy(form.made_by.data),
            form.agreed_on.data,  # type: ignore[arg-type]
        ))  # fmt: skip

    if done(form, act):
        return to_file(defender_id, agreed(defender_id))
    found = file(defender_id)
    status = 422 if form.is_submitted() else 200
    return render_template("defenders/agree.html", form=form, file=found, d=found.fields), status


def agreed(defender_id: int) -> str:
    """What was agreed is watched by a rule alone: nobody relies on one that is not there."""
    if watched(defender_id):
        return _("Check-ins are agreed, and watched from now on.")
    return _(
        "Check-ins are agreed. No rule watches them in this sector: nobody is told of a missed one. Ask the protection "
        "officer to switch one on."
    )


def watched(defender_id: int) -> bool:
    standing = check_ins.standing(defender_id)
    return standing is not None and standing.watched


@pages.post(f"/<{ID}:defender_id>/check-ins/suspend")
@needs(Permission.KEEP_DEFENDERS)
def suspend(defender_id: int) -> BaseResponse:
    check_ins.suspend(defender_id)
    db.session.commit()
    return to_file(defender_id, _("Suspended: nobody watches until it is resumed."))


@pages.post(f"/<{ID}:defender_id>/check-ins/resume")
@needs(Permission.KEEP_DEFENDERS)
def resume(defender_id: int) -> BaseResponse:
    check_ins.resume(defender_id)
    db.session.commit()
    return to_file(
        defender_id,
        _("Watched again from now on.")
        if watched(defender_id)
        else _(
            "No longer suspended, but no rule watches in this sector: nobody is told of a missed check-in."
        ),
    )


@pages.post(f"/<{ID}:defender_id>/check-ins/end")
@needs(Permission.KEEP_DEFENDERS)
def end_plan(defender_id: int) -> Answer:
    form = EndPlanForm()
    if done(form, lambda: check_ins.end(defender_id, PlanEnd(form.why.data))):
        return to_file(defender_id, _("The agreement has ended."))
    return shown(defender_id, CheckInForm(formdata=None), form), 422


@api.get(f"/defenders/<{ID}:defender_id>/check-ins")
@needs(Permission.READ_DEFENDERS)
@describes(
    "The check-ins that are agreed with a defender: when the next is due, and the last that were made.",
    gives=CheckIns,
)
def read_check_ins(defender_id: int) -> Response:
    return jsonify(told_of(check_ins.standing(defender_id)))


@api.post(f"/defenders/<{ID}:defender_id>/check-ins")
@needs(Permission.READ_DEFENDERS)
@describes(
    "Write down that a defender was heard of, and is safe. Never from where.",
    takes=CheckInBody,
    gives=CheckIns,
)
def check_in_by_api(defender_id: int) -> tuple[Response, int]:
    body = read(CheckInBody)
    check_ins.heard_of(defender_id, body.way, body.moment())
    db.session.commit()
    return jsonify(told_of(check_ins.standing(defender_id))), 201
