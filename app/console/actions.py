"""Storing one entry: the alert with whose words they are, what it was merged with, and the SMS that it was made of, in
one transaction."""

from __future__ import annotations

from flask_babel import gettext as _

from app.alerts.by_hand import AlertByHand, raise_by_hand
from app.alerts.merging import both, merge
from app.console.forms import EntryForm
from app.db import db
from app.errors import Conflict, Refusal
from app.messages.actions import enter_as_alert
from app.permissions import Permission, viewer


def enter(form: EntryForm) -> tuple[int | None, str]:
    """The alert's id, None for one who may raise alerts and not read them; and what to say beside, "" for nothing. Raises
    as raise_by_hand, enter_as_alert and merge do."""
    alert_id, new = raise_by_hand(AlertByHand.model_validate(form.as_body()))
    beside = ""
    # Danger to life is stored in any case, whoever has seen to the message; the two can be merged on the alert.
    in_any_case = form.priority.data == "P1"
    reply_id = form.reply_id()
    if reply_id is not None and alert_id is not None:
        try:
            with db.session.begin_nested():
                enter_as_alert(reply_id, alert_id)
        except Conflict as seen_to:
            if not in_any_case:
                raise
            beside = seen_to.sentence
    chosen = form.chosen()
    if alert_id is None or not new or chosen is None or not viewer().holds(Permission.READ_ALERTS):
        return alert_id, beside
    try:
        with db.session.begin_nested():
            same_event(alert_id, chosen)
    except Refusal:
        if not in_any_case:
            raise
    return alert_id, beside


def same_event(new_id: int, chosen: int) -> None:
    """The entry follows what stood there already; where it is more urgent, it leads."""
    note = _("Told of the same event; said so at the entry.")
    held = both(new_id, chosen)  # locked before they are compared: somebody may act on that one now
    leads = held[new_id].priority < held[chosen].priority
    merge(*((chosen, new_id) if leads else (new_id, chosen)), note)
