"""Pages and API of one's own contacts, and of what came in by SMS."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from app.api.bodies import read
from app.api.schemas import describes
from app.asked import page_number
from app.db import db
from app.errors import Refusal
from app.messages import actions, queries, wording
from app.messages.body import AddContact, AnswerTest
from app.messages.forms import ContactForm
from app.messages.models import Contact
from app.permissions import Permission, needs

pages = Blueprint("messages", __name__, url_prefix="/messages")
api = Blueprint("messages_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


def back(said: str) -> BaseResponse:
    flash(said)
    return redirect(url_for("watches.page") + "#contacts", 303)


@pages.post("/contacts")
@needs(Permission.STAND_WATCH)
def add_from_form() -> BaseResponse:
    form = ContactForm()
    sent = {"route": form.route.data or "", "address": form.address.data or ""}
    try:
        body = read(AddContact, sent)
        actions.add_contact(body.route, body.address)
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        return back(next(iter(refusal.fields.values()), refusal.sentence))
    return back(_("The contact is kept. Send a test to it."))


@pages.post("/contacts/<int:contact_id>/test")
@needs(Permission.STAND_WATCH)
def test_from_form(contact_id: int) -> BaseResponse:
    actions.order_test(contact_id)
    db.session.commit()
    return back(_("A code is on its way. Type it beside the contact, or reply with it."))


@pages.post("/contacts/<int:contact_id>/answer")
@needs(Permission.STAND_WATCH)
def answer_from_form(contact_id: int) -> BaseResponse:
    right = actions.answer_test(contact_id, read(AnswerTest, {"code": request.form.get("code", "")}).code)
    db.session.commit()
    return back(_("The contact is tested.") if right else _("This is not the code of the last test."))


@pages.post("/contacts/<int:contact_id>/remove")
@needs(Permission.STAND_WATCH)
def remove_from_form(contact_id: int) -> BaseResponse:
    actions.remove_contact(contact_id)
    db.session.commit()
    return back(_("The contact is removed."))


@pages.get("/replies")
@needs(Permission.READ_REPLIES)
def replies() -> str:
    found, total = queries.replies(page_number())
    return render_template(
        "messages/replies.html",
        replies=found,
        total=total,
        page=page_number(),
        page_size=queries.PAGE,
        wording=wording,
    )


@pages.post("/replies/<int:reply_id>/looked")
@needs(Permission.READ_REPLIES)
def looked(reply_id: int) -> BaseResponse:
    actions.look_at_reply(reply_id)
    db.session.commit()
    return redirect(url_for("messages.replies"), 303)


@pages.post("/replies/<int:reply_id>/sender")
@needs(Permission.READ_REPLIES)
def sender(reply_id: int) -> str:
    """The number, once, on a page that is not kept; that it was shown is recorded before."""
    number = actions.show_sender(reply_id)
    db.session.commit()
    return render_template("messages/sender.html", number=number)


def as_json(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id, "route": contact.route, "address": contact.address,
        "tested_at": contact.tested_at.isoformat() if contact.tested_at else None, "fresh": queries.is_fresh(contact),
    }  # fmt: skip


@api.get("/contacts")
@needs(Permission.STAND_WATCH)
@describes("One's own contacts, and whether they were tested lately.")
def list_contacts() -> Response:
    return jsonify({"contacts": [as_json(c) for c in queries.own_contacts()]})


@api.post("/contacts")
@needs(Permission.STAND_WATCH)
@describes("Keep a contact of one's own.", takes=AddContact)
def add_by_api() -> tuple[Response, int]:
    body = read(AddContact)
    made = actions.add_contact(body.route, body.address)
    db.session.commit()
    return jsonify(as_json(queries.own_contact(made))), 201


@api.post("/contacts/<int:contact_id>/test")
@needs(Permission.STAND_WATCH)
@describes("Have a code sent to one's contact.")
def test_by_api(contact_id: int) -> Response:
    actions.order_test(contact_id)
    db.session.commit()
    return jsonify(as_json(queries.own_contact(contact_id)))


@api.post("/contacts/<int:contact_id>/answer")
@needs(Permission.STAND_WATCH)
@describes("The code that came: the contact is tested.", takes=AnswerTest)
def answer_by_api(contact_id: int) -> Response:
    right = actions.answer_test(contact_id, read(AnswerTest).code)
    db.session.commit()
    return jsonify(as_json(queries.own_contact(contact_id)) | {"right": right})


@api.post("/contacts/<int:contact_id>/remove")
@needs(Permission.STAND_WATCH)
@describes("Remove a contact of one's own.")
def remove_by_api(contact_id: int) -> Response:
    actions.remove_contact(contact_id)
    db.session.commit()
    return jsonify({"removed": contact_id})


@api.get("/replies")
@needs(Permission.READ_REPLIES)
@describes("What came in by SMS, what waits for a human first; page. No numbers.")
def list_replies() -> Response:
    found, total = queries.replies(page_number())
    rows = [
        {"id": r.id, "received_at": r.received_at.isoformat(), "words": r.words, "asked": r.asked, "result": r.result,
         "why": r.why, "alert_id": r.alert_id, "waits": bool(r.waits)}
        for r in found
    ]  # fmt: skip
    return jsonify({"total": total, "page": page_number(), "replies": rows})
