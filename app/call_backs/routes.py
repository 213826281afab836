"""Call-backs that wait and those that were answered; ordering and answering are acts on the alert (alerts/acts.py)."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template

from app.alerts import wording as alert_words
from app.api.schemas import describes
from app.asked import page_number
from app.call_backs import queries, wording
from app.permissions import Permission, needs
from app.watches.queries import watchers

pages = Blueprint("call_backs", __name__, url_prefix="/call-backs")
api = Blueprint("call_backs_api", __name__, url_prefix="/api/v1")
BLUEPRINTS = (pages, api)


@pages.get("")
@needs(Permission.READ_SOURCES)
def board() -> str:
    """The longest overdue first, then those answered, the latest first."""
    answered, total = queries.answered(page_number())
    return render_template(
        "call_backs/board.html", waiting=queries.waiting(), answered=answered, total=total, page=page_number(),
        page_size=queries.PAGE, wording=wording, alert_words=alert_words, names=watchers(),
    )  # fmt: skip


@api.get("/call-backs")
@needs(Permission.READ_SOURCES)
@describes(
    "Call-backs of the alerts that you read: those that wait, the longest overdue first, and the answered; page."
)
def list_call_backs() -> Response:
    answered, total = queries.answered(page_number())
    waiting = [queries.as_json(c) for c in queries.waiting()]
    done = [queries.as_json(c) for c in answered]
    return jsonify({"waiting": waiting, "answered": done, "total": total, "page": page_number()})
