"""Coarse cells: where somebody is, told no more closely than a square of a fixed grid.

The grid depends on a point and a side alone, so repeated exports cannot be averaged. It is nested: a square
of side 2s is made of four squares of side s.

How it is laid out. The side is doubled until twice it would pass 320 km: that is the height of a belt of
latitude (between 160 and 320 km, turned into degrees at 111,195 m each), counted from 90° S. Each belt has a
whole number of columns round the globe, counted from 180° W, as near to its height in width at its middle
latitude as can be. Each such block is then halved in both directions as often as the side was doubled. Within
a belt the width of a cell follows the meridians, so its sides differ from the side asked for by at most 7 %
to latitude 60°, 13 % to 72°; the last belt before 90° N is cut off there.

Sides that are a power of two apart (1,250 m and 10,000 m) lie on one nested grid; others (1,000 m and 10,000
m) lie on grids of their own.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from shapely.geometry import Polygon, box

from geo.projection import check_lon_lat

METRES_A_DEGREE = 111_195.0  # a degree of a great circle on a sphere of 6,371 km
SMALLEST_SIDE_M = 10.0
LARGEST_SIDE_M = 320_000.0


class TooFewPeople(ValueError):
    """Even the largest cell allowed holds too few people: show a whole district, or nothing."""


@dataclass(frozen=True)
class _Grid:
    """The nested grid that a side belongs to; `level` 0 are the belts' blocks, each level halves the side."""

    block_degrees: float
    level: int

    @classmethod
    def of(cls, side_m: float) -> "_Grid":
        if not SMALLEST_SIDE_M <= side_m <= LARGEST_SIDE_M:
            raise ValueError("The side of a coarse cell must be from 10 to 320,000 metres.")
        level = 0
        while side_m * 2 ** (level + 1) <= LARGEST_SIDE_M:
            level += 1
        return cls(side_m * 2**level / METRES_A_DEGREE, level)

    def columns(self, belt: int) -> int:
        """Blocks round the globe in a belt."""
        middle = min(-90.0 + (belt + 0.5) * self.block_degrees, 90.0)
        return max(1, round(360.0 * math.cos(math.radians(middle)) / self.block_degrees))

    def find(self, lon: float, lat: float) -> "_Cell":
        check_lon_lat(lon, lat)
        cells = 2**self.level
        height = self.block_degrees / cells
        last_row = math.ceil(180.0 / height) - 1
        row = min(math.floor((lat + 90.0) / height), last_row)
        # Division and multiplication round differently: without this a point on an edge could fall outside
        # the cell that it was given.
        row += (lat >= self.south(row + 1) and row < last_row) - (lat < self.south(row))
        columns = self.columns(row // cells) * cells
        column = min(math.floor((lon + 180.0) / 360.0 * columns), columns - 1)
        column += (lon >= _west(column + 1, columns) and column < columns - 1) - (
            lon < _west(column, columns)
        )
        return _Cell(self, row, column)

    def south(self, row: int) -> float:
        return -90.0 + row * (self.block_degrees / float(2**self.level))


def _west(column: int, columns: int) -> float:
    return -180.0 + 360.0 * column / columns


@dataclass(frozen=True)
class _Cell:
    grid: _Grid
    row: int
    column: int

    def polygon(self) -> Polygon:
        # From whole numbers only, so that every point of a cell gets the identical polygon.
        cells = 2**self.grid.level
        columns = self.grid.columns(self.row // cells) * cells
        return box(
            _west(self.column, columns),
            self.grid.south(self.row),
            _west(self.column + 1, columns),
            min(self.grid.south(self.row + 1), 90.0),
        )

    def parent(self) -> "_Cell":
        return _Cell(_Grid(self.grid.block_degrees, self.grid.level - 1), self.row // 2, self.column // 2)

    def children(self) -> "list[_Cell]":
        finer = _Grid(self.grid.block_degrees, self.grid.level + 1)
        return [_Cell(finer, 2 * self.row + up, 2 * self.column + right) for up in (0, 1) for right in (0, 1)]


def cell(lon: float, lat: float, side_m: float) -> Polygon:
    """The cell of the fixed global grid that holds (lon, lat) degrees, about `side_m` metres a side.

    Every point of a cell gives the identical polygon; a cell owns its western and southern edges.

    Raises:
        ShapeError: a position out of range.
        ValueError: a side that is not from 10 to 320,000 metres.
    """
    return _Grid.of(side_m).find(lon, lat).polygon()


def grow(
    lon: float,
    lat: float,
    side_m: float,
    people_within: Callable[[Polygon], int],
    at_least: int,
    largest_m: float,
) -> Polygon:
    """The smallest cell around (lon, lat), found by doubling `side_m`, that hides among `at_least` people.

    Counted are only people who could have been given this very cell. Whoever reads a large cell around a town
    knows that the point is not in the town, or it would have been given the town's own small cell; so the
    people of parts that stop earlier do not count. (Gruteser and Grunwald, Anonymous usage of location-based
    services through spatial and temporal cloaking, MobiSys 2003; the rule that all who share a cell would be
    given it: Kalnis et al., Preventing location-based identity inference in anonymous spatial queries, TKDE
    19, 2007.)

    people_within: people living inside a cell (lon/lat degrees), each counted in one cell only. It is asked
        about the point's own cells, and inside these only where at least `at_least` people live.
    largest_m: no cell larger than this side in metres is given.

    Raises:
        TooFewPeople: the largest cell allowed still hides among too few people; the place must then be shown
            as a district or not at all.
        ShapeError, ValueError: as `cell`; or `largest_m` below `side_m` or above 320,000.
    """
    if not side_m <= largest_m <= LARGEST_SIDE_M:
        raise ValueError("The largest side must be from the smallest side to 320,000 metres.")
    finest = _Grid.of(side_m)
    at = finest.find(lon, lat)
    left = people_within(at.polygon())
    if left >= at_least:
        return at.polygon()
    side = side_m
    while side * 2 <= largest_m:
        below, at, side = at, at.parent(), side * 2
        siblings = [part for part in at.children() if part != below]
        left += sum(_left_over(part, finest.level, people_within, at_least) for part in siblings)
        if left >= at_least:
            return at.polygon()
    raise TooFewPeople("The largest cell allowed holds too few people to hide among.")


def _left_over(at: _Cell, finest: int, people_within: Callable[[Polygon], int], at_least: int) -> int:
    """People in a cell to whom neither it nor a part of it is given, because too few would share it."""
    people = people_within(at.polygon())
    if people < at_least or at.grid.level == finest:
        return 0 if people >= at_least else people
    left = sum(_left_over(part, finest, people_within, at_least) for part in at.children())
    return 0 if left >= at_least else left
