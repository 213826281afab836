"""Positions of a patrol, as its devices send them: late, doubled, out of order, in batches after hours without a line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from flask_babel import gettext as _
from pydantic import AwareDatetime, BaseModel, Field
from sqlalchemy import select, text

from app.api.bodies import Body
from app.db import db
from app.errors import Invalid, NotAllowed, NotFound
from app.mission.placing import Lat, Lon
from app.patrols.models import Patrol
from app.patrols.queries import visible
from app.permissions import Permission, viewer

MOST = 500
# Satellites set the clocks of these devices: narrower than the grace of what people write (app/moments.py), for a
# position from ahead would look fresh for longer than it is.
DRIFT = timedelta(minutes=2)
OLDEST = timedelta(days=100)


class Fix(Body):
    """Where a device was: lon, lat in degrees, accuracy as a radius in metres."""

    at: AwareDatetime
    lon: Lon
    lat: Lat
    accuracy_metres: Annotated[float, Field(ge=0, le=100_000, allow_inf_nan=False)] | None = None


class Fixes(Body):
    positions: Annotated[list[Fix], Field(min_length=1, max_length=MOST)]


class Stored(BaseModel):
    """`stored` are new, `known` stood already; `latest_at` is the time of the patrol's newest position."""

    stored: int
    known: int
    latest_at: datetime


ADD = text("""
INSERT INTO positions (patrol_id, at, place, accuracy_metres)
SELECT :patrol, f.at, ST_SetSRID(ST_MakePoint(f.lon, f.lat), 4326), f.accuracy
FROM unnest(CAST(:ats AS timestamptz[]), CAST(:lons AS float8[]), CAST(:lats AS float8[]),
            CAST(:accuracies AS float8[])) AS f (at, lon, lat, accuracy)
ON CONFLICT DO NOTHING
""")
# From what stands, not from what was sent; and never back in time.
MOVE_LATEST = text("""
INSERT INTO latest_positions (patrol_id, at, place, sector_id)
SELECT p.patrol_id, p.at, p.place, CAST(:sector AS bigint)
FROM positions p WHERE p.patrol_id = :patrol ORDER BY p.at DESC LIMIT 1
ON CONFLICT (patrol_id) DO UPDATE SET at = excluded.at, place = excluded.place, sector_id = excluded.sector_id
WHERE latest_positions.at < excluded.at
""")
LATEST = text("SELECT at FROM latest_positions WHERE patrol_id = :patrol")
MONTHS_WITHOUT_ROOM = text(
    "SELECT m FROM unnest(CAST(:months AS text[])) m WHERE to_regclass('public.positions_' || m) IS NULL"
)


def report_positions(patrol_id: int, fixes: list[Fix]) -> Stored:
    """Store a batch of positions; what stands already is left alone.

    Raises NotFound, NotAllowed (neither its leader nor somebody who plans there), or Invalid for the whole batch when
    a time lies in the future or in a month that is no longer kept: the fields say which.
    """
    patrol = db.session.execute(
        select(Patrol.sector_id, Patrol.leader_id).where(Patrol.id == patrol_id, visible())
    ).first()
    if patrol is None:
        raise NotFound
    who = viewer()
    leads = patrol.leader_id == who.person_id and who.holds(Permission.LEAD_PATROLS)
    if not leads and not who.may(Permission.PLAN_PATROLS, patrol.sector_id):
        raise NotAllowed(_("Only the patrol’s leader, or who plans patrols there, reports its positions."))
    check_times(fixes)
    added = db.session.execute(
        ADD,
        {
            "patrol": patrol_id, "ats": [f.at for f in fixes], "lons": [f.lon for f in fixes],
            "lats": [f.lat for f in fixes], "accuracies": [f.accuracy_metres for f in fixes],
        },
    ).rowcount  # type: ignore[attr-defined]  # fmt: skip
    db.session.execute(MOVE_LATEST, {"patrol": patrol_id, "sector": patrol.sector_id})
    latest = db.session.execute(LATEST, {"patrol": patrol_id}).scalar_one()
    return Stored(stored=added, known=len(fixes) - added, latest_at=latest)


def check_times(fixes: list[Fix]) -> None:
    now = datetime.now(UTC)
    wrong = {
        f"positions.{n}.at": _("This lies in the future.")
        for n, fix in enumerate(fixes)
        if fix.at > now + DRIFT
    }
    months = {n: month_of(fix.at, now) for n, fix in enumerate(fixes)}
    lost = set(
        db.session.scalars(MONTHS_WITHOUT_ROOM, {"months": sorted({m for m in months.values() if m})})
    ) | {None}
    for n, month in months.items():
        if month in lost:
            wrong.setdefault(f"positions.{n}.at", _("Positions of this month are no longer kept."))
    if wrong:
        raise Invalid(
            _("Some positions can’t be kept. Nothing was stored; send the others again without them."),
            fields=wrong,
        )


def month_of(at: datetime, now: datetime) -> str | None:
    """The partition's suffix, in UTC; None for what is surely too old (the year 1 has no UTC everywhere)."""
    return at.astimezone(UTC).strftime("%Y%m") if now - OLDEST < at < now + OLDEST else None
