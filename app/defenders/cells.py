"""A defender's two cells, from an exact place that is then forgotten: it is sealed, and stands in no column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from shapely.geometry import Polygon

from app.defenders.models import CellTier
from geo import coarsen

# The coarse cell doubles at most this often (10 km to 160 km) until enough people live in it.
DOUBLINGS = 4


def largest_metres(coarse_metres: float) -> float:
    """The side in metres of the largest coarse cell that is given."""
    side = coarse_metres
    for _ in range(DOUBLINGS):
        if side * 2 <= coarsen.LARGEST_SIDE_M:
            side *= 2
    return side


def around(lon: float, lat: float, procedures: Mapping[str, float]) -> Polygon:
    """The area whose people matter for the coarse cell. It depends on the largest cell alone, so that a query for
    its people tells no more than that cell does."""
    return coarsen.cell(lon, lat, largest_metres(procedures["coarse_cell_metres"]))


def fine_and_coarse(
    lon: float, lat: float, people: Iterable[tuple[float, float, int]], procedures: Mapping[str, float]
) -> dict[CellTier, Polygon]:
    """Both cells of a place. `people`: (lon, lat, population) of the settlements in `around(…)`.

    The coarse cell is empty where even the largest would hold too few people: then operations see nothing. It is an
    empty shape and not a missing row, so that it takes the place of the cell of an earlier home.
    Raises ShapeError for a position out of range.
    """
    settled = list(people)

    def people_within(cell: Polygon) -> int:
        west, south, east, north = cell.bounds
        # Half open, as the grid is: a settlement on an edge counts in one cell only.
        return sum(n for x, y, n in settled if west <= x < east and south <= y < north)

    side = procedures["coarse_cell_metres"]
    try:
        coarse = coarsen.grow(
            lon, lat, side, people_within, int(procedures["cell_least_people"]), largest_metres(side)
        )
    except coarsen.TooFewPeople:
        coarse = Polygon()
    return {CellTier.FINE: coarsen.cell(lon, lat, procedures["fine_cell_metres"]), CellTier.COARSE: coarse}
