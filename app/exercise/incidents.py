"""Two years of incidents: the outbreaks of `app.exercise.outbreaks` with actors, harm, precision and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import shapely
from shapely.geometry import Point

from app.exercise.actors import ARMY, POLICE, UNKNOWN, Actor, Presence
from app.exercise.chance import KM, Floats, point, stream, weighted
from app.exercise.country import Land, is_sea
from app.exercise.districts import Division
from app.exercise.incident_kinds import (
    ABDUCTED,
    AGAINST_ARMED,
    AGAINST_MISSION,
    AGAINST_NOBODY,
    AT_LEAST_ONE,
    DEADLINESS,
    INJURED,
    KINDS_BY_ACTOR,
    SENTENCES,
)  # fmt: skip
from app.exercise.names import COUNTRY_CODE, MISSION_CODE, MISSION_NAME
from app.exercise.outbreaks import DAYS, Indices, Outbreaks, break_out
from app.exercise.roads import RoadGraph
from app.exercise.settlements import Settlement

CIVILIANS, PROTESTERS, AUTHORITIES = "Civilians", "Protesters", "Local authorities"
_SPAN_DAYS = {1: 0, 2: 4, 3: 7, 4: 30, 5: 75}  # by date precision (UCDP's date_prec)
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_WHEN = {1: "", 2: "about ", 3: "in the week from ", 4: "in the month from ", 5: "in the months from "}
_DEATHS_EXPECTED = {"armed_clash", "attack_on_civilians", "shelling_remote_violence", "ied_mine"}
_AT_SEA = 0.03  # share of robberies


@dataclass(frozen=True)
class Incident:
    """Something that happened. Times UTC; place WGS 84 (lon, lat); precisions as in UCDP GED (1 exact).

    sector_code is that of the area of responsibility, or the mission's where the place is too coarse or at sea.
    admin_code: the finest area that is sure. killed_civilians is part of killed_best. injured and abducted are
    None where nobody counted.
    """

    source_id: str
    kind: str
    occurred_from: datetime
    occurred_to: datetime
    date_precision: int
    place: Point
    place_precision: int
    place_name: str
    settlement_code: str | None
    admin_code: str | None
    sector_code: str
    side_a: str
    side_b: str | None
    killed_low: int
    killed_best: int
    killed_high: int
    killed_side_a: int
    killed_side_b: int
    killed_civilians: int
    injured: int | None
    abducted: int | None
    source_reliability: str
    credibility: int
    verification: str
    summary: str


@dataclass(frozen=True)
class _Doers:
    """Who did what in each event: kind of incident, and names of the sides."""

    kinds: list[str]
    side_a: list[str]
    side_b: list[str | None]


def _doers(rng: np.random.Generator, outbreaks: Outbreaks, actors: Sequence[Actor]) -> _Doers:
    """Actors by the ground; an event that another set off keeps its actor and kind more often than not."""
    by_code = {a.code: a for a in actors}
    groups = [a for a in actors if a.ground is not None]
    quiet = {POLICE: 20.0, UNKNOWN: 26.0, ARMY: 9.0, PROTESTERS: 21.0, AUTHORITIES: 12.0, "group": 12.0}
    fought_over = {"group": 66.0, ARMY: 12.0, POLICE: 5.0, UNKNOWN: 12.0, PROTESTERS: 2.0, AUTHORITIES: 3.0}
    count = len(outbreaks.day)
    drawn = [weighted(rng, w, count) for w in (quiet, fought_over)]
    like_parent = rng.random((count, 2)) < (0.62, 0.45)
    any_group = rng.integers(len(groups), size=count)
    enemies = rng.random(count)
    pools = {
        kind: iter(weighted(rng, weights, count)) for kind, weights in KINDS_BY_ACTOR.items()
    }  # one draw for each kind of actor: far quicker than one for each event
    kinds: list[str] = []
    sides: list[str] = []
    against: list[str | None] = []
    for i in range(count):
        parent, group = int(outbreaks.parent[i]), int(outbreaks.group[i])
        doer = drawn[int(group >= 0)][i]
        if doer == "group":
            doer = groups[group if group >= 0 else int(any_group[i])].code
        if parent >= 0 and like_parent[i, 0]:
            doer = sides[parent]
        actor_kind = (
            by_code[doer].kind if doer in by_code else "protesters" if doer == PROTESTERS else "authorities"
        )
        kind = next(pools[actor_kind])
        if parent >= 0 and like_parent[i, 1] and kinds[parent] in KINDS_BY_ACTOR[actor_kind]:
            kind = kinds[parent]
        other: str | None = CIVILIANS
        if kind in AGAINST_ARMED:
            local = groups[group if group >= 0 else int(any_group[i])].code
            other = ARMY if doer == local or (doer != ARMY and enemies[i] < 0.6) else local
        elif kind in AGAINST_MISSION:
            other = MISSION_NAME
        elif kind in AGAINST_NOBODY:
            other = POLICE if kind == "demonstration" and enemies[i] < 0.15 else None
        kinds.append(kind)
        sides.append(doer)
        against.append(other)

    def name(side: str) -> str:
        return by_code[side].name if side in by_code else side

    return _Doers(kinds, [name(s) for s in sides], [name(s) if s else None for s in against])


@dataclass(frozen=True)
class _Harm:
    killed: list[int]
    low: list[int]
    high: list[int]
    side_a: list[int]
    side_b: list[int]
    civilians: list[int]
    injured: list[int]
    abducted: list[int]


def _harm(rng: np.random.Generator, kinds: Sequence[str]) -> _Harm:
    """Numbers with heavy tails: gamma-mixed Poisson. low ≤ best ≤ high, and the sides add up to best."""
    rate = np.array([DEADLINESS.get(k, (0.0, 1.0, 0)) for k in kinds])
    killed = rng.poisson(rate[:, 0] * rng.gamma(rate[:, 1], 1 / rate[:, 1])) + rate[:, 2].astype(int)
    unsure = rng.random(len(kinds)) < 0.4
    low = killed - np.where(unsure, rng.binomial(killed, 0.3), 0)
    high = killed + np.where(unsure & (rate[:, 0] > 0), rng.poisson(0.15 + 0.35 * killed), 0)
    fought = np.array([k in AGAINST_ARMED for k in kinds])
    side_a = np.where(fought, rng.binomial(killed, 0.35), 0)
    side_b = np.where(fought, rng.binomial(killed - side_a, 0.75), 0)
    un = np.array([k in AGAINST_MISSION for k in kinds])
    side_b = np.where(un, killed, side_b)

    def count(means: dict[str, float]) -> list[int]:
        mean = np.array([means.get(k, 0.0) for k in kinds])
        drawn = rng.poisson(mean * rng.gamma(0.7, 1 / 0.7, len(kinds)))
        least = np.array([int(k in AT_LEAST_ONE and k in means) for k in kinds])
        return [int(n) for n in np.maximum(drawn, least)]

    def ints(numbers: Any) -> list[int]:
        return [int(n) for n in numbers]

    civilians = killed - side_a - side_b
    return _Harm(ints(killed), ints(low), ints(high), ints(side_a), ints(side_b), ints(civilians), count(INJURED),
                 count(ABDUCTED))  # fmt: skip


def _verifications(rng: np.random.Generator, age_days: Floats) -> list[str]:
    """Fresh events are mostly reported; with the weeks they are checked."""
    fresh = {"reported": 52, "under_verification": 30, "corroborated": 12, "verified": 5, "not_verified": 1}
    old = {"reported": 12, "under_verification": 7, "corroborated": 27, "verified": 38, "not_verified": 12,
           "unfounded": 4}  # fmt: skip
    drawn_fresh, drawn_old = (weighted(rng, w, len(age_days)) for w in (fresh, old))
    settled = rng.random(len(age_days)) < 1 - np.exp(-age_days / 25)
    return [o if s else f for s, f, o in zip(settled, drawn_fresh, drawn_old, strict=True)]


class _Where:
    """Puts an event where its precision allows: exact, by a settlement, or in the middle of an area."""

    def __init__(
        self, land: Land, division: Division, settlements: Sequence[Settlement], spots: Floats
    ) -> None:
        self.settlements = settlements
        self.districts = division.districts()
        self.area_of = {d: a.code for a in division.areas_of_responsibility() for d in a.districts}
        self.admin = {a.code: a for a in division.admin}
        # An event lies in the district that holds it; on the very border, in the nearest.
        tree = shapely.STRtree([d.area for d in self.districts])
        self.district: Indices = np.asarray(tree.nearest(shapely.points(spots)))
        towns = np.array([s.place.coords[0] for s in settlements])
        self.nearest = np.hypot(*(spots[:, None] - towns[None]).transpose(2, 0, 1)).argmin(axis=1)
        self.middles = {a.code: point(*a.area.representative_point().coords[0]) for a in division.admin}
        self.land = land

    def put(self, i: int, spot: Floats, precision: int) -> tuple[Point, str, str | None, str, str]:
        """(place, name of the place, settlement code, admin code, sector code)."""
        settlement = self.settlements[int(self.nearest[i])]
        if precision == 2:  # known to be near a settlement, and put there
            return (settlement.place, settlement.name, settlement.code, settlement.district_code,
                    self.area_of[settlement.district_code])  # fmt: skip
        district = self.districts[int(self.district[i])]
        if precision in (1, 5):
            return point(*spot), settlement.name, settlement.code, district.code, self.area_of[district.code]
        code = {3: district.code, 4: district.parent_code or "", 6: COUNTRY_CODE}[precision]
        sector = self.area_of[code] if precision == 3 else MISSION_CODE
        return self.middles[code], self.admin[code].name, None, code, sector

    def at_sea(self, rng: np.random.Generator) -> Point:
        while True:
            shore = self.land.coast.interpolate(rng.random(), normalized=True)
            turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(25, 60) * KM
            spot = point(shore.x + away * np.cos(turn), shore.y + away * np.sin(turn))
            if is_sea(self.land, spot.x, spot.y) and self.land.whole.distance(spot) > 22 * KM:
                return spot


def day_in_words(when: datetime) -> str:
    """12 March 2026; not by strftime, whose month follows the process's locale."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


