"""Reads of positions: where everything was last, and one carrier's day. Each goes through the viewer's scope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, func, or_, select, text

from app.db import db
from app.errors import NotFound
from app.mission.models import Unit
from app.mission.queries import procedures
from app.patrols.models import Patrol
from app.patrols.movement import ENDED
from app.permissions import Permission, within
from app.positions.actions import words
from app.positions.carriers import visible
from app.positions.models import DOUBTED, Flag, LatestPosition, Tracked, Tracker

MOST = 5_000

# In one pass over one carrier's stretch of one month's index; what is doubted is no part of the line.
DAY = text(f"""
SELECT count(*) AS fixes,
    ST_AsGeoJSON(ST_MakeLine(place ORDER BY at) FILTER (WHERE flags & {DOUBTED.value} = 0), 5) AS line,
    json_agg(json_build_array(at, speed_kph, course, flags & 24) ORDER BY at) FILTER (WHERE flags & {DOUBTED.value} = 0) AS facts,
    json_agg(json_build_array(at, round(ST_X(place)::numeric, 5), round(ST_Y(place)::numeric, 5), flags) ORDER BY at)
        FILTER (WHERE flags & {DOUBTED.value} <> 0) AS doubted
FROM positions
WHERE tracked_id = :carrier AND at >= CAST(:day AS date)::timestamp AT TIME ZONE 'UTC'
    AND at < (CAST(:day AS date) + 1)::timestamp AT TIME ZONE 'UTC'
""")  # noqa: S608, E501 - a number of ours


def stale_after() -> float:
    """Seconds after which a position is stale."""
    return procedures()["position_stale_minutes"] * 60


@dataclass(frozen=True)
class CarrierFile:
    """What is tracked, with its last believed position, and its devices for those who may end them."""

    carrier: Row[Any]
    devices: list[Row[Any]]


def rows() -> Any:
    return (
        select(
            Tracked.id, Tracked.kind, Tracked.patrol_id, Tracked.unit_id, Tracked.call_sign, Tracked.sector_id,
            Tracked.retired_at, Unit.call_sign.label("unit_call_sign"), LatestPosition.at.label("position_at"),
            func.ST_X(LatestPosition.place).label("lon"), func.ST_Y(LatestPosition.place).label("lat"),
            LatestPosition.speed_kph, LatestPosition.course,
        )
        .outerjoin(Unit, Unit.id == Tracked.unit_id)
        .outerjoin(LatestPosition, LatestPosition.tracked_id == Tracked.id)
        .where(visible())
    )  # fmt: skip


def latest(kind: str = "", since: datetime | None = None) -> list[Row[Any]]:
    """The last believed position of everything that the viewer may see, newest first, 5,000 at most."""
    found = rows().where(LatestPosition.at.is_not(None), Tracked.retired_at.is_(None))
    if kind:
        found = found.where(Tracked.kind == kind)
    if since is not None:
        found = found.where(LatestPosition.at >= since)
    return list(db.session.execute(found.order_by(LatestPosition.at.desc(), Tracked.id).limit(MOST)))


def registered() -> list[Row[Any]]:
    """Vehicles and aircraft, with those retired at the end."""
    found = rows().where(Tracked.patrol_id.is_(None))
    return list(
        db.session.execute(
            found.order_by(Tracked.retired_at.is_not(None), Tracked.call_sign, Tracked.id).limit(MOST)
        )
    )


def units() -> list[Row[Any]]:
    """Units whose vehicles and aircraft the viewer may register."""
    found = select(Unit.id, Unit.name, Unit.call_sign).where(within(Permission.PLAN_PATROLS, Unit.sector_id))
    return list(db.session.execute(found.order_by(Unit.code)))


def patrols_out() -> list[Row[Any]]:
    """Patrols that are planned or under way, whose positions come from their devices."""
    found = rows().join(Patrol, Patrol.id == Tracked.patrol_id).where(Patrol.state.not_in(ENDED))
    return list(db.session.execute(found.order_by(Tracked.call_sign, Tracked.id).limit(MOST)))


def one(tracked_id: int) -> CarrierFile:
    carrier = db.session.execute(rows().where(Tracked.id == tracked_id)).first()
    if carrier is None:
        raise NotFound
    return CarrierFile(carrier, devices(tracked_id))


def devices(tracked_id: int) -> list[Row[Any]]:
    """Of one carrier: newest first; nothing for those who may neither give nor end them."""
    t = Tracker
    return list(
        db.session.execute(
            select(t.id, t.name, t.created_at, t.expires_at, t.revoked_at, t.lost_since)
            .join(Tracked, Tracked.id == t.tracked_id)
            .where(
                t.tracked_id == tracked_id,
                or_(
                    within(Permission.PLAN_PATROLS, Tracked.sector_id),
                    within(Permission.SEND_PATROLS, Tracked.sector_id),
                ),
            )
            .order_by(t.id.desc())
        )
    )


def day(tracked_id: int, which: date) -> Mapping[str, Any]:
    """One carrier's day (UTC) as a GeoJSON feature: a line of the believed fixes (a point where there is one, null where
    there is none), with `times`, `speeds_kph`, `courses` and `flags` beside it in the same order, and the `doubted`
    fixes apart."""
    carrier = one(tracked_id).carrier
    found = db.session.execute(DAY, {"carrier": tracked_id, "day": which}).one()
    facts = found.facts or []
    shape = json.loads(found.line) if found.line else None
    if shape and len(facts) == 1:
        shape = {"type": "Point", "coordinates": shape["coordinates"][0]}
    return {
        "type": "Feature",
        "id": carrier.id,
        "geometry": shape,
        "properties": {
            "call_sign": carrier.call_sign, "kind": carrier.kind, "day": which.isoformat(),
            "times": [f[0] for f in facts], "speeds_kph": [f[1] for f in facts], "courses": [f[2] for f in facts],
            "flags": [words(Flag(f[3])) for f in facts],
            "doubted": [
                {"at": at, "lon": lon, "lat": lat, "flags": words(Flag(flags))}
                for at, lon, lat, flags in found.doubted or []
            ],
        },
    }  # fmt: skip


def as_json(c: Row[Any]) -> Mapping[str, Any]:
    position = None
    if c.position_at:
        position = {
            "at": c.position_at.isoformat(), "lon": c.lon, "lat": c.lat, "speed_kph": c.speed_kph, "course": c.course,
        }  # fmt: skip
    return {
        "id": c.id, "kind": c.kind, "call_sign": c.call_sign, "unit_id": c.unit_id, "patrol_id": c.patrol_id,
        "sector_id": c.sector_id, "retired": c.retired_at is not None, "position": position,
    }  # fmt: skip


def device_as_json(d: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": d.id, "name": d.name, "created_at": d.created_at.isoformat(), "expires_at": d.expires_at.isoformat(),
        "ended_at": d.revoked_at.isoformat() if d.revoked_at else None,
        "lost_since": d.lost_since.isoformat() if d.lost_since else None,
    }  # fmt: skip
