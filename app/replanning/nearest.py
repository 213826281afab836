"""Who is at a place soonest: the units that the viewer may send, from their bases or from where their patrols are now.

Minutes by road with what is closed and slow now, at each unit's own speed, after its notice to move; a patrol that is
out needs none. The system proposes the soonest one that can go; who is sent, the officer decides.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import inf, isfinite
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Row, and_, func, select

from app.db import db
from app.means.models import UnitMeans
from app.mission.models import MilitaryBase, Unit
from app.patrol_orders.queries import goes_jointly
from app.patrols.models import Patrol, PatrolStop
from app.patrols.movement import OUT
from app.patrols.planning import DEPLOYABLE
from app.patrols.queries import here
from app.permissions import Permission, within
from app.plans.travelling import Mode, travel_minutes
from app.positions.models import LatestPosition
from app.replanning.models import NOT_BY_ROAD, PROMISED, Hindered

# A patrol of a unit whose base lies far off may be the one that is near: more are looked at than shown.
LOOKED_AT, MOST = 30, 12


@dataclass(frozen=True)
class Reach:
    """A unit's way to the place. minutes: from now until it is there, inf where `hindered` says why. waits: of these, its
    notice to move. patrol: the one of its patrols that turns aside, None: it goes from its base. left: its stops."""

    unit: Row[Any]
    minutes: float
    waits: float
    arrives: datetime | None
    patrol: Row[Any] | None
    left: int
    hindered: Hindered | None = None


@dataclass(frozen=True)
class Start:
    """Where one of its ways would begin (lon, lat), and after how many minutes."""

    spot: tuple[float, float]
    waits: float
    patrol: Row[Any] | None = None


def reaches(lon: float, lat: float) -> list[Reach]:
    """Of the units nearest by the distance of their base, the soonest first; those that can't go last."""
    units = nearest(lon, lat, LOOKED_AT)
    if not units:
        return []
    out = patrols_out([unit.id for unit in units])
    ways = [(unit, start) for unit in units for start in starts(unit, out.get(unit.id, []))]
    modes = sorted({mode_of(unit) for unit in units})
    spots = np.array([start.spot for _unit, start in ways] + [(lon, lat)])
    now = datetime.now(UTC)
    minutes = travel_minutes(modes, spots, now)[:, :, -1]
    best: dict[int, Reach] = {}
    for n, (unit, start) in enumerate(ways):
        road = inf if unit.kind.lower() in NOT_BY_ROAD else float(minutes[modes.index(mode_of(unit)), n])
        whole = start.waits + road
        if unit.id not in best or whole < best[unit.id].minutes:
            best[unit.id] = reach(unit, start, whole, now)
    found = [best.get(unit.id) or unable(unit, out.get(unit.id, [])) for unit in units]
    # Sorting keeps the order: those without a way stay by the distance of their base.
    return sorted(found, key=lambda each: each.minutes)[:MOST]


def reach(unit: Row[Any], start: Start, minutes: float, now: datetime) -> Reach:
    left = start.patrol.left if start.patrol else 0
    if not isfinite(minutes):
        why = Hindered.NOT_BY_ROAD if unit.kind.lower() in NOT_BY_ROAD else Hindered.NO_WAY
        return Reach(unit, inf, start.waits, None, start.patrol, left, why)
    return Reach(unit, minutes, start.waits, now + timedelta(minutes=minutes), start.patrol, left)


def unable(unit: Row[Any], out: Sequence[Row[Any]]) -> Reach:
    """Of a unit that no way begins for: its teams are all out, and none of them is called away."""
    why = Hindered.JOINT if any(not promised(patrol) for patrol in out) else Hindered.ALL_OUT
    return Reach(unit, inf, 0.0, None, None, 0, why)


def nearest(lon: float, lat: float, limit: int) -> list[Row[Any]]:
    """Units that the viewer may send with what they have, None where nobody set it; by the distance of their base."""
    metres = func.ST_Distance(func.geography(MilitaryBase.place), here(lon, lat)).label("metres")
    m = UnitMeans
    return list(
        db.session.execute(
            select(
                Unit.id, Unit.code, Unit.name, Unit.call_sign, Unit.kind, Unit.notice_to_move_minutes,
                MilitaryBase.name.label("base"), metres, func.ST_X(MilitaryBase.place).label("lon"),
                func.ST_Y(MilitaryBase.place).label("lat"), m.going, m.open_speed, m.seasonal_speed, m.foot_kph,
                m.tours_a_day, m.women, m.interpreters,
            )
            .join(MilitaryBase, MilitaryBase.id == Unit.base_id)
            .outerjoin(m, m.unit_id == Unit.id)
            .where(within(Permission.SEND_PATROLS, Unit.sector_id), func.lower(Unit.kind).in_(DEPLOYABLE))
            .order_by(metres, Unit.code)
            .limit(limit)
        )
    )  # fmt: skip


def not_reached() -> ColumnElement[bool]:
    """Stops that a patrol still has before it."""
    return and_(PatrolStop.arrived_at.is_(None), PatrolStop.called_off_at.is_(None))


def patrols_out(unit_ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """The units' patrols that are out, of those that the viewer reads: last position (else the last stop reached), stops
    left."""
    left = (
        select(func.count())
        .where(PatrolStop.patrol_id == Patrol.id, not_reached())
        .correlate(Patrol)
        .scalar_subquery()
    )
    last = (
        select(PatrolStop.place)
        .where(PatrolStop.patrol_id == Patrol.id, PatrolStop.arrived_at.is_not(None))
        .order_by(PatrolStop.arrived_at.desc())
        .limit(1)
        .correlate(Patrol)
        .scalar_subquery()
    )
    place = func.coalesce(LatestPosition.place, last)
    rows = db.session.execute(
        select(
            Patrol.id, Patrol.unit_id, Patrol.call_sign, Patrol.alert_id, Patrol.purpose, left.label("left"),
            goes_jointly().label("joint"),
            LatestPosition.at.label("position_at"), func.ST_X(place).label("lon"), func.ST_Y(place).label("lat"),
        )
        .outerjoin(LatestPosition, LatestPosition.patrol_id == Patrol.id)
        .where(
            Patrol.unit_id.in_(unit_ids), Patrol.state.in_(OUT), within(Permission.READ_PATROLS, Patrol.sector_id)
        )
        .order_by(Patrol.id)
    )  # fmt: skip
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.unit_id, []).append(row)
    return found


def starts(unit: Row[Any], out: Sequence[Row[Any]]) -> list[Start]:
    """Its base, as long as not all of its tours are out, and each patrol that may be called away. Of a unit whose means
    nobody set, it isn't known how many go out beside each other: its base counts always."""
    base = (unit.lon, unit.lat)
    found = []
    if unit.tours_a_day is None or len(out) < max(unit.tours_a_day, 1):
        found.append(Start(base, float(unit.notice_to_move_minutes or 0)))
    for patrol in out:
        if gives_way(patrol):
            spot = base if patrol.lon is None else (patrol.lon, patrol.lat)
            found.append(Start(spot, 0.0, patrol))
    return found


def promised(patrol: Row[Any]) -> bool:
    """Whether somebody counts on it: whom it escorts or visits, or who raised the alert that it answers."""
    return patrol.alert_id is not None or patrol.purpose in PROMISED


def gives_way(patrol: Row[Any]) -> bool:
    """Whether it may be called away to an alert: not with State forces, who would stand beside whoever told of it."""
    return not promised(patrol) and not patrol.joint


def mode_of(unit: Row[Any]) -> Mode:
    return Mode(0.0, 1.0, 1.0) if unit.going is None else Mode.of(unit)
