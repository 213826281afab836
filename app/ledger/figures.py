"""What waits for command: decisions, clocks that ran out, decisions not to respond, looks at sealed identities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select, text

from app.alerts.models import Alert, AlertClock, AlertStatus, AlertStep, StepKind
from app.db import db
from app.permissions import Permission, viewer, within

CLOCKS_SINCE = timedelta(hours=24)
UNMASKINGS_SINCE = timedelta(days=7)
UNDECIDED = (AlertStatus.RECEIVED, AlertStatus.ACKNOWLEDGED, AlertStatus.VERIFIED)
MOST = 20


@dataclass(frozen=True)
class Figures:
    """None where the viewer may not read what is counted: that is not the same as none."""

    undecided: int | None
    ran_out: list[Row[Any]] | None
    declined: list[Row[Any]] | None
    unmaskings: list[Row[Any]]


def figures() -> Figures:
    alerts = viewer().holds(Permission.READ_ALERTS)
    return Figures(
        undecided=undecided() if alerts else None,
        ran_out=ran_out() if alerts else None,
        declined=declined() if alerts else None,
        unmaskings=unmaskings(),
    )


def undecided() -> int:
    query = select(func.count()).where(
        within(Permission.READ_ALERTS, Alert.sector_id),
        Alert.status.in_(UNDECIDED),
        # As the queue counts them: what follows another alert is decided with that one.
        Alert.leader_id.is_(None),
    )
    return db.session.execute(query).scalar_one()


def ran_out() -> list[Row[Any]]:
    """Clocks that ran out: (alert_id, clock, echelon, ran_out_at), the latest first."""
    return list(
        db.session.execute(
            select(AlertClock.alert_id, AlertClock.clock, AlertClock.echelon, AlertClock.ran_out_at)
            .join(Alert, Alert.id == AlertClock.alert_id)
            .where(
                within(Permission.READ_ALERTS, Alert.sector_id),
                AlertClock.ran_out_at > datetime.now(UTC) - CLOCKS_SINCE,
            )
            .order_by(AlertClock.ran_out_at.desc())
        )
    )


def declined() -> list[Row[Any]]:
    """Decisions not to respond that nobody has approved yet: (id, priority, kind, non_response_reason, at)."""
    steps = select(AlertStep.at).where(AlertStep.alert_id == Alert.id).correlate(Alert)
    at = (
        steps.where(AlertStep.kind == StepKind.DECLINED)
        .order_by(AlertStep.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    approval = (
        select(func.max(AlertStep.id))
        .where(AlertStep.alert_id == Alert.id, AlertStep.kind == StepKind.NON_RESPONSE_APPROVED)
        .correlate(Alert)
        .scalar_subquery()
    )
    decision = (
        select(func.max(AlertStep.id))
        .where(AlertStep.alert_id == Alert.id, AlertStep.kind == StepKind.DECLINED)
        .correlate(Alert)
        .scalar_subquery()
    )
    return list(
        db.session.execute(
            select(Alert.id, Alert.priority, Alert.kind, Alert.non_response_reason, at.label("at"))
            .where(
                within(Permission.READ_ALERTS, Alert.sector_id),
                Alert.decision == "not_respond",
                Alert.status != AlertStatus.CLOSED,
                func.coalesce(approval, 0) < decision,
            )
            .order_by(Alert.priority, Alert.id)
            .limit(MOST)
        )
    )


def unmaskings() -> list[Row[Any]]:
    """Looks at sealed identities: (role, count), without a name of either side."""
    if Permission.READ_LEDGER not in viewer().anywhere():
        return []
    now = datetime.now(UTC)
    return list(
        db.session.execute(
            text(
                "SELECT role, looks AS count FROM vigil.looks_by_role(:since, :until) ORDER BY looks DESC, role"
            ),
            {"since": now - UNMASKINGS_SINCE, "until": now},
        )
    )
