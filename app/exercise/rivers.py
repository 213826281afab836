"""Rivers: water runs down an invented relief to the coast, and where enough of it meets is a river."""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, MultiLineString, Point

from app.exercise.chance import KM, Floats, multi_line, on_grid, stream
from app.exercise.country import Land
from app.exercise.names import Namer
from app.exercise.noise import hills, rounded_off

_CELL = 4.0 * KM
_MAIN_CELLS, _STREAM_CELLS = (
    240,
    45,
)  # cells of 16 km² that drain through a mouth, and through a stream's head
_SHORTEST_CELLS = 9
_MOST = 26


@dataclass(frozen=True)
class River:
    """line: WGS 84 (lon, lat), from source to mouth. into: code of the river that it joins, None at the coast."""

    code: str
    name: str
    line: MultiLineString
    into: str | None


@dataclass(frozen=True)
class _Relief:
    lon: Floats
    lat: Floats
    is_land: NDArray[np.bool_]
    is_sea: NDArray[np.bool_]
    height: Floats


def _relief(rng: np.random.Generator, land: Land) -> _Relief:
    west, south, east, north = land.mainland.buffer(2 * _CELL).bounds
    lon, lat = np.meshgrid(np.arange(west, east, _CELL), np.arange(south, north, _CELL))
    cells = shapely.points(lon, lat)
    shapely.prepare(land.mainland)
    is_land = np.asarray(shapely.contains_xy(land.mainland, lon, lat))
    to_coast = shapely.distance(land.coast.simplify(0.01), cells)
    is_sea = ~is_land & (to_coast < shapely.distance(land.border.simplify(0.01), cells))
    rows, columns = lon.shape
    to_border = shapely.distance(land.border.simplify(0.01), cells)
    # A gentle slope and strong hills, so that streams meet; a rise along the border, so that none runs on it.
    height = 0.35 * (to_coast / KM) ** 0.7 + 60 * hills(rng, rows, columns, 3, 5)
    height += 18 * np.exp(-to_border / (25 * KM)) + rng.random(lon.shape)
    return _Relief(lon, lat, is_land, is_sea, height)


def _drained(relief: _Relief) -> tuple[list[int], list[int]]:
    """For each cell the cell that it drains to (−1: sea or none), and how many cells drain through it.

    Priority flood (Barnes, Lehman and Mulla, Computers & Geosciences 62, 2014): pits fill up, so every cell of
    the land reaches the sea.
    """
    rows, columns = relief.height.shape
    is_land, height = relief.is_land.ravel().tolist(), relief.height.ravel().tolist()
    down = [-1] * (rows * columns)
    seen = [not land for land in is_land]
    order: list[int] = []
    queue = [(0.0, int(cell)) for cell in np.flatnonzero(relief.is_sea.ravel())]
    steps = [dy * columns + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dx or dy]
    while queue:
        level, cell = heapq.heappop(queue)
        order.append(cell)
        for step in steps:
            near = cell + step
            if 0 <= near < len(seen) and not seen[near]:
                seen[near] = True
                down[near] = cell
                # A diagonal step is longer, so it counts as less steep: rivers run straight less often.
                rise = 0.35 if abs(step) in (1, columns) else 0.0
                heapq.heappush(queue, (max(level + 0.01, height[near] + rise), near))
    through = [int(land) for land in is_land]
    for cell in reversed(order):
        if down[cell] >= 0:
            through[down[cell]] += through[cell]
    return down, through


def _courses(relief: _Relief) -> list[tuple[list[int], int]]:
    """Courses as cells from the mouth upstream, each with the index of the course that it joins (−1: the sea)."""
    down, through = _drained(relief)
    is_land = relief.is_land.ravel()
    uphill: dict[int, list[int]] = {}
    for cell, below in enumerate(down):
        if below >= 0 and is_land[cell]:
            uphill.setdefault(below, []).append(cell)
    mouths = [
        c
        for c, b in enumerate(down)
        if b >= 0 and is_land[c] and not is_land[b] and through[c] >= _MAIN_CELLS
    ]
    waiting = [([down[m], m], -1) for m in sorted(mouths, key=lambda m: -through[m])]
    courses: list[tuple[list[int], int]] = []
    while waiting and len(courses) < _MOST:
        course, joins = waiting.pop(0)
        branches = []
        while above := [c for c in uphill.get(course[-1], []) if through[c] >= _STREAM_CELLS]:
            above.sort(key=lambda c: (-through[c], c))
            branches += [[course[-1], c] for c in above[1:]]
            course.append(above[0])
        if len(course) < _SHORTEST_CELLS:
            continue
        waiting += [(branch, len(courses)) for branch in branches]
        waiting.sort(key=lambda entry: -through[entry[0][1]])
        courses.append((course, joins))
    return courses


def _downstream(line: LineString, land: Land) -> MultiLineString:
    """The parts of the line on land, in the order of the water."""
    parts: list[LineString] = list(multi_line(line.intersection(land.mainland)).geoms)
    parts.sort(key=lambda part: line.project(Point(part.coords[0])))
    return MultiLineString(parts)


def draw_rivers(seed: int, land: Land, namer: Namer) -> list[River]:
    """Rivers and tributaries, the greatest first, each clipped to the land."""
    rng = stream(seed, "rivers")
    relief = _relief(rng, land)
    spots = np.column_stack([relief.lon.ravel(), relief.lat.ravel()])
    spots += rng.uniform(-0.42, 0.42, spots.shape) * _CELL
    rivers: list[River] = []
    whole_lines: list[LineString] = []
    for number, (course, joins) in enumerate(_courses(relief), start=1):
        line = rounded_off(spots[course[::-1]], 3)
        into = None
        if joins >= 0:
            # The greater river was rounded off: bring the tributary's end to where the water now is.
            met = whole_lines[joins].interpolate(whole_lines[joins].project(Point(line[-1])))
            line[-1] = met.coords[0]
            if land.mainland.contains(met):  # else the two meet at sea only, each with a mouth of its own
                into = rivers[joins].code
        elif land.mainland.contains(Point(line[-1])):
            shore = land.coast.interpolate(land.coast.project(Point(line[-1])))
            line = np.vstack([line, shore.coords[0]])
        whole_lines.append(LineString(line))
        clipped = on_grid(_downstream(whole_lines[-1], land))
        rivers.append(River(f"RV{number:02d}", namer.root(), clipped, into))
    return rivers
