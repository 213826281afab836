"""Storing one entry: the alert with whose words they are, and what it was merged with, in one transaction."""

from __future__ import annotations

from flask_babel import gettext as _

from app.alerts.by_hand import AlertByHand, raise_by_hand
from app.alerts.merging import merge
from app.console.forms import EntryForm
from app.permissions import Permission, viewer


def enter(form: EntryForm) -> int | None:
    """The alert's id, None for one who may raise alerts and not read them. Raises as raise_by_hand and merge do."""
    alert_id, new = raise_by_hand(AlertByHand.model_validate(form.as_body()))
    who = viewer()
    if alert_id is None or not new or not who.holds(Permission.READ_ALERTS):
        return alert_id
    chosen = form.chosen()
    if chosen is not None:
        merge(alert_id, chosen, _("Told of the same event; said so at the entry."))
    return alert_id
