"""A regular grid of square cells in metres, on which events are counted by period."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiPoint, box
from shapely.geometry.base import BaseGeometry

from geo.projection import Plane

# Beyond this a surface costs more than a worker may spend on it in a night.
MOST_CELLS = 40_000


@dataclass(frozen=True)
class MetricGrid:
    """Square cells on a local plane, counted from the south-west corner, row by row, towards the east.

    plane: where metres are measured. cell_m: side of a cell in metres. west_m, south_m: the plane's
    coordinates of the corner, multiples of `cell_m`, so that the same ground gives the same cells whatever
    events lie on it. columns, rows: extent.
    """

    plane: Plane
    cell_m: float
    west_m: float
    south_m: float
    columns: int
    rows: int

    @classmethod
    def covering(cls, ground: BaseGeometry, cell_m: float, plane: Plane | None = None) -> MetricGrid:
        """The grid over the bounds of `ground` (lon, lat).

        Raises:
            ValueError: no ground, a side that is not positive, or more than `MOST_CELLS` cells.
        """
        if ground.is_empty:
            raise ValueError("A grid needs ground to lie on.")
        if not cell_m > 0.0:
            raise ValueError("The side of a cell must be more than 0 metres.")
        plane = plane or Plane.around(ground)
        west, south, east, north = plane.metres(ground).bounds
        first_column, first_row = np.floor(west / cell_m), np.floor(south / cell_m)
        columns = int(np.floor(east / cell_m) - first_column) + 1
        rows = int(np.floor(north / cell_m) - first_row) + 1
        if columns * rows > MOST_CELLS:
            raise ValueError(f"The grid would have more than {MOST_CELLS} cells: choose larger ones.")
        return cls(plane, cell_m, float(first_column * cell_m), float(first_row * cell_m), columns, rows)

    @property
    def size(self) -> int:
        """Number of cells."""
        return self.columns * self.rows

    def cells_of(self, places: NDArray[np.float64]) -> NDArray[np.intp]:
        """The cell of each of `places` (n, 2: lon, lat); −1 for what lies outside."""
        if len(places) == 0:
            return np.empty(0, dtype=np.intp)
        metres = shapely.get_coordinates(self.plane.metres(MultiPoint(places)))
        column = np.floor((metres[:, 0] - self.west_m) / self.cell_m).astype(np.intp)
        row = np.floor((metres[:, 1] - self.south_m) / self.cell_m).astype(np.intp)
        inside = (column >= 0) & (column < self.columns) & (row >= 0) & (row < self.rows)
        return np.where(inside, row * self.columns + column, -1)

    def square(self, cell: int) -> BaseGeometry:
        """The cell's outline in lon/lat.

        Raises:
            ValueError: no such cell.
        """
        return self.plane.degrees(self.metric_square(cell))

    def metric_square(self, cell: int) -> BaseGeometry:
        """The cell's outline on the plane, in metres."""
        if not 0 <= cell < self.size:
            raise ValueError("The grid has no such cell.")
        row, column = divmod(cell, self.columns)
        west, south = self.west_m + column * self.cell_m, self.south_m + row * self.cell_m
        return box(west, south, west + self.cell_m, south + self.cell_m)

    def touching(self, ground: BaseGeometry) -> NDArray[np.bool_]:
        """Which cells share ground with `ground` (lon, lat); shape (size,)."""
        column, row = np.meshgrid(np.arange(self.columns), np.arange(self.rows))
        west = self.west_m + column.ravel() * self.cell_m
        south = self.south_m + row.ravel() * self.cell_m
        squares = shapely.box(west, south, west + self.cell_m, south + self.cell_m)
        return np.asarray(shapely.intersects(squares, self.plane.metres(ground)), dtype=bool)


def counted(
    cells: NDArray[np.intp], periods: NDArray[np.intp], shape: tuple[int, int], weights: NDArray | None = None
) -> NDArray[np.float64]:
    """Events by period and cell: shape (periods, cells). What lies outside either is left out."""
    total = np.zeros(shape)
    kept = (cells >= 0) & (cells < shape[1]) & (periods >= 0) & (periods < shape[0])
    np.add.at(total, (periods[kept], cells[kept]), 1.0 if weights is None else weights[kept])
    return total
