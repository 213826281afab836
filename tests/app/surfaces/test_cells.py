"""Cells are kept as they were; what the pages say of the learners' terms is what the learners hold."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.surfaces import wording
from app.surfaces.cells import CLASSES, LAYOUT, packed, unpacked
from app.surfaces.charts import MARGIN, SIDE, calibration
from app.surfaces.layer import joined
from app.surfaces.scores import Bin
from app.surfaces.scoring import EDGES, bins
from geo.hotspots import HotspotClass
from geo.metric_grid import MetricGrid
from geo.projection import Plane
from geo.surfaces.forecaster import WARMING
from geo.surfaces.issue import FEWEST_JUDGED


@settings(deadline=None, max_examples=40)
@given(st.binary(max_size=20 * LAYOUT.itemsize))
def test_cells_come_out_as_they_went_in(plain: bytes) -> None:
    cells = np.frombuffer(plain[: len(plain) // LAYOUT.itemsize * LAYOUT.itemsize], dtype=LAYOUT)
    assert unpacked(packed(cells), len(cells)).tobytes() == cells.tobytes()


def test_a_part_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="length"):
        unpacked(zlib.compress(b"x"), 1)


def test_classes_and_terms_are_those_of_the_learners() -> None:
    assert list(CLASSES) == [each.value for each in HotspotClass] == list(wording.CLASSES)
    assert wording.JUDGEMENTS_NEEDED == FEWEST_JUDGED
    assert wording.PERIODS_NEEDED == 2 * WARMING


def test_bands_hold_every_forecast_and_add_up() -> None:
    said = np.array([0.0, 0.005, 0.01, 0.3, 0.65, 1.0])
    rows = bins(said, np.array([False, False, True, True, False, True]))
    assert len(rows) == len(EDGES) - 1
    assert [sum(row[n] for row in rows) for n in (0, 2)] == [6, 3]
    assert sum(row[1] for row in rows) == pytest.approx(said.sum())
    assert rows[0] == [2, 0.005, 0]
    assert rows[-1] == [1, 1.0, 1]


def test_a_forecast_that_came_true_as_often_as_it_was_said_lies_on_the_line() -> None:
    drawn = calibration([Bin(400, 0.03, 0.03), Bin(4, 0.17, 0.1)])
    assert drawn.most == 0.2
    even, above = drawn.points
    assert even.x - MARGIN == pytest.approx(SIDE - even.y)
    assert above.x - MARGIN > SIDE - above.y
    assert even.radius > above.radius
    assert calibration([]).points == []


@settings(deadline=None, max_examples=40)
@given(st.sets(st.integers(0, 29), min_size=1))
def test_cells_without_data_are_one_shape_of_just_their_ground(which: set[int]) -> None:
    grid = MetricGrid(Plane(1.0, 0.5), 10_000.0, -30_000.0, -30_000.0, 6, 5)
    whole = grid.plane.metres(joined(grid, np.array(sorted(which), dtype=np.int32)))
    assert whole.area == pytest.approx(len(which) * grid.cell_m**2, rel=1e-4)
    for cell in range(grid.size):
        assert whole.contains(grid.metric_square(cell).centroid) == (cell in which)
