"""Two ways in: a way stays when any one road is closed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.siting.ways_in import two_ways_in

ROADS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=11)


def reached(roads: list[tuple[int, int]], bases: set[int], without: set[int]) -> set[int]:
    found = set(bases)
    for _ in range(8):
        for number, (a, b) in enumerate(roads):
            if number not in without and (a in found or b in found):
                found |= {a, b}
    return found


@settings(max_examples=150, deadline=None)
@given(ROADS, st.sets(st.integers(0, 6), min_size=1, max_size=3), st.sets(st.integers(0, 10), max_size=2))
def test_a_place_has_two_ways_if_it_is_reached_whichever_road_is_closed(
    roads: list[tuple[int, int]], bases: set[int], closed: set[int]
) -> None:
    kept = set(range(7))
    for road in range(len(roads)):
        kept &= reached(roads, bases, closed | {road})
    kept &= reached(roads, bases, closed)
    assert set(np.flatnonzero(two_ways_in(7, roads, bases, closed))) == kept


def test_no_base_means_no_way_and_roads_to_nowhere_are_refused() -> None:
    assert not two_ways_in(3, [(0, 1), (1, 2), (2, 0)], []).any()
    with pytest.raises(ValueError, match="exist"):
        two_ways_in(2, [(0, 2)], [0])
