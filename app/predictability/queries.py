"""How easily recent patrols could be foretold: by unit, by site, and what a simple learner could guess of them all.

Patrols that set off, as they were driven: the stops that were reached, in the order in which they were. A stop counts for
the site within a kilometre, or else for the spot itself. What is told here is where an ambush would wait: it is read with
the viewer's own rights in his own sectors, and there is no export of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, func, select, true

from app.db import db
from app.mission.models import Place, Unit
from app.mission.queries import identity, sectors_below
from app.patrols.models import Patrol, PatrolStop
from app.patrols.visits import no_visit
from app.permissions import Permission, within
from app.sites.models import Site
from app.sites.queries import VISIT_METRES
from geo.patrols.predictability import (
    FEWEST_DAYS,
    Guess,
    Repeat,
    Spread,
    Tour,
    guessed,
    repeated_routes,
    repeated_times,
    spread_of_hours,
    spread_of_places,
)

DAYS = 28  # in which repeats and spreads are counted
LEARNED_DAYS = 90  # of which the learner sees the first two thirds
MOST = 5_000
SPOT_DEGREES = (
    100  # parts of a degree: stops nobody put on the list are the same spot within about a kilometre
)


@dataclass(frozen=True)
class Driven:
    """A patrol as it was driven. tour: its start in the mission's own time, and the numbers of its places in order."""

    id: int
    call_sign: str
    unit_id: int
    unit: str
    tour: Tour


@dataclass(frozen=True)
class Habit:
    """Patrols that do the same three times or more within seven days, and on from week to week; the earliest first.
    most: of them within seven days."""

    patrols: tuple[Driven, ...]
    most: int


@dataclass(frozen=True)
class OfUnit:
    unit: str
    patrols: int
    routes: tuple[Habit, ...]
    times: tuple[Habit, ...]
    hours: Spread
    places: Spread

    @property
    def repeats(self) -> int:
        return len({p.id for habit in (*self.routes, *self.times) for p in habit.patrols})


@dataclass(frozen=True)
class OfSite:
    """times: of day at which patrols came."""

    site_id: int
    name: str
    visits: int
    times: tuple[Habit, ...]
    hours: Spread


@dataclass(frozen=True)
class Meter:
    """guess: None where too few days are on record to learn from and to judge by."""

    patrols: int
    units: tuple[OfUnit, ...]
    sites: tuple[OfSite, ...]
    guess: Guess | None


def meter(sector_id: int | None = None, now: datetime | None = None) -> Meter:
    """Units and sites by how much they repeat themselves, the worst first."""
    now = now or datetime.now(UTC)
    driven, arrivals, names = read(now - timedelta(days=LEARNED_DAYS), now, sector_id)
    since = now - timedelta(days=DAYS)
    recent = [p for p in driven if p.tour.start >= since]
    places = {place for p in recent for place in p.tour.stops}
    units = [
        of_unit([p for p in recent if p.unit_id == unit], len(places))
        for unit in sorted({p.unit_id for p in recent})
    ]
    sites = [
        of_site(site, names[site], [(p, at) for p, at in came if at >= since])
        for site, came in arrivals.items()
    ]
    return Meter(
        len(recent),
        tuple(sorted(units, key=lambda u: (-u.repeats, u.hours.share, u.unit))),
        tuple(
            sorted((s for s in sites if s.visits), key=lambda s: (-repeating(s.times), s.hours.share, s.name))
        ),
        guess_of(arrivals, now),
    )


def of_unit(patrols: Sequence[Driven], places: int) -> OfUnit:
    tours = [p.tour for p in patrols]
    return OfUnit(
        patrols[0].unit, len(patrols), habits(repeated_routes(tours), patrols), habits(repeated_times(tours), patrols),
        spread_of_hours(tours), spread_of_places(tours, places),
    )  # fmt: skip


def of_site(site: int, name: str, came: Sequence[tuple[Driven, datetime]]) -> OfSite:
    tours = [Tour(at, (site,)) for _patrol, at in came]
    return OfSite(
        site,
        name,
        len(came),
        habits(repeated_times(tours), [patrol for patrol, _at in came]),
        spread_of_hours(tours),
    )


def habits(repeats: Sequence[Repeat], patrols: Sequence[Driven]) -> tuple[Habit, ...]:
    """The worst first. Runs of seven days that share a patrol are one habit, not one for each week that it lasts."""
    joined: list[tuple[set[int], int]] = []
    for repeat in repeats:
        tours, most = set(repeat.tours), len(repeat.tours)
        for other in [other for other in joined if other[0] & tours]:
            joined.remove(other)
            tours, most = tours | other[0], max(most, other[1])
        joined.append((tours, most))
    found = [Habit(tuple(patrols[n] for n in sorted(tours)), most) for tours, most in joined]
    return tuple(sorted(found, key=lambda habit: (-habit.most, -len(habit.patrols))))


