"""Pages of units' means and of the escorts that are owed."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.db import db
from app.done import done
from app.means import actions, queries, wording
from app.means.body import EscortBody, EscortEnd, MeansBody
from app.means.crews import crews_of
from app.means.forms import EscortForm, MeansForm
from app.permissions import Permission, needs, viewer

pages = Blueprint("means", __name__, url_prefix="/means")
BLUEPRINTS = (pages,)


@pages.get("")
@needs(Permission.READ_PATROLS)
def board() -> str:
    return listed(EscortForm(formdata=None))


def listed(form: EscortForm) -> str:
    return render_template(
        "means/board.html", units=queries.units(), escorts=queries.escorts(), form=form, wording=wording,
        may_plan=viewer().holds(Permission.PLAN_PATROLS), may=viewer().may,
        plans=Permission.PLAN_PATROLS,
    )  # fmt: skip


def shown(unit_id: int, form: MeansForm) -> str:
    unit = queries.one(unit_id)
    return render_template(
        "means/page.html",
        unit=unit,
        form=form,
        wording=wording,
        bound=wording.bound(crews_of(unit)) if unit.going else "",
        may=viewer().may(Permission.PLAN_PATROLS, unit.sector_id),
    )


def offered(form: MeansForm) -> MeansForm:
    form.offer(queries.bases())
    return form


@pages.get("/units/<int:unit_id>")
@needs(Permission.READ_PATROLS)
def page(unit_id: int) -> str:
    unit = queries.one(unit_id)
    form = offered(MeansForm(formdata=None))
    if unit.going is not None:
        form.fill(unit, queries.place_names(unit.overnight_place_ids))
    return shown(unit_id, form)


@pages.post("/units/<int:unit_id>")
@needs(Permission.PLAN_PATROLS)
def set_from_form(unit_id: int) -> BaseResponse | tuple[str, int]:
    actions.unit_to_change(unit_id)
    form = offered(MeansForm())
    if done(form, lambda: actions.set_means(unit_id, read(MeansBody, form.as_body()))):
        flash(_("The means are set. Plans from now on count with them."))
        return redirect(url_for("means.page", unit_id=unit_id), 303)
    return shown(unit_id, form), 422


@pages.post("/escorts")
@needs(Permission.PLAN_PATROLS)
def owe_from_form() -> BaseResponse | tuple[str, int]:
    form = EscortForm()
    if done(form, lambda: actions.owe_escort(read(EscortBody, form.as_body()))):
        flash(_("The escort is owed from now on."))
        return redirect(url_for("means.board") + "#escorts", 303)
    return listed(form), 422


@pages.post("/escorts/<int:escort_id>/end")
@needs(Permission.PLAN_PATROLS)
def end_escort(escort_id: int) -> BaseResponse:
    actions.end_escort(escort_id, read(EscortEnd, {"outcome": request.form.get("outcome", "done")}).outcome)
    db.session.commit()
    flash(_("The escort is over."))
    return redirect(url_for("means.board") + "#escorts", 303)
