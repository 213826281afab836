"""Cells are squares in metres wherever the mission is, and each place has one."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from geo.metric_grid import MetricGrid, counted

GROUND = shapely.box(18.0, 4.0, 22.0, 8.0)


def test_a_cell_is_as_long_as_it_says() -> None:
    grid = MetricGrid.covering(GROUND, 25_000)
    square = grid.square(grid.size // 2)
    side = Geod(ellps="WGS84").geometry_length(square.exterior) / 4
    assert side == pytest.approx(25_000, rel=0.005)


@given(st.floats(18.0, 22.0), st.floats(4.0, 8.0))
def test_a_place_lies_in_the_cell_that_it_is_given(lon: float, lat: float) -> None:
    grid = MetricGrid.covering(GROUND, 30_000)
    cell = int(grid.cells_of(np.array([[lon, lat]]))[0])
    assert cell >= 0
    there = grid.plane.metres(shapely.Point(lon, lat))
    assert grid.metric_square(cell).distance(there) < 1e-6


def test_what_lies_outside_has_no_cell() -> None:
    grid = MetricGrid.covering(GROUND, 30_000)
    assert list(grid.cells_of(np.array([[30.0, 6.0], [18.5, -5.0]]))) == [-1, -1]
    assert len(grid.cells_of(np.empty((0, 2)))) == 0


def test_more_events_move_no_cell() -> None:
    """Corners are multiples of the cell: a wider grid on the same plane has the same squares."""
    narrow = MetricGrid.covering(GROUND, 25_000)
    wide = MetricGrid.covering(GROUND.buffer(1.0), 25_000, plane=narrow.plane)
    place = np.array([[20.1, 6.2]])
    assert narrow.metric_square(int(narrow.cells_of(place)[0])).equals(
        wide.metric_square(int(wide.cells_of(place)[0]))
    )


def test_events_are_counted_once_and_strangers_not_at_all() -> None:
    total = counted(np.array([0, 0, 3, -1, 2]), np.array([1, 1, 0, 0, 9]), (2, 4))
    assert total.tolist() == [[0, 0, 0, 1], [2, 0, 0, 0]]


def test_the_cells_of_a_ground_are_those_that_touch_it() -> None:
    grid = MetricGrid.covering(GROUND, 50_000)
    some = shapely.Point(20.0, 6.0).buffer(0.3)
    touched = grid.touching(some)
    each = [grid.square(cell).intersects(some) for cell in range(grid.size)]
    assert touched.tolist() == each


@pytest.mark.parametrize(
    ("ground", "cell_m", "said"),
    [
        (shapely.Point(), 1000.0, "ground"),
        (GROUND, 0.0, "more than 0"),
        (GROUND, float("nan"), "more than 0"),
        (GROUND, 100.0, "larger"),
    ],
)
def test_a_grid_that_makes_no_sense_is_refused(ground: shapely.Geometry, cell_m: float, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        MetricGrid.covering(ground, cell_m)
