"""Pages and API of sources: the register, one with its history, registering, grading."""

from __future__ import annotations

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import wording as alert_words
from app.api.bodies import read
from app.api.schemas import describes
from app.asked import argument, page_number
from app.db import db
from app.done import done
from app.permissions import Permission, needs, viewer
from app.sources import actions, queries, wording
from app.sources.body import Grade, NewSource
from app.sources.forms import SourceForm

pages = Blueprint("sources", __name__, url_prefix="/sources")
api = Blueprint("sources_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_SOURCES)
def register() -> str:
    """All sources by their codes, with what their history suggests beside the officer's own grade."""
    found, total = queries.register(argument("search"), page_number())
    return render_template(
        "sources/register.html", sources=found, total=total, page=page_number(), page_size=queries.PAGE,
        records=queries.histories(s.id for s in found), nothing=queries.NOTHING_JUDGED, wording=wording,
        may_keep=viewer().holds(Permission.KEEP_SOURCES),
    )  # fmt: skip


@pages.get("/new")
@needs(Permission.KEEP_SOURCES)
def new() -> str:
    return render_template("sources/new.html", form=SourceForm(formdata=None))


@pages.post("/new")
@needs(Permission.KEEP_SOURCES)
def add_from_form() -> BaseResponse | tuple[str, int]:
    form = SourceForm()
    made: list[int] = []
    if done(form, lambda: made.append(actions.add(read(NewSource, form.as_body())))):
        flash(_("The source is registered."))
        return redirect(url_for("sources.page", source_id=made[0]), 303)
    return render_template("sources/new.html", form=form), 422


@pages.get("/<int:source_id>")
@needs(Permission.READ_SOURCES)
def page(source_id: int) -> str:
    found = queries.one(source_id)
    return render_template(
        "sources/page.html", source=found, record=record_of(source_id), alerts=queries.alerts_of(source_id),
        wording=wording, alert_words=alert_words, may_keep=viewer().may(Permission.KEEP_SOURCES, found.sector_id),
    )  # fmt: skip


def record_of(source_id: int) -> queries.Record:
    return queries.histories([source_id]).get(source_id, queries.NOTHING_JUDGED)


@pages.post("/<int:source_id>/grade")
@needs(Permission.KEEP_SOURCES)
def grade_from_form(source_id: int) -> BaseResponse:
    actions.grade(source_id, read(Grade, {"grade": request.form.get("grade", "")}).grade)
    db.session.commit()
    flash(_("Your grade stands beside the history."))
    return redirect(url_for("sources.page", source_id=source_id), 303)


@api.get("/sources")
@needs(Permission.READ_SOURCES)
@describes("Sources of your sectors by their codes, each with its history; search, page.")
def list_sources() -> Response:
    found, total = queries.register(argument("search"), page_number())
    records = queries.histories(s.id for s in found)
    told = [queries.as_json(s, records.get(s.id, queries.NOTHING_JUDGED)) for s in found]
    return jsonify({"total": total, "page": page_number(), "sources": told})


@api.post("/sources")
@needs(Permission.KEEP_SOURCES)
@describes("Register a source under a code. Names and numbers are not kept here.", takes=NewSource)
def add_by_api() -> tuple[Response, int]:
    source_id = actions.add(read(NewSource))
    db.session.commit()
    return jsonify(whole(source_id)), 201


@api.get("/sources/<int:source_id>")
@needs(Permission.READ_SOURCES)
@describes("One source with its history and the grade that it suggests.")
def one_source(source_id: int) -> Response:
    return jsonify(whole(source_id))


@api.post("/sources/<int:source_id>/grade")
@needs(Permission.KEEP_SOURCES)
@describes("Grade a source yourself; what its history suggests stays beside it.", takes=Grade)
def grade_by_api(source_id: int) -> Response:
    actions.grade(source_id, read(Grade).grade)
    db.session.commit()
    return jsonify(whole(source_id))


def whole(source_id: int) -> object:
    return queries.as_json(queries.one(source_id), record_of(source_id))
