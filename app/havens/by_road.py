"""Which havens people at a place reach soonest: minutes by road as it is now, in vehicles and on foot.

Restricted havens are among them for those alone who may know of them. Nothing of the answer is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import Row, func, select

from app.db import db
from app.havens.models import Haven, HavenState
from app.havens.queries import FREE, rows
from app.permissions import Permission, within
from app.roads.network import CLASSES, Ground, ground, said, season_at
from app.threats.models import Threat
from geo.evacuation.nearest import soonest
from geo.road_joining import Roadside, minutes_from
from geo.roads import Network, Season, slowed, travelled

# Families with children and loads, on any road (house value).
WALKING_KPH = 4.0
# The nearest as the crow flies are asked for by road: a detour makes none of the others sooner, in practice.
LOOKED_AT, FEW = 60, 5
# They take people in, or could be opened.
MAY_TAKE = (HavenState.OPEN.value, HavenState.STANDBY.value, HavenState.CLOSED.value)


@dataclass(frozen=True)
class Within:
    """A haven with places. minutes: in a vehicle, in today's season; None: no open road leads there. on_foot: along the
    same roads. not_in_rains: reached today, and not in the rainy season. exposed: in the area of an active threat that
    the viewer may read."""

    haven: Row[Any]
    minutes: float | None
    on_foot: float | None
    not_in_rains: bool
    exposed: bool


def soonest_havens(lon: float, lat: float, states: Sequence[str] = MAY_TAKE, few: int = FEW) -> list[Within]:
    """Havens with a free place, for people at (lon, lat): those that are reached soonest first, then those to which no
    open road leads, by distance."""
    here = func.geography(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326))
    known = list(
        db.session.execute(
            rows()
            .where(Haven.state.in_(list(states)), FREE > 0)
            .order_by(func.geography(Haven.place).op("<->")(here), Haven.id)
            .limit(LOOKED_AT)
        )
    )
    if not known:
        return []
    exposed = inside_threats([haven.id for haven in known])
    there = minutes_to((lon, lat), [(haven.lon, haven.lat) for haven in known])
    ways = soonest(there.dry, there.rainy, season_at(), few)
    order = [way.haven for way in ways] + np.flatnonzero(np.isinf(there.now)).tolist()
    return [
        Within(
            known[n], finite(there.now[n]), finite(there.on_foot[n]),
            bool(np.isfinite(there.now[n]) and np.isinf(there.rainy[n])), known[n].id in exposed,
        )
        for n in order[:few]
    ]  # fmt: skip


def finite(minutes: float) -> float | None:
    return float(minutes) if np.isfinite(minutes) else None


@dataclass(frozen=True, eq=False)
class Minutes:
    """(k,) each, infinite where no open road leads: in a vehicle in either season and in today's, and on foot today."""

    dry: NDArray[np.float64]
    rainy: NDArray[np.float64]
    now: NDArray[np.float64]
    on_foot: NDArray[np.float64]


def minutes_to(here: tuple[float, float], there: Sequence[tuple[float, float]]) -> Minutes:
    """From a place to others (lon, lat), by road as it holds now: closed, slowed, under threat."""
    base = ground()
    if not len(base.network.ends) or not there:
        nowhere = np.full(len(there), np.inf)
        return Minutes(nowhere, nowhere, nowhere, nowhere)
    closed, factor = said()
    roadside = kept_roadside(base)
    mine, theirs, season = roadside.feet([here]), roadside.feet(there), season_at()
    now = slowed(base.network, closed=closed, factor=factor)
    dry, rainy = (minutes_from(now, mine, theirs, each) for each in (Season.DRY, Season.RAINY))
    afoot = slowed(walking(base.network), closed=closed, factor=factor)
    on_foot = minutes_from(afoot, mine, theirs, season)
    return Minutes(dry, rainy, dry if season == Season.DRY else rainy, on_foot)


def walking(network: Network) -> Network:
    speeds = dict.fromkeys({*CLASSES, *network.road_class}, WALKING_KPH)
    return travelled(network, speeds, speeds)


def kept_roadside(base: Ground) -> Roadside:
    """The roads on a plane, made once for each state of the ground and process."""
    kept: Roadside | None = current_app.extensions.get("vigil_roadside")
    if kept is None or kept.network is not base.network:
        kept = Roadside.of(base.network)
        current_app.extensions["vigil_roadside"] = kept
    return kept


def inside_threats(ids: Sequence[int]) -> frozenset[int]:
    """Of these havens, those in the area of an active threat that the viewer may read: nobody is sent there."""
    found = (
        select(Haven.id)
        .join(Threat, func.ST_Intersects(Threat.area, Haven.place))
        .where(
            Haven.id.in_(ids), Threat.ended_at.is_(None), within(Permission.READ_THREATS, Threat.sector_id)
        )
    )
    return frozenset(db.session.execute(found).scalars())
