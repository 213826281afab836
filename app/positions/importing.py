"""A track out of a file: timed points, or lines that tell a time for each of their points, as positions of one carrier.
They go the way of every batch (actions.py): judged, doubted, stored once."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from shapely.geometry import LineString, MultiLineString, MultiPoint
from shapely.geometry.base import BaseGeometry

from app.db import db
from app.errors import NotAllowed, NotFound
from app.mission.importing.keeping import Outcome
from app.mission.importing.reading import GEOMETRY, Row, RowRefused, first, point
from app.patrols.models import Patrol
from app.positions.actions import Rooms, store
from app.positions.body import MOST, Fix
from app.positions.carriers import carrier, rows
from app.positions.models import Tracked

MOST_OFFERED = 500


def reportable() -> list[tuple[int, str]]:
    """(id, call sign) of the carriers whose positions the viewer may report, patrols that are over left out."""
    found = db.session.execute(
        rows()
        .add_columns(Tracked.call_sign.label("called"))
        .where(Tracked.patrol_id.is_(None) | Patrol.ended_at.is_(None))
        .order_by(Tracked.call_sign, Tracked.id)
        .limit(MOST_OFFERED)
    )
    return [(r.id, r.called) for r in found if carrier(r).may_report]


def check_carrier(tracked_id: int) -> None:
    """Raises NotFound, or NotAllowed where the viewer may not say where this carrier was."""
    found = db.session.execute(rows().where(Tracked.id == tracked_id)).first()
    if found is None:
        raise NotFound
    if not carrier(found).may_report:
        raise NotAllowed(_("You report positions of your own sector’s carriers only."))


def keep_track(tracked_id: int, batch: Sequence[tuple[int, Row]]) -> Outcome:
    """Store rows of one carrier. A line of a thousand points counts as a thousand."""
    check_carrier(tracked_id)
    outcome, fixes = Outcome(), []
    for number, row in batch:
        try:
            fixes += [(number, fix) for fix in fixes_of(row)]
        except RowRefused as refused:
            outcome.refuse(number, refused)
        except (ValueError, OverflowError):  # of a Fix: its message would quote the row
            outcome.refuse(number, RowRefused("figure_out_of_range"))
    rooms = Rooms([fix for _number, fix in fixes])
    kept = []
    for number, fix in fixes:
        reason = rooms.refuses(fix)
        if reason is None:
            kept.append(fix)
        else:
            outcome.refuse(number, RowRefused(reason.value))
    for start in range(0, len(kept), MOST):
        some = kept[start : start + MOST]
        added = len(store([tracked_id] * len(some), some))
        outcome.new += added
        outcome.unchanged += len(some) - added
    return outcome


def fixes_of(row: Row) -> Iterator[Fix]:
    """One fix of a point, or one for each point of a line. Raises RowRefused."""
    shape = row.get(GEOMETRY)
    if isinstance(shape, LineString | MultiLineString | MultiPoint):
        corners = corners_of(shape)
        times = times_of(row.get("time"))
        if len(times) != len(corners):
            raise RowRefused("no_times_of_line")
        for (lon, lat), at in zip(corners, times, strict=True):
            yield Fix(at=moment(at), lon=lon, lat=lat)
        return
    lon, lat = point(row)
    speed, course = figure(row, "speed_kph"), figure(row, "course")
    yield Fix(at=moment(row.get("time")), lon=lon, lat=lat, speed_kph=speed, course=course)


def corners_of(shape: BaseGeometry) -> list[tuple[float, float]]:
    parts = getattr(shape, "geoms", [shape])
    return [(float(c[0]), float(c[1])) for part in parts for c in part.coords]


def times_of(told: Any) -> list[Any]:
    """A list of times, as GeoJSON holds them in a column; lists in lists where the line has parts."""
    if isinstance(told, str) and told.startswith("["):
        try:
            told = json.loads(told)
        except ValueError:
            return []
    if not isinstance(told, list):
        return []
    return [t for part in told for t in (part if isinstance(part, list) else [part])]


def moment(written: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(written).replace("/", "-"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise RowRefused("no_time_of_fix") from None


def figure(row: Row, name: str) -> float | None:
    written = first(row, name)
    try:
        return float(written) if written is not None else None
    except ValueError:
        raise RowRefused("no_number", column=name) from None
