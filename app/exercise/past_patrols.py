"""Seven weeks of patrols that came back: where units went, when, how late, and what they left alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from shapely.geometry import LineString, Point

from app.exercise.chance import Floats, one, stream
from app.exercise.patrols import FIX_EVERY, REASONS, TASKS, Patrol, Stop, whole
from app.exercise.roads import RoadGraph
from app.exercise.settlements import Settlement

DAYS = 49
SHARE_OUT = {"coy": 0.6, "pl": 0.5, "unmo_ts": 0.45, "fpu": 0.35}  # of its days on which a unit goes out
RANK = {"must": 10.0, "should": 3.0, "could": 1.0}
NEAREST, FARTHEST = 6.0, 100.0  # minutes by road from the base
MOST_STOPS = 3  # on the list; one place more that is not
FOOT_SHARE, MIXED_SHARE, ELSEWHERE, SKIPPED, TURNED_BACK = 0.12, 0.35, 0.6, 0.03, 0.02
# Every so many sites one that nobody has been to lately; one company that drives the same round on the same mornings.
FORGOTTEN_EVERY, FORGOTTEN_FOR = 9, 24
HABIT_DAYS, HABIT_WEEKDAYS = 35, (1, 3, 5)
USUAL = (45, 53)  # minutes after its shift begins between which it sets off
LONGEST_WAIT = 300  # minutes after its shift begins by which any other unit has set off


@dataclass(frozen=True)
class Goal:
    """A site to protect. code: of its settlement; gap: longest days between visits; minutes: of a visit."""

    code: str
    sector_code: str
    priority: str
    gap: int
    minutes: int


@dataclass(frozen=True)
class Team:
    """A unit that goes out. begins, ends: minutes of the day by the mission's clocks; days: ISO weekdays; longest:
    minutes of a tour; base: where its base stands, beside the settlement `home`."""

    unit_code: str
    call_sign: str
    kind: str
    sector_code: str
    home: str
    base: Point
    going: str
    begins: int
    ends: int
    longest: int
    days: tuple[int, ...]


@dataclass(frozen=True)
class Past:
    """A patrol that ended, and its track: moments in minutes after its start, and (lon, lat) at them."""

    patrol: Patrol
    minutes: Floats
    spots: Floats
    ended: datetime


@dataclass
class _Ways:
    """Quickest ways, each looked for once."""

    roads: RoadGraph
    reaches: dict[str, dict[str, tuple[float, int, str]]] = field(default_factory=dict)
    lines: dict[tuple[str, str], tuple[float, LineString]] = field(default_factory=dict)

    def minutes(self, start: str, end: str) -> float:
        if start not in self.reaches:
            self.reaches[start] = self.roads.routes_from(start, closed_too=False)
        return self.reaches[start][end][0] if end in self.reaches[start] else np.inf

    def way(self, start: str, end: str) -> tuple[float, LineString]:
        if (start, end) not in self.lines:
            self.lines[start, end] = self.roads.way(start, end)
        return self.lines[start, end]


def recall_patrols(
    seed: int, now: datetime, zone: ZoneInfo, teams: Sequence[Team], goals: Sequence[Goal],
    settlements: Sequence[Settlement], roads: RoadGraph,
) -> list[Past]:  # fmt: skip
    """Every patrol of the last weeks that is back by `now` (UTC), by its start."""
    rng, ways = stream(seed, "past patrols"), _Ways(roads)
    places = {s.code: s for s in settlements}
    today = now.astimezone(zone).date()
    forgotten = {goal.code for goal in goals[::FORGOTTEN_EVERY]}
    stay = {goal.code: goal.minutes for goal in goals}
    near = {team.unit_code: _near(team, goals, ways) for team in teams}
    villages = {team.unit_code: _villages(team, settlements, goals, ways) for team in teams}
    creature = next((t for t in teams if t.kind == "coy" and t.begins < t.ends and near[t.unit_code]), None)
    last: dict[str, date] = {}
    numbers: Counter[str] = Counter()
    found: list[Past] = []
    for ago in range(DAYS, 0, -1):
        day = today - timedelta(days=ago)
        for team in teams:
            usual = team is creature and ago <= HABIT_DAYS and day.weekday() in HABIT_WEEKDAYS
            if not usual and (
                day.isoweekday() not in team.days or rng.random() >= SHARE_OUT.get(team.kind, 0.0)
            ):
                continue
            open_now = [
                g for g in near[team.unit_code] if ago > FORGOTTEN_FOR or g.code not in forgotten or usual
            ]
            on_foot = not usual and team.going == "mixed" and rng.random() < FOOT_SHARE
            stops = [] if on_foot else _chosen(rng, open_now, villages[team.unit_code], last, day, usual)
            if not on_foot and not stops:
                continue
            order, legs, waits = _round(rng, team, stops, stay, places, ways)
            lasts = sum(minutes for minutes, _line in legs) + sum(waits)
            spare = max(0, min(int((team.ends - team.begins) % 1440 - lasts), LONGEST_WAIT))
            first, latest = USUAL if usual else (0, spare + 1)
            begins = datetime.combine(day, time(), zone) + timedelta(
                minutes=team.begins + int(rng.integers(first, latest))
            )
            number = 101 + numbers[team.unit_code]
            past = _driven(rng, team, number, begins, order, places, legs, waits, on_foot)
            if past.ended > now - timedelta(hours=1):
                continue
            numbers[team.unit_code] += 1
            last |= {stop.settlement_code: day for stop in past.patrol.stops if stop.arrived_at}
            found.append(past)
    return sorted(found, key=lambda each: (each.patrol.planned_start, each.patrol.unit_code))


def _near(team: Team, goals: Sequence[Goal], ways: _Ways) -> list[Goal]:
    """The sites that it looks after, the nearest first: those of its own sector, or where it has few there any."""
    away = {goal.code: ways.minutes(team.home, goal.code) for goal in goals}
    able = sorted(
        (g for g in goals if NEAREST <= away[g.code] <= FARTHEST), key=lambda g: (away[g.code], g.code)
    )
    own = [goal for goal in able if goal.sector_code == team.sector_code]
    return own if len(own) >= 3 else able[:6]


def _villages(team: Team, settlements: Sequence[Settlement], goals: Sequence[Goal], ways: _Ways) -> list[str]:
    """Places within its reach that nobody put on the list."""
    listed = {goal.code for goal in goals}
    away = [(ways.minutes(team.home, s.code), s.code) for s in settlements if s.code not in listed]
    return [code for minutes, code in sorted(away) if NEAREST <= minutes <= FARTHEST / 2][:8]


def _chosen(
    rng: np.random.Generator, goals: Sequence[Goal], villages: Sequence[str], last: dict[str, date], day: date,
    usual: bool,
) -> list[str]:  # fmt: skip
    """Codes of the places that a tour is to see: those that matter most and wait longest more often than others."""
    if usual:
        return [goal.code for goal in goals[:3]]
    if not goals:
        return []
    waits = [(day - last[g.code]).days / g.gap if g.code in last else float(rng.uniform(0, 3)) for g in goals]
    weight = np.array(
        [RANK[g.priority] * (0.05 + min(wait, 3.0)) for g, wait in zip(goals, waits, strict=True)]
    )
    count = min(int(rng.integers(1, MOST_STOPS + 1)), len(goals))
    chosen = rng.choice(len(goals), count, replace=False, p=weight / weight.sum())
    codes = [goals[int(i)].code for i in chosen]
    if villages and (count == 1 or rng.random() < ELSEWHERE):
        codes.append(one(rng, villages))
    return codes


def _round(
    rng: np.random.Generator, team: Team, stops: Sequence[str], stay: Mapping[str, int],
    places: Mapping[str, Settlement], ways: _Ways,
) -> tuple[list[str], list[tuple[float, LineString]], list[float]]:  # fmt: skip
    """The stops in order, as many as let the team be back in time; legs as (minutes, line), the last one home; minutes at
    each stop. Without a stop: on foot into the place beside the base."""
    if not stops:
        walk = LineString([team.base, places[team.home].place])
        return [team.home], [(12.0, walk), (12.0, walk.reverse())], [float(rng.integers(80, 170))]
    order: list[str] = []
    here, left = "", list(stops)
    while left:
        # Whoever always begins with the nearest place can be waited for there.
        here = min(left, key=lambda code: (ways.minutes(here, code), code)) if here else left[0]
        left.remove(here)
        order.append(here)
    waits = [float(stay.get(code, 40)) for code in order]
    while True:
        legs = [ways.way(a, b) for a, b in pairwise([team.home, *order, team.home])]
        if len(order) == 1 or sum(leg[0] for leg in legs) + sum(waits) <= team.longest:
            break
        order.pop()
        waits.pop()
    return order, legs, waits


def _driven(
    rng: np.random.Generator, team: Team, number: int, begins: datetime, stops: Sequence[str],
    places: Mapping[str, Settlement], legs: list[tuple[float, LineString]], waits: list[float], on_foot: bool,
) -> Past:  # fmt: skip
    """Planned as the roads say; done later, slower and at times not to its end."""
    plan = _clock(legs, waits)
    late = timedelta(minutes=int(rng.integers(0, 13)))
    slower, longer = float(rng.uniform(0.95, 1.2)), float(rng.uniform(0.7, 1.4))
    done = _clock([(slower * m, line) for m, line in legs], [longer * wait for wait in waits])
    turned = int(rng.integers(1, len(stops))) if len(stops) > 1 and rng.random() < TURNED_BACK else None
    skipped = int(rng.integers(len(stops))) if len(stops) > 2 and rng.random() < SKIPPED else None

    def planned(minutes: float) -> datetime:
        return begins + timedelta(minutes=round(minutes))

    def was(minutes: float) -> datetime:
        return begins + late + timedelta(minutes=round(minutes))

    listed = []
    for k, code in enumerate(stops):
        been = k != skipped and (turned is None or k < turned)
        listed.append(
            Stop(
                k + 1, places[code].name, code, places[code].place, planned(plan[k][1]), planned(plan[k][2]),
                was(done[k][1]) if been else None, was(done[k][2]) if been else None,
            )
        )  # fmt: skip
    # What is broken off ends on the way to the next stop.
    ends = done[-1][1] if turned is None else sum(done[turned][:2]) / 2
    minutes, spots = _track(legs, done, ends)
    night = team.begins > team.ends
    purpose = (
        "night"
        if night
        else one(rng, ("presence", "presence", "verification", "reconnaissance", "confidence_building"))
    )
    mode = (
        "foot" if on_foot else "mixed" if team.going == "mixed" and rng.random() < MIXED_SHARE else "vehicle"
    )
    way = whole(line for _minutes, line in legs)
    patrol = Patrol(
        f"{team.unit_code}-{number}", f"{team.call_sign}-{number}", team.unit_code, team.sector_code, purpose, mode,
        "done" if turned is None else "abandoned", TASKS[purpose], begins, planned(plan[-1][1]), begins + late,
        was(ends), None if turned is None else one(rng, REASONS), tuple(listed), (), way,
    )  # fmt: skip
    return Past(patrol, minutes, spots, was(ends))


def _clock(
    legs: Sequence[tuple[float, LineString]], waits: Sequence[float]
) -> list[tuple[float, float, float]]:
    """For each leg minutes after the start at which it is left, ended, and the next one begins."""
    found, clock = [], 0.0
    for n, (minutes, _line) in enumerate(legs):
        arrives = clock + minutes
        goes_on = arrives + (waits[n] if n < len(waits) else 0.0)
        found.append((clock, arrives, goes_on))
        clock = goes_on
    return found


def _track(
    legs: Sequence[tuple[float, LineString]], clock: Sequence[tuple[float, float, float]], ends: float
) -> tuple[Floats, Floats]:
    """Where it was every ten minutes until `ends`: along each leg evenly, at a stop in its place."""
    at: list[Floats] = []
    where: list[Floats] = []
    for (_minutes, line), (leaves, arrives, goes_on) in zip(legs, clock, strict=True):
        points = np.array(line.coords)
        gone = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
        at += [leaves + (arrives - leaves) * gone / (gone[-1] or 1.0), np.array([goes_on])]
        where += [points, points[-1:]]
    moments = np.arange(0.0, ends, FIX_EVERY.total_seconds() / 60)
    times, path = np.concatenate(at), np.concatenate(where)
    spots = np.stack([np.interp(moments, times, path[:, axis]) for axis in (0, 1)], axis=1)
    return moments, np.round(spots, 6)
