"""Patrols: planned, under way, paused, done, abandoned, each on real roads with stops and times."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from shapely.geometry import LineString, Point

from app.exercise.chance import one, point, stream
from app.exercise.forces import Base, Unit
from app.exercise.roads import RoadGraph
from app.exercise.settlements import Settlement

_STATES = ["planned"] * 5 + ["under_way"] * 4 + ["paused"] + ["done"] * 8 + ["abandoned"] * 2
TASKS = {
    "presence": "EXERCISE: Show presence, ask about security, test the alert network.",
    "reconnaissance": "EXERCISE: Report the state of roads, bridges and water points.",
    "market_escort": "EXERCISE: Secure the way to the market and stay until it closes.",
    "verification": "EXERCISE: Check reports of armed men; talk to women and men apart.",
    "confidence_building": "EXERCISE: Visit local leaders together with civil affairs.",
    "night": "EXERCISE: Night presence at the edge of the villages.",
    "response": "EXERCISE: Answer an alert; protect people first, then find out what happened.",
}
REASONS = (
    "EXERCISE: Turned back at a checkpoint of the State forces; restriction of movement reported.",
    "EXERCISE: Ford impassable after rain.",
)
FIX_EVERY = timedelta(minutes=10)
_MOST_FIXES = 24


@dataclass(frozen=True)
class Fix:
    """A position of the patrol (lon, lat) at a moment (UTC)."""

    at: datetime
    place: Point


@dataclass(frozen=True)
class Stop:
    """A stop at a settlement. Planned times always; the actual ones as far as it came."""

    sequence: int
    name: str
    settlement_code: str
    place: Point
    arrive_planned: datetime
    depart_planned: datetime
    arrived_at: datetime | None
    departed_at: datetime | None


@dataclass(frozen=True)
class Patrol:
    """mode: vehicle or mixed. state: planned, under_way, paused, done, abandoned. Times UTC. way: out over the stops and
    home, on roads."""

    code: str
    call_sign: str
    unit_code: str
    sector_code: str
    purpose: str
    mode: str
    state: str
    task: str
    planned_start: datetime
    planned_end: datetime
    started_at: datetime | None
    ended_at: datetime | None
    abandoned_reason: str | None
    stops: tuple[Stop, ...]
    fixes: tuple[Fix, ...]
    way: LineString


@dataclass(frozen=True)
class _Leg:
    leave: float  # minutes after the start
    arrive: float
    line: LineString


def _route(rng: np.random.Generator, start: Settlement, settlements: Sequence[Settlement],
           roads: RoadGraph) -> tuple[list[Settlement], list[_Leg], list[float]]:  # fmt: skip
    """Stops near the start, each the nearest not yet seen; the legs, the last one home; minutes at each stop."""
    reach = roads.routes_from(start.code, closed_too=False)
    near = [s for s in settlements if s.code != start.code and 10 < reach[s.code][0] < 110]
    near = near or sorted(settlements, key=lambda s: reach[s.code][0])[1:6]
    count = min(int(rng.integers(3, 6)), len(near))
    chosen = [near[int(i)] for i in rng.choice(len(near), count, replace=False)]
    order: list[Settlement] = []
    here = start
    while chosen:
        here = min(chosen, key=lambda s: s.place.distance(here.place))
        chosen.remove(here)
        order.append(here)
    legs: list[_Leg] = []
    waits = [float(rng.integers(25, 80)) for _ in order]
    clock, here = 0.0, start
    for n, there in enumerate([*order, start]):
        minutes, line = roads.way(here.code, there.code)
        legs.append(_Leg(clock, clock + minutes, line))
        clock += minutes + (waits[n] if n < len(waits) else 0.0)
        here = there
    return order, legs, waits


def _where(legs: Sequence[_Leg], minutes: float) -> Point:
    """The place so many minutes after the start."""
    for leg in legs:
        if minutes <= leg.arrive:
            share = max(0.0, minutes - leg.leave) / max(leg.arrive - leg.leave, 0.1)
            return point(*leg.line.interpolate(share, normalized=True).coords[0])
    return point(*legs[-1].line.coords[-1])


def whole(lines: Iterable[LineString]) -> LineString:
    """The lines as one; where two meet, the point stands once."""
    points = [xy for line in lines for xy in line.coords]
    return LineString([xy for n, xy in enumerate(points) if n == 0 or xy != points[n - 1]])


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _begins(rng: np.random.Generator, state: str, minutes: float, now: datetime) -> tuple[datetime, float]:
    """When it starts, and how many minutes of its way it has behind it."""
    if state == "planned":
        return _minute(now + timedelta(hours=float(rng.uniform(1, 30)))), 0.0
    if state in ("under_way", "paused"):
        behind = minutes * float(rng.uniform(0.3, 0.75))
        return _minute(now - timedelta(minutes=behind)), behind
    if state == "done":
        start = now - timedelta(minutes=minutes, hours=float(rng.uniform(4, 220)))
        return _minute(start), minutes
    return _minute(now - timedelta(days=float(rng.uniform(1, 6)))), minutes * float(rng.uniform(0.25, 0.6))


def send_patrols(seed: int, now: datetime, units: Sequence[Unit], bases: Sequence[Base],
                 settlements: Sequence[Settlement], roads: RoadGraph) -> list[Patrol]:  # fmt: skip
    """20 patrols as they stand at `now`; those under way have a fix every ten minutes."""
    rng = stream(seed, "patrols")
    by_base, by_settlement = {b.code: b for b in bases}, {s.code: s for s in settlements}
    able = [u for u in units if u.kind in ("coy", "pl", "fpu", "unmo_ts")]
    order = [able[int(i)] for i in rng.permutation(len(able))][: len(_STATES)]
    patrols = []
    for n, (state, unit) in enumerate(zip(_STATES, order, strict=True)):
        base = by_base[unit.base_code]
        stops, legs, waits = _route(rng, by_settlement[base.settlement_code], settlements, roads)
        total = legs[-1].arrive
        start, behind = _begins(rng, state, total, now)

        def at(minutes: float, start: datetime = start) -> datetime:
            return _minute(start + timedelta(minutes=minutes))

        listed = []
        for k, s in enumerate(stops):
            came, went = legs[k].arrive, legs[k].arrive + waits[k]
            listed.append(Stop(
                k + 1, s.name, s.code, s.place, at(came), at(went), at(came) if state != "planned" and came <= behind
                else None, at(went) if state != "planned" and went <= behind else None,
            ))  # fmt: skip
        fixes: list[Fix] = []
        if state in ("under_way", "paused"):
            # A paused patrol has stood still for the last half hour.
            stood = behind - 30 if state == "paused" else behind
            step = FIX_EVERY.total_seconds() / 60
            moments = np.arange(0, behind, step)[-_MOST_FIXES:]
            fixes = [Fix(at(m), _where(legs, min(float(m), stood))) for m in moments.tolist()]
        ended = at(behind) if state in ("done", "abandoned") else None
        purpose = (
            "response" if state == "under_way" and n % 2 else one(rng, [p for p in TASKS if p != "response"])
        )
        mode = one(rng, ("vehicle", "vehicle", "mixed"))
        way = whole(leg.line for leg in legs)
        patrols.append(Patrol(
            f"PT{n + 1:03d}", f"{unit.call_sign.split()[0]} {unit.call_sign.split()[1]}-{n + 1}", unit.code,
            unit.sector_code, purpose, mode, state, TASKS[purpose], start, at(total),
            None if state == "planned" else start, ended,
            one(rng, REASONS) if state == "abandoned" else None, tuple(listed), tuple(fixes), way,
        ))  # fmt: skip
    return patrols
