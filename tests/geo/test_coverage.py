"""Coverage: each of its four parts only grows with need, and the night is counted as it falls."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.coverage import LEAST_RISK, MOST_REACH, days_alone, neglect_of, night_minutes, reach_of, risk_of

chance = st.floats(0, 1)
amount = st.floats(0, 1e6)


def test_dangers_that_are_independent_add_up_to_less_than_certainty() -> None:
    assert risk_of([0.5, 0.5]) == pytest.approx(0.75)
    assert risk_of([]) == LEAST_RISK
    with pytest.raises(ValueError, match="between 0 and 1"):
        risk_of([1.2])


@given(st.lists(chance, max_size=4), chance)
def test_one_danger_more_never_makes_a_place_safer(known: list[float], more: float) -> None:
    assert risk_of([*known, more]) >= risk_of(known) - 1e-12


@given(st.tuples(amount, chance, amount, st.floats(1, 3)), st.integers(0, 3), amount)
def test_more_of_any_part_never_makes_a_place_count_less(
    parts: tuple[float, ...], which: int, more: float
) -> None:
    grown = list(parts)
    grown[which] += more
    assert float(neglect_of(*grown)) >= float(neglect_of(*parts))


def test_ten_villages_count_as_much_as_a_town_of_a_hundred_times_their_people() -> None:
    assert 10 * neglect_of(3, 0.2, 1_000, 1.5) == pytest.approx(neglect_of(3, 0.2, 100_000, 1.5))
    with pytest.raises(ValueError, match="0 or more"):
        neglect_of(-1, 0.2, 10, 1)


def test_far_counts_more_and_where_no_road_leads_most() -> None:
    assert reach_of([0, 60, 120, 1e9, np.inf], 120).tolist() == [1.0, 1.5, 2.0, MOST_REACH, MOST_REACH]
    with pytest.raises(ValueError, match="above 0"):
        reach_of([1.0], 0)


def test_a_place_that_nobody_has_visited_is_never_taken_for_one_just_visited() -> None:
    assert days_alone(None, on_list=0.5, longest_gap=4) == 8
    assert days_alone(None, on_list=30, longest_gap=4) == 30
    assert days_alone(2.5, on_list=30, longest_gap=4) == 2.5


@pytest.mark.parametrize(("start", "minutes", "dark"), [
    (8 * 60, 4 * 60, 0), (17 * 60, 2 * 60, 60), (5 * 60, 2 * 60, 60), (20 * 60, 12 * 60, 10 * 60),
    (0, 3 * 24 * 60, 3 * 12 * 60),
])  # fmt: skip
def test_the_night_runs_over_midnight(start: int, minutes: int, dark: int) -> None:
    assert night_minutes(start, minutes) == dark
