"""What is open in a sector now, as plain data that can be kept: codes, times in ISO 8601, no words of ours.

Whoever reads the note later may hold less than whoever wrote it. So havens that are not openly known, points of weighings
and anything of defenders never enter it, whatever the writer may see.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true

from app.alerts import queries as alerts
from app.alerts.models import Alert, AlertStatus, Tasking
from app.call_backs import queries as call_backs
from app.call_backs.models import CallBack
from app.db import db
from app.field_reports import queries as reports
from app.havens import queries as havens
from app.havens.models import OPENLY_KNOWN, Haven, HavenState
from app.messages import queries as messages
from app.patrols import queries as patrols
from app.patrols.models import Patrol
from app.patrols.movement import ENDED
from app.patrols.visits import VISIT
from app.permissions import Permission, within

MOST = 200
# A haven is told of when fewer places than this part of its room are left for the night.
NEARLY_FULL = 0.8
UNDECIDED = (AlertStatus.RECEIVED, AlertStatus.ACKNOWLEDGED, AlertStatus.VERIFIED)
BELOW = text("""
WITH RECURSIVE tree AS (
    SELECT id FROM sectors WHERE id = :sector UNION SELECT s.id FROM sectors s JOIN tree ON s.parent_id = tree.id
) SELECT id FROM tree
""")


def open_items(sector_id: int | None) -> dict[str, Any]:
    """{"as_of", "alerts", "taskings", "patrols", "havens", "replies", "reports", "call_backs"}: what the viewer sees open
    in the sector and those below it, or in the whole mission; what wants a decision first. `replies`: how many that
    came in by SMS wait for a human; they have no sector, so a sector's note tells of none. `reports`: how many raised
    no alert and wait for a look."""
    below = None if sector_id is None else list(db.session.execute(BELOW, {"sector": sector_id}).scalars())
    return {
        "as_of": datetime.now(UTC).isoformat(),
        "alerts": [alert(row) for row in open_alerts(below)],
        "taskings": [plain(row) for row in open_taskings(below)],
        "patrols": [patrol(row) for row in open_patrols(below)],
        "havens": [plain(row) for row in full_havens(below)],
        "replies": messages.waiting() if below is None else 0,
        "reports": reports.waiting(below),
        "call_backs": [plain(row) for row in to_call(below)],
    }


def inside(column: Any, below: list[int] | None) -> ColumnElement[bool]:
    return true() if below is None else column.in_(below)


def open_alerts(below: list[int] | None) -> Iterable[Any]:
    """Those that nobody has, that are late, not decided or wait for an approval; the most urgent first."""
    late = func.coalesce(alerts.overdue(), alerts.next_due()) < func.now()
    wanted = or_(Alert.status.in_(UNDECIDED), late, alerts.approver().is_not(None))
    order = (Alert.status.in_(UNDECIDED).desc(), Alert.priority, Alert.raised_at, Alert.id)
    query = alerts.rows().add_columns(late.label("late"))
    return db.session.execute(
        query.where(
            # What follows another alert is told of with that one.
            Alert.status != AlertStatus.CLOSED,
            Alert.leader_id.is_(None),
            wanted,
            inside(Alert.sector_id, below),
        )
        .order_by(*order)
        .limit(MOST)
    )


def alert(row: Any) -> dict[str, Any]:
    return {
        "id": row.id, "kind": row.kind, "priority": row.priority, "status": row.status, "place": row.place_as_given,
        "raised_at": at(row.raised_at), "due_at": at(row.due_at), "late": bool(row.late),
        "nobody": row.status == AlertStatus.RECEIVED,
    }  # fmt: skip


def to_call(below: list[int] | None) -> Iterable[Any]:
    """Call-backs that wait, the longest overdue first; neither who is called nor what is asked."""
    c = CallBack
    found = (
        select(c.id, c.alert_id, Alert.priority, c.due_at, (c.due_at <= func.now()).label("late"))
        .join(Alert, Alert.id == c.alert_id)
        .where(call_backs.to_make(), inside(Alert.sector_id, below))
    )
    return db.session.execute(found.order_by(c.due_at, c.id).limit(MOST))


def open_taskings(below: list[int] | None) -> Iterable[Any]:
    """What was ordered and has not arrived, of alerts that the viewer reads."""
    t = Tasking
    return db.session.execute(
        select(t.id, t.alert_id, t.response, t.order, t.ordered_at, t.departed_at)
        .join(Alert, Alert.id == t.alert_id)
        .where(
            within(Permission.READ_ALERTS, Alert.sector_id), inside(Alert.sector_id, below),
            Alert.status != AlertStatus.CLOSED, Alert.outcome.is_(None), t.arrived_at.is_(None),
        )
        .order_by(t.ordered_at, t.id)
        .limit(MOST)
    )  # fmt: skip


def open_patrols(below: list[int] | None) -> Iterable[Any]:
    """Patrols of the sectors, late ones first. Not one's own led elsewhere: the note's readers need not know of it."""
    mine = within(Permission.READ_PATROLS, Patrol.sector_id)
    query = patrols.rows().where(mine, Patrol.state.not_in(ENDED), inside(Patrol.sector_id, below))
    return db.session.execute(query.order_by(text("overdue DESC"), Patrol.planned_end, Patrol.id).limit(MOST))


def patrol(row: Any) -> dict[str, Any]:
    return sealed({
        "id": row.id, "call_sign": row.call_sign, "unit": row.unit_call_sign, "state": row.state,
        "purpose": row.purpose, "planned_start": at(row.planned_start), "planned_end": at(row.planned_end),
        "late": bool(row.overdue), "alert_id": row.alert_id, "next_stop": row.next_stop,
    })  # fmt: skip


def sealed(row: dict[str, Any]) -> dict[str, Any]:
    """A note is read by others than its writer: of a visit to a defender it tells nothing but that it is, whoever wrote
    it."""
    return row | {"purpose": None, "next_stop": None} if row.get("purpose") == VISIT else row


def told_of(items: dict[str, Any]) -> dict[str, Any]:
    """What was frozen as it may be told; notes from before visits were sealed hold more."""
    return {**items, "patrols": [sealed(row) for row in items.get("patrols", [])]}


def full_havens(below: list[int] | None) -> Iterable[Any]:
    """Openly known havens that are compromised, full or nearly so."""
    h = Haven
    crowded = and_(h.state == HavenState.OPEN, h.occupancy >= NEARLY_FULL * h.capacity_night)
    pressing = or_(h.state.in_([HavenState.COMPROMISED, HavenState.FULL]), crowded)
    return db.session.execute(
        select(h.id, h.code, h.name, h.state, h.occupancy, h.capacity_night, h.changed_at)
        .where(havens.visible(), h.exposure.in_(OPENLY_KNOWN), pressing, inside(h.sector_id, below))
        .order_by((h.state == HavenState.COMPROMISED).desc(), h.name, h.id)
        .limit(MOST)
    )


def plain(row: Any) -> dict[str, Any]:
    return {k: at(v) if isinstance(v, datetime) else v for k, v in row._mapping.items()}


def at(when: datetime | None) -> str | None:
    return when.isoformat() if when else None


TIMES = frozenset(
    {"raised_at", "due_at", "ordered_at", "departed_at", "planned_start", "planned_end", "changed_at"}
)


def thawed(items: dict[str, Any]) -> dict[str, Any]:
    """What was frozen with its times as times again, for a page."""

    def back(row: dict[str, Any]) -> dict[str, Any]:
        return {k: datetime.fromisoformat(v) if k in TIMES and v else v for k, v in row.items()}

    lists = {
        name: [back(row) for row in rows] for name, rows in told_of(items).items() if isinstance(rows, list)
    }
    # Notes from before these were counted tell of none.
    counts = {name: items.get(name, 0) for name in ("replies", "reports")}
    return {"as_of": datetime.fromisoformat(items["as_of"]), **counts, **lists}
