"""Pages and API of siting: where havens or temporary bases would protect most people."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import Row
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import page_number
from app.db import db
from app.done import done
from app.mission.queries import sectors_for
from app.permissions import Permission, knows_restricted, needs
from app.siting import actions, queries, wording
from app.siting.body import ChangeBody, StudyBody
from app.siting.forms import ChangeForm, StudyForm
from app.siting.sketch import sketch
from app.solves import queries as solves
from app.solves import wording as solve_words
from app.solves.models import SolveKind

pages = Blueprint("siting", __name__, url_prefix="/siting")
api = Blueprint("siting_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def sectors() -> list[tuple[str, str]]:
    """Where the viewer may ask. Who keeps havens or plans patrols there is asked by the action."""
    found = sectors_for(Permission.READ_HAVENS)
    return [pair for pair in found if actions.may_ask(int(pair[0]))]


@pages.get("")
@needs(Permission.READ_HAVENS)
def board() -> str:
    found, total = queries.table(page_number())
    return render_template(
        "siting/board.html", studies=found, total=total, page=page_number(), page_size=queries.PAGE, wording=wording,
        may_ask=bool(sectors()),
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.READ_HAVENS)
def new() -> str:
    form = StudyForm(sectors(), knows_restricted(), formdata=None)
    return render_template("siting/new.html", form=form)


@pages.post("/new")
@needs(Permission.READ_HAVENS)
def ask_from_form() -> BaseResponse | tuple[str, int]:
    form, made = StudyForm(sectors(), knows_restricted()), list[int]()
    if done(form, lambda: made.append(actions.ask(read(StudyBody, form.as_body())))):
        return redirect(url_for("siting.page", study_id=made[0]), 303)
    return render_template("siting/new.html", form=form), 422


def shown(study: Row, form: ChangeForm | None = None) -> str:  # type: ignore[type-arg]
    may_act = actions.may_ask(study.sector_id) and study.withdrawn_at is None
    if form is None and study.answer is not None and may_act:
        form = ChangeForm(formdata=None)
    if form is not None:
        form.offer(study)
    return render_template(
        "siting/page.html", study=study, parent=queries.seen(study.parent_id), form=form, wording=wording,
        solve_words=solve_words, may_act=may_act, moved=queries.moved_since(study),
        solve=solves.latest(SolveKind.SITING, study.id), solves=solves,
        sketch=sketch(study.answer, study.sector_id) if study.answer else None,
    )  # fmt: skip


@pages.get("/<int:study_id>")
@needs(Permission.READ_HAVENS)
def page(study_id: int) -> str:
    return shown(queries.one(study_id))


@pages.post("/<int:study_id>/search-again")
@needs(Permission.READ_HAVENS)
def search_again(study_id: int) -> BaseResponse:
    actions.search_again(study_id)
    db.session.commit()
    return redirect(url_for("siting.page", study_id=study_id), 303)


@pages.post("/<int:study_id>/change")
@needs(Permission.READ_HAVENS)
def change_from_form(study_id: int) -> BaseResponse | tuple[str, int]:
    actions.to_change(study_id)
    form, made = ChangeForm(), list[int]()
    if done(form, lambda: made.append(actions.try_change(study_id, read(ChangeBody, form.as_body())))):
        flash(_("The change is being worked out from this placement."))
        return redirect(url_for("siting.page", study_id=made[0]), 303)
    return shown(queries.one(study_id), form), 422


@pages.post("/<int:study_id>/withdraw")
@needs(Permission.READ_HAVENS)
def withdraw(study_id: int) -> BaseResponse:
    actions.withdraw(study_id)
    db.session.commit()
    flash(_("The study is put aside."))
    return redirect(url_for("siting.board"), 303)


@pages.post("/<int:study_id>/export")
@needs(Permission.READ_HAVENS)
def export(study_id: int) -> Response:
    """The table of places as CSV."""
    written = actions.export(queries.one(study_id))
    db.session.commit()
    return written


@api.get("/siting/<int:study_id>")
@needs(Permission.READ_HAVENS)
@describes("A siting study: what was asked and, once it is found, the answer with its bound.")
def one_study(study_id: int) -> Response:
    return jsonify(queries.as_json(queries.one(study_id)))
