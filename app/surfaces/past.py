"""The mission's ground as a grid, and its past as a forecaster reads it. In the worker alone: it reads for the house."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from app.surfaces import facts
from app.surfaces.facts import Events
from geo.metric_grid import MetricGrid, counted
from geo.surfaces.history import History

MOST_PERIODS = 156  # three years of weeks: what lies further back tells little of the next
# Cells times periods. A forecaster keeps some 250 bytes for each; the worker has other work beside it.
MOST_ROWS = 2_000_000

OUTSIDE, NO_SECTOR = -2, -1


@dataclass(frozen=True)
class Ground:
    """The grid over the mission. owner: (size,), the id of each cell's sector; NO_SECTOR, or OUTSIDE the mission."""

    grid: MetricGrid
    owner: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int]:
        return self.grid.rows, self.grid.columns

    @property
    def ours(self) -> NDArray[np.bool_]:
        return self.owner != OUTSIDE


@dataclass(frozen=True)
class Past:
    """What is known of the ground before a moment, in periods that end at it. events: how many it stands on; incidents:
    one by one, those beside the ground too."""

    history: History
    events: int
    people_known: bool
    incidents: Events


def ground(cell_metres: float) -> Ground | None:
    """The mission's cells; larger ones than asked for where there would be too many. None without any ground."""
    areas = facts.ground()
    if not areas:
        return None
    whole = shapely.union_all([area for _sector, area in areas])
    side = cell_metres
    while True:
        try:
            grid = MetricGrid.covering(whole, side)
            return Ground(grid, owners(grid, areas))
        except ValueError:
            if side > 1_000_000:
                raise
            side *= 2


def owners(grid: MetricGrid, areas: Sequence[tuple[int | None, BaseGeometry]]) -> NDArray[np.int64]:
    """Each cell's sector: the smallest that holds its middle, as alerts are given theirs, or the smallest that it
    touches."""
    owner = np.full(grid.size, OUTSIDE, dtype=np.int64)
    row, column = np.divmod(np.arange(grid.size), grid.columns)
    x = grid.west_m + (column + 0.5) * grid.cell_m
    y = grid.south_m + (row + 0.5) * grid.cell_m
    for sector, area in areas:
        plain = grid.plane.metres(area)
        shapely.prepare(plain)
        owner[(owner == OUTSIDE) & shapely.contains_xy(plain, x, y)] = NO_SECTOR if sector is None else sector
    for sector, area in areas:
        owner[(owner == OUTSIDE) & grid.touching(area)] = NO_SECTOR if sector is None else sector
    return owner


def past(ground: Ground, until: datetime, period: timedelta, known: datetime) -> Past:
    """The periods before `until`, from the first event on, of what was on record at `known`."""
    grid, shape = ground.grid, ground.shape
    most = max(1, min(MOST_PERIODS, MOST_ROWS // grid.size))
    since = until - most * period
    found = facts.events(since, until, known)
    periods = 1  # where nothing is on record, nothing is said of years without it
    if len(found.at):
        first = datetime.fromtimestamp(float(found.at.min()), UTC)
        periods = min(most, max(1, ceil((until - first) / period)))
    start, length = (until - periods * period).timestamp(), period.total_seconds()
    cells = grid.cells_of(found.places)
    place_in_time = (found.at - start) / length if len(found.at) else np.empty(0)
    which = np.floor(place_in_time).astype(np.intp)
    size = (periods, grid.size)

    def by_cell(weights: NDArray[np.float64] | None = None) -> NDArray[np.float64]:
        return counted(cells, which, size, weights).reshape(periods, *shape)

    told, told_at = facts.signs(until - periods * period, until)
    told_in = np.floor((told_at - start) / length).astype(np.intp) if len(told_at) else which[:0]
    alerts = counted(grid.cells_of(told), told_in, size).reshape(periods, *shape)
    exposure = people(ground)
    history = History(
        counts=by_cell(),
        severity=by_cell(found.harm),
        season=np.array([season(until - (periods - each) * period) for each in range(periods + 1)]),
        kinds=(by_cell(found.against_civilians.astype(float)), alerts),
        exposure=exposure,
        fresh=by_cell(place_in_time - which),
    )
    return Past(history, int(history.counts.sum()), exposure is not None, found)


def people(ground: Ground) -> NDArray[np.float64] | None:
    """People by cell, (rows, columns); None where the mission holds no populations."""
    places, number = facts.people()
    if not len(number):
        return None
    total = np.zeros((1, ground.grid.size))
    cells = ground.grid.cells_of(places)
    total += counted(cells, np.zeros(len(cells), dtype=np.intp), (1, ground.grid.size), number)
    return total.reshape(ground.shape)


def observed(ground: Ground, until: datetime, heard_days: float) -> NDArray[np.bool_]:
    """(rows, columns): cells of the mission of which anything was heard in the days before (decision 16)."""
    places, wide = facts.heard(until - timedelta(days=heard_days), until)
    cells, found = ground.grid.cells_of(places), np.zeros(ground.grid.size, dtype=bool)
    near = np.zeros(ground.grid.size, dtype=bool)
    inside = cells >= 0
    found[cells[inside]] = True
    near[cells[inside & wide]] = True
    around = np.pad(near.reshape(ground.shape), 1)
    rows, columns = ground.shape
    for down in range(3):
        for along in range(3):
            found |= around[down : down + rows, along : along + columns].ravel()
    return (found & ground.ours).reshape(ground.shape)


def season(moment: datetime) -> float:
    """The part of the year, 0 to 1, in which a moment lies."""
    return (moment.timetuple().tm_yday - 1) / 366.0