def _summary(kind: str, side_a: str, side_b: str | None, where: str, when: str, killed: int,
             injured: int | None) -> str:  # fmt: skip
    """At most three sentences, marked EXERCISE."""
    what = SENTENCES[kind].format(a=side_a, b=side_b or CIVILIANS, where=where)
    toll = []
    if killed:
        toll.append(f"{killed} {'person was' if killed == 1 else 'people were'} reported killed")
    if injured:
        toll.append(f"{injured} reported injured")
    harm = (
        f" {' and '.join(toll)}."
        if toll
        else " Nobody was reported killed."
        if kind in _DEATHS_EXPECTED
        else ""
    )
    return f"EXERCISE, {when}: {what}{harm}"


def happen(seed: int, now: datetime, land: Land, division: Division, presence: Presence, actors: Sequence[Actor],
           settlements: Sequence[Settlement], roads: RoadGraph) -> list[Incident]:  # fmt: skip
    """The incidents of the two years before `now` (aware), in order of time."""
    start = now - timedelta(days=DAYS)
    year_day = start.timetuple().tm_yday + (start.hour * 60 + start.minute) / 1440
    outbreaks = break_out(seed, year_day, land, presence, settlements, roads)
    rng = stream(seed, "incidents")
    count = len(outbreaks.day)
    doers, where = _doers(rng, outbreaks, actors), _Where(land, division, settlements, outbreaks.spots)
    harm = _harm(rng, doers.kinds)
    dates = [int(c) for c in weighted(rng, {"1": 80, "2": 11, "3": 5, "4": 3, "5": 1}, count)]
    places = [int(c) for c in weighted(rng, {"1": 60, "2": 27, "3": 7, "4": 3, "5": 1.6, "6": 1.4}, count)]
    reliability = weighted(rng, {"A": 6, "B": 34, "C": 33, "D": 8, "E": 2, "F": 17}, count)
    credibility = [int(c) for c in weighted(rng, {"1": 8, "2": 36, "3": 30, "4": 9, "5": 3, "6": 14}, count)]
    status = _verifications(rng, DAYS - outbreaks.day)
    uncounted = rng.random((count, 2)) < 0.12
    shift, at_sea = rng.random(count), rng.random(count)
    incidents = []
    for i in range(count):
        kind, precision = doers.kinds[i], places[i]
        if kind == "robbery" and at_sea[i] < _AT_SEA:
            precision = 7
        spot, name, settlement, admin, sector = (
            (where.at_sea(rng), "Open sea", None, None, MISSION_CODE)
            if precision == 7 else where.put(i, outbreaks.spots[i], precision)
        )  # fmt: skip
        moment = (start + timedelta(days=float(outbreaks.day[i]))).replace(second=0, microsecond=0)
        span = _SPAN_DAYS[dates[i]]
        first = max(moment - timedelta(days=round(span * float(shift[i]))), start)
        last = min(first + timedelta(days=span), now) if span else first
        injured = None if uncounted[i, 0] else harm.injured[i]
        position = "at sea" if precision == 7 else f"near {name}" if settlement else f"in {name}"
        incidents.append(Incident(
            f"EX-{i + 1:06d}", kind, first, last, dates[i], spot, precision, name, settlement, admin, sector,
            doers.side_a[i], doers.side_b[i], harm.low[i], harm.killed[i], harm.high[i], harm.side_a[i],
            harm.side_b[i], harm.civilians[i], injured, None if uncounted[i, 1] else harm.abducted[i],
            reliability[i], credibility[i], status[i],
            _summary(kind, doers.side_a[i], doers.side_b[i], position, f"{_WHEN[dates[i]]}{day_in_words(first)}",
                     harm.killed[i], injured),
        ))  # fmt: skip
    return incidents
