"""Alerts that tell of one event: one leads, the others follow it, or follow one that follows it."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from app.alerts.chain import UNDECIDED
from app.alerts.models import Alert, AlertStatus, AlertStep, StepKind
from app.db import db
from app.errors import Conflict
from app.permissions import Permission, within

# Nobody merges this many by hand; a query that went on would be a fault.
MOST = 500


def followers(alert_id: int) -> list[int]:
    """The ids of all that follow the alert, at any remove, as far as the viewer reads them."""
    mine = within(Permission.READ_ALERTS, Alert.sector_id)
    down = select(Alert.id).where(Alert.leader_id == alert_id, mine).cte("down", recursive=True)
    down = down.union(select(Alert.id).join(down, Alert.leader_id == down.c.id).where(mine))
    return sorted(db.session.scalars(select(down.c.id).limit(MOST)))


def head(alert_id: int) -> int:
    """The id of the alert that leads this one in the end: its own where it follows nobody."""
    mine = within(Permission.READ_ALERTS, Alert.sector_id)
    up = select(Alert.id, Alert.leader_id).where(Alert.id == alert_id, mine).cte("up", recursive=True)
    up = up.union(select(Alert.id, Alert.leader_id).join(up, Alert.id == up.c.leader_id).where(mine))
    found = db.session.execute(select(up.c.id).where(up.c.leader_id.is_(None))).scalar()
    return int(found) if found is not None else alert_id


def whole(alert_id: int) -> list[int]:
    """All that tell of the same event, the leader first."""
    first = head(alert_id)
    return [first, *followers(first)]


def untold(alert: Any) -> list[int]:
    """Followers whose source waits to be told what was done: several alerts of one source are one call."""
    ids = followers(alert.id)
    if not ids:
        return []
    told = select(AlertStep.alert_id).where(
        AlertStep.alert_id.in_([alert.id, *ids]), AlertStep.kind == StepKind.FEEDBACK
    )
    done = set(db.session.scalars(told))
    rows = db.session.execute(
        select(Alert.id, Alert.source_code, Alert.source_contactable).where(Alert.id.in_([alert.id, *ids]))
    ).all()
    reached = {r.source_code for r in rows if r.id in done and r.source_code}
    return [
        r.id
        for r in rows
        if r.id != alert.id and r.source_contactable and r.id not in done and r.source_code not in reached
    ]


def needs_an_answer(alert: Any) -> None:
    """Nothing is told to a source before something was decided, of the alert or of the one that it follows."""
    status = AlertStatus(alert.status)
    if status in UNDECIDED and alert.leader_id is not None:
        found = db.session.execute(select(Alert.status).where(Alert.id == head(alert.id))).scalar_one()
        status = AlertStatus(found)
    if status in UNDECIDED:
        raise Conflict(_("Nothing has been decided yet that the source could be told."), code="wrong_state")
