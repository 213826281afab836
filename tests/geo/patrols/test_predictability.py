"""The meter: what counts as repeated, how even visits are, and what a learner finds in habits and in draws."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from geo.patrols.predictability import (
    Repeat,
    Tour,
    _features,
    guessed,
    repeated_routes,
    repeated_times,
    spread_of_hours,
    spread_of_places,
)

MONDAY = datetime(2026, 11, 2, 6, 0)


def tour(day: float, *stops: int, minute: int = 0) -> Tour:
    return Tour(MONDAY + timedelta(days=day, minutes=minute), stops)


def test_a_route_driven_three_times_within_seven_days_is_flagged_either_way_round() -> None:
    tours = [tour(4, 3, 2, 1), tour(0, 1, 2, 3), tour(2, 1, 3, 2), tour(6, 1, 2, 3), tour(6.5, 1, 2)]
    assert repeated_routes(tours) == [Repeat((1, 0, 3))]
    assert repeated_routes([tour(day, 1, 2) for day in (0, 3, 7)]) == []  # the third is a week later
    assert repeated_routes([tour(day) for day in (0, 1, 2)]) == []  # tours without stops have no route


def test_a_time_of_day_used_three_times_within_seven_days_is_flagged_over_midnight_too() -> None:
    tours = [tour(0, 1, minute=-370), tour(1, 2, minute=-350), tour(3, 3, minute=-355), tour(4, 4)]
    assert repeated_times(tours) == [Repeat((0, 1, 2))]
    assert repeated_times([tour(day, 1, minute=45 * day) for day in range(7)]) == []


def test_spread_goes_from_always_the_same_to_even() -> None:
    even = spread_of_places([tour(0, 0, 1), tour(1, 2, 3)], 4)
    assert (even.bits, even.most, even.share) == (2.0, 2.0, 1.0)
    assert spread_of_places([tour(0, 0), tour(1, 0)], 4).share == 0.0
    assert spread_of_hours([tour(day / 24, 1) for day in range(24)]).share == pytest.approx(1.0)
    assert spread_of_places([], 4).bits == 0.0


def test_a_learner_finds_habits_but_nothing_in_days_drawn_afresh() -> None:
    days, sites = 200, 25
    habit = np.array([[(day + site) % 7 == 0 for site in range(sites)] for day in range(days)])
    assert guessed(habit, 90).within_sites == pytest.approx(1.0, abs=0.02)
    chances = np.linspace(0.05, 0.9, sites)
    fresh = np.random.default_rng(0).random((days, sites)) < chances
    found = guessed(fresh, 90)
    assert found.within_sites is not None and 0.45 <= found.within_sites <= 0.55
    # Some sites are visited oftener, and that may be known: the area over all tells it.
    assert found.over_all is not None and found.over_all > 0.75
    assert (found.trained, found.judged) == (90, 110)


def test_nothing_of_a_day_or_of_what_follows_goes_into_its_guess() -> None:
    visited = (np.random.default_rng(1).random((60, 4)) < 0.4).astype(float)
    changed = visited.copy()
    changed[40:] = 1 - changed[40:]
    before, after = _features(visited, 30, 2), _features(changed, 30, 2)
    assert (before[:41] == after[:41]).all()
    assert not (before[41:] == after[41:]).all()


def test_no_guess_without_enough_days_or_without_any_visit() -> None:
    with pytest.raises(ValueError, match="14 days"):
        guessed(np.ones((27, 3), dtype=bool), 14)
    none = guessed(np.zeros((40, 3), dtype=bool), 20)
    assert none.within_sites is None and none.over_all is None
