"""Carriers by what a sender calls them, and whether the viewer may say where they are: of a visit to a defender, those
alone who may know it (app/patrols/visits.py), and its devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, or_, select

from app.db import db
from app.patrols.models import Patrol
from app.patrols.movement import ENDED
from app.patrols.queries import own
from app.patrols.visits import known
from app.permissions import Permission, viewer, within
from app.positions.body import Refused
from app.positions.models import Tracked, Tracker


@dataclass(frozen=True)
class Carrier:
    id: int
    may_report: bool


def visible() -> ColumnElement[bool]:
    """What is tracked in one's sectors for those who read patrols, and the patrols that one leads."""
    return or_(
        within(Permission.READ_PATROLS, Tracked.sector_id),
        Tracked.patrol_id.in_(select(Patrol.id).where(own())),
    )


def rows() -> Select[Any]:
    return (
        select(
            Tracked.id, Tracked.patrol_id, func.lower(Tracked.call_sign).label("call_sign"), Tracked.sector_id,
            Patrol.leader_id, Patrol.state, or_(Patrol.id.is_(None), known()).label("known"),
        )
        .outerjoin(Patrol, Patrol.id == Tracked.patrol_id)
        .where(visible(), Tracked.retired_at.is_(None))
    )  # fmt: skip


def carrier(row: Row[Any]) -> Carrier:
    who = viewer()
    leads = row.leader_id == who.person_id and who.holds(Permission.LEAD_PATROLS)
    # What becomes of an invented position tells how far the real ones are from it.
    return Carrier(row.id, row.known and (leads or who.may(Permission.PLAN_PATROLS, row.sector_id)))


def of_patrol(patrol_id: int) -> Carrier | None:
    row = db.session.execute(rows().where(Tracked.patrol_id == patrol_id)).first()
    return carrier(row) if row else None


def named(names: Iterable[tuple[str, object]]) -> dict[tuple[str, object], Carrier | Refused]:
    """(kind of name, name) → the carrier, or why there is none to take it. What the viewer may not see is unknown."""
    asked: dict[str, list[object]] = defaultdict(list)
    for kind, name in names:
        asked[kind].append(name)
    found: dict[tuple[str, object], Carrier | Refused] = {
        (kind, name): Refused.UNKNOWN_CARRIER for kind, some in asked.items() for name in some
    }
    if asked["patrol"]:
        for row in db.session.execute(rows().where(Tracked.patrol_id.in_(asked["patrol"]))):
            found["patrol", row.patrol_id] = carrier(row)
    if asked["device"]:
        device = rows().add_columns(Tracker.name).join(Tracker, Tracker.tracked_id == Tracked.id)
        # As long as the device's own key opens (vigil.enter_device), and no longer.
        lasts = (
            Tracker.revoked_at.is_(None),
            Tracker.expires_at > func.now(),
            func.coalesce(Patrol.ended_at, func.now()) > func.now() - timedelta(days=1),
        )
        for row in db.session.execute(device.where(Tracker.name.in_(asked["device"]), *lasts)):
            found["device", row.name] = carrier(row)
    if asked["call_sign"]:
        called: dict[object, list[Row[Any]]] = defaultdict(list)
        for row in db.session.execute(rows().where(func.lower(Tracked.call_sign).in_(asked["call_sign"]))):
            called[row.call_sign].append(row)
        for name, some in called.items():
            found["call_sign", name] = the_one(some)
    return found


def the_one(rows: list[Row[Any]]) -> Carrier | Refused:
    """Call signs are given again: the one that is not over is meant, if there is one alone."""
    going_on = [row for row in rows if row.state not in ENDED] or rows
    return carrier(going_on[0]) if len(going_on) == 1 else Refused.SEVERAL_CARRIERS