def repeating(habits: Sequence[Habit]) -> int:
    """Patrols of all of them."""
    return sum(len(habit.patrols) for habit in habits)


def guess_of(arrivals: dict[int, list[tuple[Driven, datetime]]], now: datetime) -> Guess | None:
    """From the first day with a visit on; today isn't over and isn't judged."""
    days = [at.date() for came in arrivals.values() for _patrol, at in came]
    if not days:
        return None
    first, last = min(days), now.astimezone(ZoneInfo(identity().time_zone)).date()
    visited = table(arrivals, first, (last - first).days)
    trained = 2 * len(visited) // 3
    if trained < FEWEST_DAYS or len(visited) - trained < FEWEST_DAYS:
        return None
    return guessed(visited, trained, first_weekday=first.weekday())


def table(arrivals: dict[int, list[tuple[Driven, datetime]]], first: date, days: int) -> NDArray[np.bool_]:
    """(days, sites) whether a patrol came."""
    visited = np.zeros((max(days, 0), len(arrivals)), dtype=bool)
    for column, came in enumerate(arrivals.values()):
        for _patrol, at in came:
            if 0 <= (at.date() - first).days < days:
                visited[(at.date() - first).days, column] = True
    return visited


def read(
    since: datetime, until: datetime, sector_id: int | None
) -> tuple[list[Driven], dict[int, list[tuple[Driven, datetime]]], dict[int, str]]:
    """Patrols that set off in the period, oldest first; when each site was reached by which; the sites' names."""
    p, zone = Patrol, ZoneInfo(identity().time_zone)
    inside = [] if sector_id is None else [p.sector_id.in_(sectors_below(sector_id))]
    rows = db.session.execute(
        select(p.id, p.call_sign, p.unit_id, Unit.call_sign.label("unit"), p.started_at)
        .join(Unit, Unit.id == p.unit_id)
        .where(
            p.started_at >= since,
            p.started_at < until,
            within(Permission.READ_PATROLS, p.sector_id),
            no_visit(),
            *inside,
        )
        .order_by(p.started_at.desc(), p.id.desc())
        .limit(MOST)
    ).all()[::-1]
    reached = stops([row.id for row in rows])
    spots: dict[tuple[int, int], int] = {}
    driven: list[Driven] = []
    arrivals: dict[int, list[tuple[Driven, datetime]]] = {}
    names: dict[int, str] = {}
    for row in rows:
        places = []
        for stop in reached.get(row.id, ()):
            # Spots off the list bear numbers below 0: no site has one.
            spot = (round(stop.lon * SPOT_DEGREES), round(stop.lat * SPOT_DEGREES))
            places.append(stop.site_id or spots.setdefault(spot, -1 - len(spots)))
        patrol = Driven(
            row.id, row.call_sign, row.unit_id, row.unit, Tour(row.started_at.astimezone(zone), tuple(places))
        )
        driven.append(patrol)
        for stop in reached.get(row.id, ()):
            if stop.site_id is not None:
                names[stop.site_id] = stop.site
                arrivals.setdefault(stop.site_id, []).append((patrol, stop.arrived_at.astimezone(zone)))
    return driven, arrivals, names


def stops(patrol_ids: list[int]) -> dict[int, list[Row[Any]]]:
    """The stops that were reached, in the order in which they were, with the nearest site within a kilometre."""
    s = PatrolStop
    near = (
        select(Site.id, Place.name)
        .join(Place, Place.id == Site.place_id)
        .where(
            Site.dropped_at.is_(None), within(Permission.READ_PATROLS, Site.sector_id),
            func.ST_DWithin(func.geography(Place.place), func.geography(s.place), VISIT_METRES),
        )
        .order_by(func.ST_DistanceSphere(Place.place, s.place), Site.id)
        .limit(1)
        .correlate(s)
        .lateral("near")
    )  # fmt: skip
    rows = db.session.execute(
        select(
            s.patrol_id, s.arrived_at, func.ST_X(s.place).label("lon"), func.ST_Y(s.place).label("lat"),
            near.c.id.label("site_id"), near.c.name.label("site"),
        )
        .outerjoin(near, true())
        .where(s.patrol_id.in_(patrol_ids), s.arrived_at.is_not(None))
        .order_by(s.patrol_id, s.arrived_at, s.sequence)
    )  # fmt: skip
    found: dict[int, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.patrol_id, []).append(row)
    return found
