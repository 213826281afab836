"""Storing one entry: the alert with whose words they are, what it was merged with, and the SMS that it was made of, in
one transaction."""

from __future__ import annotations

from flask_babel import gettext as _

from app.alerts.by_hand import AlertByHand, raise_by_hand
from app.alerts.merging import both, merge
from app.console.forms import EntryForm
from app.db import db
from app.errors import Refusal
from app.messages.actions import enter_as_alert
from app.permissions import Permission, viewer


def enter(form: EntryForm) -> int | None:
    """The alert's id, None for one who may raise alerts and not read them. Raises as raise_by_hand and merge do."""
    alert_id, new = raise_by_hand(AlertByHand.model_validate(form.as_body()))
    who, reply_id = viewer(), form.reply_id()
    if reply_id is not None and alert_id is not None:
        enter_as_alert(reply_id, alert_id)
    if alert_id is None or not new or not who.holds(Permission.READ_ALERTS):
        return alert_id
    chosen = form.chosen()
    if chosen is None:
        return alert_id
    try:
        with db.session.begin_nested():
            same_event(alert_id, chosen)
    except Refusal:
        # Danger to life is stored in any case; the two can be merged on the alert.
        if form.priority.data != "P1":
            raise
    return alert_id


def same_event(new_id: int, chosen: int) -> None:
    """The entry follows what stood there already; where it is more urgent, it leads."""
    note = _("Told of the same event; said so at the entry.")
    held = both(new_id, chosen)  # locked before they are compared: somebody may act on that one now
    leads = held[new_id].priority < held[chosen].priority
    merge(*((chosen, new_id) if leads else (new_id, chosen)), note)
