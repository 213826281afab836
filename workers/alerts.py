"""Escalation: a clock ran out and nobody has acted, so the next echelon owns the alert."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, insert, select

from app.alerts.chain import next_echelon
from app.alerts.models import Alert, AlertClock, AlertStep, StepKind
from app.db import db
from app.ledger.actions import record
from app.outbox import later


def escalate(clock_id: str) -> None:
    """Let one clock run out, if it still runs and its time has come. Runs twice without harm."""
    clock = db.session.execute(
        select(AlertClock).where(AlertClock.id == int(clock_id)).with_for_update()
    ).scalar_one_or_none()
    if clock is None or clock.stopped_at is not None or clock.ran_out_at is not None:
        return
    now = datetime.now(UTC)
    if clock.due_at > now:
        later("workers.alerts.escalate", clock.id, at=clock.due_at)
        return
    alert = db.session.execute(select(Alert).where(Alert.id == clock.alert_id).with_for_update()).scalar_one()
    clock.ran_out_at = now
    alert.version += 1  # what the live stream watches
    higher = next_echelon(clock.echelon)
    details = {"clock": clock.clock, "from": clock.echelon, "to": higher, "due_at": clock.due_at.isoformat()}
    db.session.execute(
        insert(AlertStep).inline(),
        {"alert_id": alert.id, "kind": StepKind.ESCALATED.value, "at": now, "details": details},
    )
    if higher is not None:
        alert.owner_echelon = higher
        start_next_clock(clock, alert, higher, now)
    db.session.flush()
    record("alerts.escalated", "alerts", alert.id, {"clock": clock.clock, "to": higher})


def start_next_clock(clock: AlertClock, alert: Alert, higher: str, now: datetime) -> None:
    """The higher echelon gets as long as the lower one had, counted from now."""
    allowed = max(clock.due_at - alert.received_at, timedelta(minutes=5))
    next_id = db.session.execute(select(func.nextval("alert_clock_ids"))).scalar_one()
    due = now + allowed
    db.session.execute(
        insert(AlertClock).inline(),
        {"id": next_id, "alert_id": alert.id, "clock": clock.clock, "echelon": higher, "due_at": due},
    )
    later("workers.alerts.escalate", next_id, at=due)
