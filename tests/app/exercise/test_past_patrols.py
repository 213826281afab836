"""The weeks of patrols before the exercise begins."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from app.exercise.chance import KM
from app.exercise.dataset import Dataset
from app.exercise.past_patrols import DAYS, FORGOTTEN_FOR, Goal, Past, Team, recall_patrols
from app.exercise.roads import RoadGraph
from geo.patrols.predictability import Tour, repeated_routes
from tests.app.exercise import NOW, SEED

UTC = ZoneInfo("UTC")
LONGEST = 480


def teams(data: Dataset) -> list[Team]:
    """As the exercise's means: every fourth by night."""
    bases = {b.code: b for b in data.bases}
    able = [u for u in data.units if u.kind in ("coy", "pl", "fpu", "unmo_ts")]
    return [
        Team(
            u.code, u.call_sign, u.kind, u.sector_code, bases[u.base_code].settlement_code, bases[u.base_code].place,
            "vehicle" if u.kind in ("fpu", "unmo_ts") else "mixed", *((1020, 300) if n % 4 == 3 else (420, 1080)),
            LONGEST, (1, 2, 3, 4, 5, 6, 7),
        )
        for n, u in enumerate(able)
    ]  # fmt: skip


def goals(data: Dataset) -> list[Goal]:
    area_of = {d: s.code for s in data.sectors for d in s.districts if s.echelon == "battalion"}
    chosen = [s for s in data.settlements if s.kind != "capital"][::4]
    rank = ("must", "should", "could")
    return [
        Goal(s.code, area_of[s.district_code], rank[n % 3], (1, 4, 10)[n % 3], 45)
        for n, s in enumerate(chosen)
    ]


def recalled(data: Dataset) -> list[Past]:
    roads = RoadGraph(list(data.road_nodes), list(data.road_links))
    return recall_patrols(SEED, NOW, UTC, teams(data), goals(data), data.settlements, roads)


@pytest.fixture(scope="module")
def past(dataset: Dataset) -> list[Past]:
    return recalled(dataset)


def test_all_of_it_is_over_within_the_weeks_and_marked(past: list[Past]) -> None:
    assert 500 < len(past) < 1500
    assert {p.patrol.state for p in past} == {"done", "abandoned"}
    assert {p.patrol.mode for p in past} == {"vehicle", "mixed", "foot"}
    assert len({p.patrol.call_sign for p in past}) == len(past)
    for each in past:
        p = each.patrol
        assert p.started_at is not None
        assert p.ended_at is not None
        assert NOW - timedelta(days=DAYS + 1) < p.planned_start <= p.started_at < p.ended_at < NOW
        assert p.task.startswith("EXERCISE")
        assert (p.abandoned_reason is not None) == (p.state == "abandoned")
        assert (p.abandoned_reason or "EXERCISE").startswith("EXERCISE")


def test_stops_follow_each_other_within_the_patrol(past: list[Past]) -> None:
    for each in past:
        p, last = each.patrol, each.patrol.started_at
        assert p.planned_end - p.planned_start <= timedelta(minutes=LONGEST + 1) or len(p.stops) == 1
        assert any(stop.arrived_at for stop in p.stops) or p.state == "abandoned"
        for stop in p.stops:
            assert p.planned_start <= stop.arrive_planned <= stop.depart_planned <= p.planned_end
            if stop.arrived_at is not None:
                assert stop.departed_at is not None
                assert last is not None
                assert last <= stop.arrived_at <= stop.departed_at <= (p.ended_at or NOW)
                last = stop.departed_at


def test_tracks_lie_on_the_way_and_keep_a_possible_speed(past: list[Past]) -> None:
    for each in past[::7]:
        line, steps = each.patrol.way, zip(each.spots, each.spots[1:], strict=False)
        assert len(each.minutes) == len(each.spots) > 0
        assert all(abs(b[0] - a[0]) + abs(b[1] - a[1]) <= 25 * KM for a, b in steps)
        for lon, lat in each.spots[::5]:
            assert line.distance(type(each.patrol.stops[0].place)(lon, lat)) < 0.01 * KM


def test_what_matters_most_is_seen_most_and_something_was_left_alone(
    past: list[Past], dataset: Dataset
) -> None:
    visits = Counter(s.settlement_code for p in past for s in p.patrol.stops if s.arrived_at)
    by_rank = {
        rank: [visits[g.code] for g in goals(dataset) if g.priority == rank and visits[g.code]]
        for rank in ("must", "could")
    }
    mean = {rank: sum(found) / len(found) for rank, found in by_rank.items()}
    assert mean["must"] > 1.2 * mean["could"]
    lately = {
        s.settlement_code for p in past for s in p.patrol.stops
        if s.arrived_at and s.arrived_at > NOW - timedelta(days=FORGOTTEN_FOR - 1)
    }  # fmt: skip
    assert set(visits) - lately


def test_one_unit_is_a_creature_of_habit_and_most_are_not(past: list[Past]) -> None:
    by_unit: dict[str, list[Tour]] = {}
    for each in past:
        p = each.patrol
        stops = tuple(hash(s.settlement_code) for s in p.stops if s.arrived_at)
        if p.mode != "foot":
            by_unit.setdefault(p.unit_code, []).append(Tour(p.planned_start, stops))
    repeating = [unit for unit, tours in by_unit.items() if repeated_routes(tours)]
    assert repeating
    assert len(repeating) < len(by_unit) / 2


def test_the_same_seed_and_moment_give_the_same_weeks(past: list[Past], dataset: Dataset) -> None:
    again = recalled(dataset)
    assert [p.patrol for p in again] == [p.patrol for p in past]
    assert all((a.spots == b.spots).all() for a, b in zip(again, past, strict=True))
