"""Roads on arrays: quickest ways never use what is closed, and every way is as long as it says."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.projection import GEOD
from geo.road_joining import joined, nearest_links
from geo.roads import Network, Season, line_of, minutes_between, slowed, travelled, ways

SOUTH, NORTH = (20.0, 5.0), (20.0, 6.0)


@st.composite
def networks(draw: st.DrawFn) -> Network:
    count = draw(st.integers(2, 9))
    pair = st.tuples(st.integers(0, count - 1), st.integers(0, count - 1))
    ends = draw(st.lists(pair.filter(lambda each: each[0] != each[1]), min_size=1, max_size=16))
    minutes = draw(st.lists(st.integers(1, 60), min_size=len(ends), max_size=len(ends)))
    states = draw(st.lists(st.sampled_from(["open", "open", "open", "closed", "seasonal"]),
                           min_size=len(ends), max_size=len(ends)))  # fmt: skip
    nodes = np.column_stack([np.linspace(20, 21, count), np.linspace(5, 6, count)])
    return Network.of(nodes, ends, [1000.0] * len(ends), minutes, state=states)


def between_all(network: Network, season: Season) -> np.ndarray:
    """Floyd and Warshall's table of minutes, written down as they did."""
    least = np.full((len(network.nodes),) * 2, np.inf)
    np.fill_diagonal(least, 0.0)
    for (a, b), minutes in zip(network.ends, network.minutes(season), strict=True):
        least[a, b] = least[b, a] = min(least[a, b], minutes)
    for over in range(len(least)):
        least = np.minimum(least, least[:, [over]] + least[[over]])
    return least


@settings(max_examples=60)
@given(networks(), st.sampled_from(Season))
def test_ways_are_the_quickest_and_use_no_closed_link(network: Network, season: Season) -> None:
    every = np.arange(len(network.nodes))
    found, minutes = ways(network, every, season), network.minutes(season)
    told = between_all(network, season)
    for start in every:
        for node in every:
            links = found.links(start, node)
            assert (links is None) == np.isinf(told[start, node])
            if links is not None:
                assert np.isfinite(minutes[links]).all()
                assert sum(minutes[links]) == pytest.approx(told[start, node])
                assert found.weight[start, node] == pytest.approx(told[start, node])
                line_of(network, int(node), links)  # raises where they don't follow on one another
    assert found.sums(minutes) == pytest.approx(found.weight)
    some = every[::2]
    assert np.array_equal(minutes_between(network, every, some, season), found.weight[:, some])
    assert np.array_equal(minutes_between(network, some, every, season), found.weight[:, some].T)


def test_the_rains_close_and_slow_and_a_closure_holds_in_both() -> None:
    network = Network.of(
        [SOUTH, NORTH, (21, 5)], [(0, 1), (1, 2), (0, 2)], [1e3] * 3, [10, 10, 50],
        road_class=["main", "track", "secondary"], state=["open", "seasonal", "open"],
    )  # fmt: skip
    assert minutes_between(network, [0], [1, 2]).tolist() == [[10.0, 20.0]]
    assert minutes_between(network, [0], [1, 2], Season.RAINY)[0] == pytest.approx([11.0, 70.0])
    shut = slowed(network, closed=[False, True, True], factor=[2, 1, 1])
    for season in Season:
        assert minutes_between(shut, [0], [2], season)[0, 0] == np.inf
    assert minutes_between(shut, [0], [1]).tolist() == [[20.0]]
    on_foot = travelled(shut, {"main": 4, "track": 4, "secondary": 4}, {"main": 3})
    assert minutes_between(on_foot, [0], [1, 2]).tolist() == [[15.0, np.inf]]
    assert minutes_between(on_foot, [0], [1], Season.RAINY).tolist() == [[20.0]]


def test_a_network_that_does_not_fit_together_is_refused() -> None:
    for ends, metres, minutes in (
        ([(0, 2)], [1.0], [1.0]),
        ([(0, 1)], [1.0], [0.0]),
        ([(0, 1)], [np.nan], [1.0]),
        ([(0, 1)], [1.0, 2.0], [1.0]),
    ):
        with pytest.raises(ValueError, match=r"link|metres|Minutes"):
            Network.of([SOUTH, NORTH], ends, metres, minutes)
    network = Network.of([SOUTH, NORTH], [(0, 1)], [1.0], [1.0])
    for wrong in (-1, 2):
        with pytest.raises(ValueError, match="no such node"):
            minutes_between(network, [wrong], [0])
    with pytest.raises(ValueError, match="each link"):
        slowed(network, closed=[True, False])
    with pytest.raises(ValueError, match="more than 0"):
        slowed(network, factor=[0.0])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(19.9, 20.1), st.floats(4.9, 6.1)), min_size=1, max_size=6))
def test_joining_places_changes_no_time_between_the_others(places: list[tuple[float, float]]) -> None:
    length = GEOD.inv(*SOUTH, *NORTH)[2]
    bent = shapely.LineString([SOUTH, (20.05, 5.5), NORTH])
    network = Network.of(
        [SOUTH, NORTH], [(0, 1), (1, 0)], [length, 2 * length], [60, 90], road_class=["main", "track"],
        lines=[shapely.LineString([SOUTH, NORTH]), bent.reverse()],
    )  # fmt: skip
    whole, nodes = joined(network, places)
    assert minutes_between(whole, [0], [1])[0, 0] == pytest.approx(60)
    for road in (0, 1):
        part = np.flatnonzero(whole.roads == road)
        assert whole.metres[part].sum() == pytest.approx(network.metres[road])
        assert whole.dry[part].sum() == pytest.approx(network.dry[road])
    feet = nearest_links(network, places)
    for place, node, foot, metres in zip(places, nodes, feet.where, feet.metres, strict=True):
        assert GEOD.inv(*place, *foot)[2] == pytest.approx(metres, rel=1e-3, abs=0.5)
        assert GEOD.inv(*place, *whole.nodes[node])[2] <= 1.5
    shut = slowed(whole, closed=whole.parts_of([0, 1]))
    assert minutes_between(shut, [0], [1])[0, 0] == np.inf


def test_the_way_of_a_place_beside_the_road_is_drawn_from_its_door() -> None:
    network = Network.of([SOUTH, NORTH], [(0, 1)], [110_000.0], [100.0], road_class=["main"])
    whole, nodes = joined(network, [(20.01, 5.25)])
    links = ways(whole, [1]).links(0, int(nodes[0]))
    assert links is not None
    line = line_of(whole, int(nodes[0]), links)
    assert line is not None and line.coords[0] == (20.01, 5.25) and line.coords[-1] == NORTH
    walk = GEOD.inv(20.01, 5.25, 20.0, 5.25)[2] / 5000 * 60
    assert sum(whole.dry[links]) == pytest.approx(75 + walk, rel=0.002)
    assert line_of(whole, 0, []) is None
