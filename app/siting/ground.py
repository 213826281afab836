"""What a siting stands on: people in places, candidates, existing havens, minutes by road in the seasons that were asked.

Read with the rights of whoever asks. Of existing havens those that the study names and that the viewer may still know of;
which they are was settled when it was asked (`actions.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Row, func, literal, select

from app.db import db
from app.havens import queries as havens
from app.havens.models import OPENLY_KNOWN, Haven, HavenKind
from app.mission.models import MilitaryBase, Place, Sector
from app.mission.queries import procedures, sectors_below
from app.permissions import Permission, within
from app.roads.network import network
from app.siting.models import Goal, Seasons, SitingStudy
from app.threats.models import Threat
from geo.refused import Refused
from geo.road_joining import ACCESS, joined
from geo.roads import Network, Season, minutes_between
from geo.siting.seasons import in_each, shared_out
from geo.siting.ways_in import two_ways_in

# What shelters many. Safe houses and shelters for few are nobody's to send a village to, whatever their state.
FOR_MANY = (
    HavenKind.BASE_SHELTER.value, HavenKind.POC_SITE.value, HavenKind.WEAPONS_FREE_ZONE.value,
    HavenKind.SECURED_AREA.value,
)  # fmt: skip
# So many, the largest first: what is asked grows with people × candidates.
MOST_PLACES, MOST_CANDIDATES = 3000, 1200
SEASONS = {
    Seasons.DRY: (Season.DRY,), Seasons.RAINY: (Season.RAINY,), Seasons.BOTH: (Season.DRY, Season.RAINY),
}  # fmt: skip


@dataclass(frozen=True)
class Candidate:
    """`ref`: haven:3, place:7 or base:2. `why_not`: where no new site may open there, threat or one_way. `room`: free
    places of an existing haven."""

    ref: str
    name: str
    lon: float
    lat: float
    existing: bool
    room: int = 0
    why_not: str = ""


@dataclass(frozen=True, eq=False)
class SitingGround:
    """places: rows with name, code, lon, lat (degrees), population; (p,). candidates: existing havens first; (c,).
    by_season: season → (p, c) minutes, infinite where no open road leads. minutes: (p, c) what the goal is judged by."""

    places: tuple[Row[Any], ...]
    candidates: tuple[Candidate, ...]
    by_season: dict[str, NDArray[np.float64]]
    minutes: NDArray[np.float64]

    @property
    def existing(self) -> int:
        return sum(each.existing for each in self.candidates)

    def row_of(self, ref: str) -> int | None:
        return next((n for n, each in enumerate(self.candidates) if each.ref == ref), None)


def counting(sector_id: int, states: Sequence[str], restricted: bool) -> list[Row[Any]]:
    """The havens of a sector that count: for many people, in these states, that the viewer knows of; without `restricted`
    those alone of which everybody in the mission may know, whoever asks."""
    found = havens.rows().where(
        Haven.sector_id.in_(sectors_below(sector_id)), Haven.state.in_(list(states)), Haven.kind.in_(FOR_MANY)
    )
    if not restricted:
        found = found.where(Haven.exposure.in_(OPENLY_KNOWN))
    return list(db.session.execute(found.order_by(Haven.id)))


def ground_of(study: SitingStudy) -> SitingGround:
    """Raises Refused, with a code of wording.FAILURES, where there are no people to protect, or no roads."""
    area = select(Sector.area).where(Sector.id == study.sector_id).scalar_subquery()
    lon, lat = func.ST_X(Place.place), func.ST_Y(Place.place)
    places = db.session.execute(
        select(Place.id, Place.name, Place.code, Place.population, lon.label("lon"), lat.label("lat"))
        .where(func.ST_Covers(area, Place.place), Place.population > 0)
        .order_by(Place.population.desc(), Place.id)
        .limit(MOST_PLACES)
    ).all()
    roads = network()
    if not places:
        raise Refused("no_people")
    if not len(roads.ends):
        raise Refused("no_roads")
    bases = db.session.execute(
        select(MilitaryBase.id, MilitaryBase.name, func.ST_X(MilitaryBase.place).label("lon"),
               func.ST_Y(MilitaryBase.place).label("lat"), func.ST_Covers(area, MilitaryBase.place).label("inside"))
        .where(within(Permission.SEE_MAP, MilitaryBase.sector_id))
        .order_by(MilitaryBase.id)
    ).all()  # fmt: skip
    stand = [
        h
        for h in counting(study.sector_id, study.haven_states, study.restricted)
        if h.id in set(study.haven_ids)
    ]
    rooms = {ref: int(people) for ref, people in study.rooms.items()}
    found = [
        Candidate(f"haven:{h.id}", h.name, h.lon, h.lat, True, rooms.get(f"haven:{h.id}", int(h.free)))
        for h in stand
    ]
    fresh = [Candidate(f"base:{b.id}", b.name, b.lon, b.lat, False) for b in bases if b.inside]
    fresh += [Candidate(f"place:{p.id}", p.name, p.lon, p.lat, False) for p in places[:MOST_CANDIDATES]]
    at: list[Any] = [*places, *found, *fresh, *bases]
    spots = np.array([(spot.lon, spot.lat) for spot in at])
    whole, nodes = joined(roads, spots)
    count, sites = len(places), len(found) + len(fresh)
    seasons = SEASONS[Seasons(study.seasons)]
    at_places, at_sites, at_bases = nodes[:count], nodes[count : count + sites], nodes[count + sites :]
    by_season = {s.value: minutes_between(whole, at_places, at_sites, s) for s in seasons}
    near = near_threats(study.threat_km, study.sector_id)
    twice = (
        all_year_twice(whole, at_bases, seasons) if study.two_ways else np.ones(len(whole.nodes), dtype=bool)
    )
    for n, each in enumerate(fresh):
        why = "threat" if each.ref in near else "" if twice[at_sites[len(stand) + n]] else "one_way"
        found.append(Candidate(each.ref, each.name, each.lon, each.lat, False, study.room or 0, why))
    return SitingGround(tuple(places), tuple(found), by_season, judged(study.goal, by_season))


def judged(goal: str, by_season: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    """Of two seasons the longer way counts, so that who is in reach is so all year; for a mean, each by its months."""
    if goal != Goal.LEAST_MEAN:
        return in_each(list(by_season.values()))
    values = procedures()
    rainy = (int(values["rainy_until_month"]) - int(values["rainy_from_month"])) % 12 + 1
    months = {Season.RAINY.value: rainy, Season.DRY.value: 12 - rainy}
    shares = [float(months[season]) for season in by_season] if len(by_season) > 1 else [1.0]
    return shared_out(list(by_season.values()), shares)


def near_threats(kilometres: float, sector_id: int) -> set[str]:
    """References of places and bases nearer to the area of an active threat of this sector: of those alone that everybody
    reads who reads the study. Another sector's would stand in the answer as places where no site may open."""
    if not kilometres:
        return set()
    near: set[str] = set()
    for word, model in (("place", Place), ("base", MilitaryBase)):
        here = model.__table__.c
        by = func.ST_DWithin(
            func.geography(here.place), func.geography(Threat.area), literal(kilometres * 1000)
        )
        asked = (
            select(here.id)
            .join(Threat, by)
            .where(
                Threat.ended_at.is_(None), within(Permission.READ_THREATS, Threat.sector_id),
                Threat.sector_id.in_(sectors_below(sector_id)),
            )
        )  # fmt: skip
        near |= {f"{word}:{found}" for found in db.session.execute(asked.distinct()).scalars()}
    return near


def all_year_twice(whole: Network, bases: NDArray[np.intp], seasons: Sequence[Season]) -> NDArray[np.bool_]:
    """(nodes,) whether a base is reached by two ways that share no road, in each of the seasons."""
    answer = np.ones(len(whole.nodes), dtype=bool)
    pairs = [(int(a), int(b)) for a, b in whole.ends]
    # The last steps from the road to the place are no road that could be closed: they count as two.
    steps = [n for n, name in enumerate(whole.road_class) if name == ACCESS]
    for season in seasons:
        shut = np.flatnonzero(~np.isfinite(whole.minutes(season))).tolist()
        answer &= two_ways_in(len(whole.nodes), pairs + [pairs[n] for n in steps], bases.tolist(), shut)
    return answer
