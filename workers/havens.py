"""What the house does about havens by itself: it tells the alerts that count on one, and forgets tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from app.alerts.by_rule import note_on_alert
from app.alerts.models import Alert, AlertStatus, Tasking
from app.db import db
from app.havens.models import Haven, HavenState
from app.havens.wording import COMPROMISED_NOTE
from app.ledger.actions import record
from app.mission.queries import procedures


def tell_alerts(haven_id: str) -> None:
    """Say on every open alert for which this haven was ordered that it is compromised: once, however often this runs.

    A haven that is kept hidden stands on no alert; this role does not even find it.
    """
    haven = db.session.scalars(select(Haven).where(Haven.id == int(haven_id))).first()
    if haven is None or haven.state != HavenState.COMPROMISED.value:
        return
    words = str(COMPROMISED_NOTE) % {"haven": haven.code}
    counting_on_it = db.session.scalars(
        select(Alert.id)
        .where(
            Alert.id.in_(select(Tasking.alert_id).where(Tasking.haven_id == haven.id)),
            Alert.status != AlertStatus.CLOSED.value,
        )
        .order_by(Alert.id)
    ).all()  # fmt: skip
    told = text(
        "SELECT 1 FROM alert_steps WHERE alert_id = :alert AND note = :words AND recorded_at > :since"
    )
    for alert_id in counting_on_it:
        since = {"alert": alert_id, "words": words, "since": haven.changed_at}
        if db.session.execute(told, since).first() is None:
            note_on_alert(alert_id, words, datetime.now(UTC))


def fold_tokens() -> None:
    """Scans from before what the standing procedures keep become counts of the day."""
    before = datetime.now(UTC) - timedelta(days=procedures()["haven_token_days"])
    folded = db.session.execute(
        text("SELECT vigil.fold_haven_tokens(:before)"), {"before": before}
    ).scalar_one()
    if folded:
        record("havens.tokens_folded", "haven_gate_days", "old", {"count": folded})
