"""The console: entry after entry by keyboard. All of it works without scripts; then what is likely told already is a step
before saving. What is typed never stands in an address."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from pydantic import ValidationError
from werkzeug.wrappers import Response as BaseResponse

from app.alerts import wording
from app.alerts.models import Channel
from app.asked import argument, number
from app.console import actions, queries
from app.console.forms import TOLD, EntryForm
from app.db import db
from app.errors import Refusal, TooMany
from app.field_reports.allowance import counted
from app.messages import queries as messages
from app.permissions import Permission, needs, viewer

pages = Blueprint("console", __name__, url_prefix="/console")
BLUEPRINTS = (pages,)


@pages.get("")
@needs(Permission.RAISE_ALERTS)
def desk() -> Response:
    form = EntryForm(formdata=None)
    asked = argument("channel")
    if asked in dict(TOLD):
        form.channel.data = asked
    # Its number alone stands in the address.
    number_of = number("reply") if viewer().holds(Permission.READ_REPLIES) else None
    if number_of is not None and (reply := messages.to_enter(number_of)) is not None:
        form.reply.data, form.verbatim.data, form.channel.data = str(reply.id), reply.words, Channel.SMS.value
    return shown(form)


def shown(form: EntryForm, status: int = 200, **more: Any) -> Response:
    reads = viewer().holds(Permission.READ_ALERTS)
    page = render_template(
        "console/desk.html", form=form, wording=wording, codes=queries.codes(),
        recent=queries.recent() if reads else [], may_merge=may_merge(),
        reads_sources=viewer().holds(Permission.READ_SOURCES), **{"beside": None, "held_back": False, **more},
    )  # fmt: skip
    return Response(page, status)


def may_merge() -> bool:
    """Whether the choice is offered at all; in which sector, the merging itself asks."""
    return viewer().holds(Permission.HANDLE_ALERTS)


@pages.post("")
@needs(Permission.RAISE_ALERTS)
def enter() -> BaseResponse:
    form = EntryForm()
    if not form.validate_on_submit():
        return shown(form, 422)
    beside = queries.beside(form)
    # Danger to life is never held back: there the duplicates are looked at on the alert.
    unseen = {x.alert.id for x in beside.likely} - form.seen_ids() if beside else set()
    if unseen and form.chosen() is None and form.priority.data != "P1":
        return shown(form, beside=beside, held_back=True)
    try:
        with counted():
            alert_id, beside_it = actions.enter(form)
        db.session.commit()
    except ValidationError as error:
        db.session.rollback()
        form.tell(error)
    except TooMany as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.sentence)
        answer = shown(form, 429)
        answer.headers["Retry-After"] = str(refusal.wait)
        return answer
    except (Refusal, ValueError) as refusal:
        db.session.rollback()
        form.form_errors.append(refusal.sentence if isinstance(refusal, Refusal) else str(refusal))
    else:
        flash(
            _("Alert %(id)s was raised. Ready for the next entry.", id=alert_id)
            if alert_id
            else _("The alert was raised.")
        )
        if beside_it:
            flash(beside_it)
        return redirect(url_for("console.desk", channel=form.channel.data), 303)
    return shown(form, 422, beside=beside)


@pages.post("/likely")
@needs(Permission.RAISE_ALERTS)
def likely() -> str:
    """What may be told already, while it is being typed. Stores nothing."""
    form = EntryForm()
    return render_template(
        "console/likely.html",
        beside=queries.beside(form),
        form=form,
        wording=wording,
        may_merge=may_merge(),
    )


@pages.get("/places")
@needs(Permission.RAISE_ALERTS)
def places() -> str:
    """Places that may be meant, as the list under the field."""
    return render_template("console/places.html", places=queries.places_like(argument("place")))
