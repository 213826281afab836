"""A patrol as planned beside the patrol as it was, on tracks whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString

from geo.patrols.comparison import Stop, Visit, along, compare, covered, driven, metres_from, visits
from geo.watching.fences import Track

# One hundredth of a degree on the equator is 1,113 m.
METRES = 111_319.5


def track(*fixes: tuple[float, float, float], error: float = 10.0) -> Track:
    """(minute, lon, lat)."""
    table = np.array([(60.0 * m, lon, lat, error) for m, lon, lat in fixes], dtype=float).reshape(-1, 4)
    return Track(*table.T)


OUT_AND_BACK = LineString([(0, 0), (0.2, 0), (0, 0)])


def test_a_way_out_and_back_counts_both_of_its_halves() -> None:
    marks = along(OUT_AND_BACK, [(0.1, 0.0), (0.2, 0.0)])
    assert np.diff([0.0, *marks]) == pytest.approx([0.1 * METRES, 0.1 * METRES, 0.2 * METRES], rel=1e-3)


def test_how_far_off_the_line_a_fix_lies_is_told_in_metres() -> None:
    off = metres_from(LineString([(0, 0), (0.2, 0)]), track((0, 0.1, 0.01), (1, 0.3, 0.0), (2, 0.05, 0.0)))
    assert off == pytest.approx([1_105.7, 0.1 * METRES, 0.0], abs=12)


def test_a_stay_is_long_enough_within_the_stop_and_without_a_gap() -> None:
    there, away = (0.1, 0.0), (0.12, 0.0)
    places = [there]
    stay = track((0, *away), (10, *there), (13, 0.1004, 0.0), (16, *there), (20, *away))
    assert visits(places, stay, 200, 300) == [Visit(600.0, 960.0)]
    assert visits(places, stay, 200, 400) == [None]  # too short
    assert visits(places, track((0, *there), (60, *there)), 200, 300) == [None]  # an hour that nobody saw
    assert visits(places, track((0, *there), (6, *there)), 200, 300) == [Visit(0.0, None)]  # still there
    # Passing through twice is no stay; two stops side by side are told apart.
    passes = track((0, *there), (3, *away), (6, *there), (9, *away))
    assert visits(places, passes, 200, 300) == [None]
    beside = [there, (0.102, 0.0)]
    assert visits(beside, track((0, *there), (6, *there)), 500, 300) == [Visit(0.0, None), None]


def test_planned_beside_done_adds_up() -> None:
    line = LineString([(0, 0), (0.2, 0)])
    stops = [
        Stop((0.1, 0.0), arrive=3600, depart=4200, arrived=5400, departed=None),
        Stop((0.2, 0.0), arrive=7200),
    ]
    half = track(*((m, 0.002 * m, 0.0) for m in range(51)))
    found = compare(line, stops, half, 500, (0, 600), (9000, None))
    assert [(leg.planned, leg.taken) for leg in found.legs] == [(3600, 4800), (3000, None), (None, None)]
    assert (stops[0].late, stops[0].stay_planned, stops[0].stay, stops[1].late) == (1800, 600, None, None)
    assert found.covered == pytest.approx(0.5, abs=0.05) and found.off == 0.0 and found.reached == 1
    assert found.driven_metres == pytest.approx(0.1 * METRES, rel=0.01)
    assert found.planned_metres == pytest.approx(0.2 * METRES, rel=1e-3)
    nothing = compare(line, stops, track(), 500, (0, None), (9000, None))
    assert (nothing.driven_metres, nothing.covered, nothing.off) == (0.0, 0.0, None)


def test_who_stands_still_has_driven_nothing_however_the_fixes_jump() -> None:
    rng = np.random.default_rng(7)
    jumps = rng.normal(0, 10 / METRES, (200, 2))
    still = track(*((float(n), 0.1 + a, 0.1 + b) for n, (a, b) in enumerate(jumps)), error=40.0)
    assert driven(still) == 0.0


def test_the_end_of_a_way_there_and_back_lies_no_further_along_than_the_line_is_long() -> None:
    """The pieces between places, added up, come to a breath more than the line's length."""
    line = LineString([(0, 0.0625), (0, 0), (0, 0.125), (0, 0), (0, -0.125)])
    marks = along(line, [(0.0, 0.0), (0.0, -0.125)])
    assert marks[-2] <= marks[-1]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=2, max_size=12), st.data())
def test_along_never_goes_back_and_ends_at_the_line_s_length(
    points: list[tuple[float, float]], data: st.DataObject
) -> None:
    line = LineString(points)
    places = data.draw(st.lists(st.sampled_from(points), max_size=6))
    marks = along(line, places)
    assert all(b >= a for a, b in zip([0.0, *marks], marks, strict=False))
    seen = track(*((float(n), *p) for n, p in enumerate(points)))
    share = covered(line, seen, 100.0)
    assert share is None or 0.0 <= share <= 1.0
