"""The figures of a patrol's page and order: its legs, and what was planned beside what was done
(geo/patrols/comparison.py)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import shapely
from shapely import LineString

from app.mission.queries import procedures
from app.patrol_orders.queries import Version
from app.patrols import queries as patrols
from app.positions.models import UNKNOWN_ERROR_METRES
from geo.patrols.comparison import Comparison, Leg, Stop, compare, legs
from geo.watching.fences import Track

MOST_FIXES = 20_000


def seconds(at: datetime | None) -> float | None:
    return None if at is None else at.timestamp()


def stops_of(rows: Sequence[Any]) -> list[Stop]:
    return [
        Stop(
            (s.lon, s.lat), seconds(s.arrive_planned), seconds(s.depart_planned), seconds(s.arrived_at),
            seconds(s.departed_at),
        )
        for s in rows
    ]  # fmt: skip


def line_of(version: Version) -> LineString:
    line = shapely.from_wkt(version.row.line)
    if not isinstance(line, LineString):
        raise TypeError("the way of an order is no line")
    return line


def legs_of(version: Version, file: patrols.PatrolFile) -> tuple[Leg, ...]:
    """The legs of the planned line, from setting off over the stops and home."""
    patrol = file.patrol
    return legs(
        line_of(version), stops_of(file.stops), (seconds(patrol.planned_start), seconds(patrol.started_at)),
        (seconds(patrol.planned_end), seconds(patrol.ended_at)),
    )  # fmt: skip


def tolerance(version: Version) -> float:
    """Metres off the line that count as on it."""
    return procedures()["order_straight_metres" if version.row.straight else "order_off_route_metres"]


def track_of(patrol: Any) -> Track:
    """The believed fixes of a patrol that has set off, in the order of time; none before that."""
    since = patrol.started_at or datetime.now(UTC)
    rows = patrols.believed(patrol.id, since, patrol.ended_at, MOST_FIXES)
    table = np.array(
        [(p.at.timestamp(), p.lon, p.lat, p.accuracy_metres or UNKNOWN_ERROR_METRES) for p in rows],
        dtype=float,
    ).reshape(-1, 4)
    return Track(*table.T)


def comparison(version: Version, file: patrols.PatrolFile, track: Track) -> Comparison:
    patrol = file.patrol
    return compare(
        line_of(version), stops_of(file.stops), track, tolerance(version),
        (seconds(patrol.planned_start), seconds(patrol.started_at)),
        (seconds(patrol.planned_end), seconds(patrol.ended_at)),
    )  # fmt: skip
