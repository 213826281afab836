"""Gi* as esda reckons it, false discoveries kept down, and classes that tell quiet from unknown."""

import numpy as np
import pytest
from esda.getisord import G_Local
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from libpysal.graph import Graph

from geo.hotspots import (
    HotspotClass,
    adjusted,
    classes,
    gi_star,
    grid_neighbours,
    hot,
    hot_probability,
    trend,
)


def of_esda(values: np.ndarray, columns: int, rows: int, reach: int = 1) -> np.ndarray:
    graph = Graph.from_sparse(grid_neighbours(columns, rows, reach).tocoo())
    return np.asarray(G_Local(values, graph, transform="B", permutations=0, star=True).Zs)


@pytest.mark.parametrize(("columns", "rows", "reach"), [(5, 4, 1), (12, 9, 1), (12, 9, 2), (1, 30, 1)])
def test_gi_star_equals_esda(columns: int, rows: int, reach: int) -> None:
    values = np.random.default_rng(columns).poisson(0.7, columns * rows).astype(float)
    ours = gi_star(values, grid_neighbours(columns, rows, reach))
    assert np.abs(ours - of_esda(values, columns, rows, reach)).max() < 1e-9


@given(arrays(np.float64, 24, elements=st.integers(0, 50).map(float)).filter(lambda each: each.std() > 0))
def test_gi_star_equals_esda_on_any_counts(values: np.ndarray) -> None:
    assert np.abs(gi_star(values, grid_neighbours(6, 4)) - of_esda(values, 6, 4)).max() < 1e-9


@given(
    arrays(np.float64, 20, elements=st.integers(0, 20).map(float)),
    st.floats(0.5, 100),
    st.floats(0, 1000),
)
def test_gi_star_knows_no_unit_and_no_origin(values: np.ndarray, unit: float, origin: float) -> None:
    neighbours = grid_neighbours(5, 4)
    assert gi_star(values * unit + origin, neighbours) == pytest.approx(gi_star(values, neighbours), abs=1e-6)


def test_where_all_cells_are_alike_nothing_stands_out() -> None:
    assert (gi_star(np.full(20, 3.0), grid_neighbours(5, 4)) == 0).all()
    assert (gi_star(np.zeros(20), grid_neighbours(5, 4)) == 0).all()


def test_several_periods_at_once_are_the_same_as_one_by_one() -> None:
    periods = np.random.default_rng(3).poisson(1.0, (6, 20)).astype(float)
    neighbours = grid_neighbours(5, 4)
    one_by_one = np.array([gi_star(each, neighbours) for each in periods])
    assert gi_star(periods, neighbours) == pytest.approx(one_by_one, abs=1e-12)


def test_a_cell_of_which_nothing_is_heard_takes_no_part() -> None:
    values = np.random.default_rng(1).poisson(1.0, 20).astype(float)
    known = np.ones(20, dtype=bool)
    known[7] = False
    changed = values.copy()
    changed[7] = 1000.0
    neighbours = grid_neighbours(5, 4)
    first, second = gi_star(values, neighbours, known), gi_star(changed, neighbours, known)
    assert np.isnan(first[7])
    assert np.array_equal(first[known], second[known])


def test_gi_star_refuses_weights_that_are_not_its_own() -> None:
    with pytest.raises(ValueError, match="its own neighbour"):
        gi_star(np.ones(4), grid_neighbours(2, 2) * 0.5)
    with pytest.raises(ValueError, match="as many cells"):
        gi_star(np.ones(5), grid_neighbours(2, 2))


@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1)), st.floats(0.001, 0.5))
def test_false_discoveries_are_controlled_as_benjamini_and_hochberg_say(p: np.ndarray, level: float) -> None:
    """The largest k with p(k) ≤ k · level / m, written down as the article does."""
    ordered = np.sort(p)
    passing = [k for k in range(1, len(p) + 1) if ordered[k - 1] * len(p) / k <= level]
    line = ordered[max(passing) - 1] if passing else -1.0
    assert np.array_equal(adjusted(p) <= level, p <= line)


def test_what_is_not_known_is_not_tested() -> None:
    assert np.array_equal(
        adjusted(np.array([0.01, np.nan, 0.2])), adjusted(np.array([0.01, 0.2]))[[0, 0, 1]] * [1, np.nan, 1],
        equal_nan=True,
    )  # fmt: skip
    with pytest.raises(ValueError, match="from 0 to 1"):
        adjusted(np.array([1.5]))


def test_by_chance_alone_hardly_any_map_has_a_hot_cell() -> None:
    drawn = np.random.default_rng(0)
    maps = np.array([gi_star(drawn.normal(size=400), grid_neighbours(20, 20)) for _ in range(200)])
    alarms = hot(maps).any(axis=1).mean()
    uncontrolled = (hot_probability(maps) < 0.05).any(axis=1).mean()
    assert alarms < 0.1
    assert uncontrolled == 1.0


def scores_of(*hot_periods: int, level: float = 8.0) -> np.ndarray:
    found = np.zeros(10)
    found[list(hot_periods)] = level
    return found


def test_a_class_says_how_a_cell_came_to_be_as_it_is() -> None:
    falling = np.linspace(12.0, 4.0, 10)
    columns = np.column_stack(
        [
            scores_of(9), scores_of(*range(10)), scores_of(*range(8)), falling, scores_of(2, 9), scores_of(),
            np.full(10, np.nan),
        ]
    )  # fmt: skip
    known = np.array([True] * 6 + [False])
    assert classes(columns, known) == [
        HotspotClass.NEW,
        HotspotClass.PERSISTENT,
        HotspotClass.DIMINISHING,
        HotspotClass.DIMINISHING,
        HotspotClass.SPORADIC,
        HotspotClass.CALM,
        HotspotClass.NO_DATA,
    ]


def test_no_reports_is_no_data_and_never_calm() -> None:
    found = classes(np.full((4, 3), np.nan), np.zeros(3, dtype=bool))
    assert found == [HotspotClass.NO_DATA] * 3


def test_the_trend_is_mann_kendalls() -> None:
    rising = np.arange(10.0)[:, None]
    # S = 45, var = 10·9·25/18 = 125: (45 − 1) / √125.
    assert trend(rising)[0] == pytest.approx(44 / np.sqrt(125))
    assert trend(-rising)[0] == pytest.approx(-44 / np.sqrt(125))
    assert trend(np.ones((10, 1)))[0] == 0.0
