"""Pages and API of the watch: who stands where, going on watch, ending it."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.db import db
from app.done import done
from app.ladders import wording
from app.messages import queries as messages
from app.messages import wording as message_words
from app.messages.forms import ContactForm
from app.permissions import ROLE_NAMES, Permission, needs, viewer
from app.settings import routes_open, settings_of
from app.watches import actions, queries
from app.watches.body import GoOnWatch
from app.watches.forms import WatchForm

pages = Blueprint("watches", __name__, url_prefix="/watch")
api = Blueprint("watches_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def shown(form: WatchForm, contact_form: ContactForm) -> str:
    standing = queries.standing()
    contacts = messages.own_contacts()
    return render_template(
        "watches/page.html", standing=standing, empty_posts=queries.empty_posts(standing), names=queries.watchers(),
        form=form, contact_form=contact_form, contacts=contacts, fresh=messages.is_fresh,
        test_state=messages.last_state, routes_open=sorted(routes_open(settings_of(current_app))), wording=wording,
        message_words=message_words, role_names=ROLE_NAMES, me=viewer().person_id,
        may_stand=viewer().holds(Permission.STAND_WATCH), may_read_replies=viewer().holds(Permission.READ_REPLIES),
    )  # fmt: skip


@pages.get("")
@needs(Permission.READ_WATCHES)
def page() -> str:
    return shown(WatchForm(formdata=None), ContactForm(formdata=None))


@pages.post("")
@needs(Permission.STAND_WATCH)
def begin_from_form() -> BaseResponse | tuple[str, int]:
    form = WatchForm()
    if done(form, lambda: actions.go_on_watch(read(GoOnWatch, form.as_body()))):
        flash(_("You are on watch."))
        return redirect(url_for("watches.page"), 303)
    return shown(form, ContactForm(formdata=None)), 422


@pages.post("/<int:watch_id>/end")
@needs(Permission.STAND_WATCH)
def end_from_form(watch_id: int) -> BaseResponse:
    actions.end_watch(watch_id)
    db.session.commit()
    flash(_("Your watch is over."))
    return redirect(url_for("watches.page"), 303)


@api.get("/watches")
@needs(Permission.READ_WATCHES)
@describes("Who is on watch now, and the posts at which nobody stands.")
def list_watches() -> Response:
    standing = queries.standing()
    found: list[dict[str, Any]] = [queries.as_json(row) for row in standing]
    return jsonify({"watches": found, "empty_posts": queries.empty_posts(standing)})


@api.post("/watches")
@needs(Permission.STAND_WATCH)
@describes(
    "Go on watch oneself. Refused with `unreachable` until a contact was tested that the post is rung by.",
    takes=GoOnWatch,
)
def begin_by_api() -> tuple[Response, int]:
    made = actions.go_on_watch(read(GoOnWatch))
    db.session.commit()
    return jsonify(queries.as_json(queries.one(made))), 201


@api.post("/watches/<int:watch_id>/end")
@needs(Permission.STAND_WATCH)
@describes("End one's own watch.")
def end_by_api(watch_id: int) -> Response:
    actions.end_watch(watch_id)
    db.session.commit()
    return jsonify(queries.as_json(queries.one(watch_id)))
