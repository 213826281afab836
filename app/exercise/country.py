"""The land of the invented country: outline, coast, islands.

It lies in the open Atlantic, where nobody lives, between 8.1° and 3.8° west, and on purpose across the equator
and across 6° west: hemisphere and UTM zone change inside the country (zones 29 and 30).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from app.exercise.chance import GRID, KM, Floats, multi_polygon, stream
from app.exercise.noise import blob, wandering_line

MIDDLE = (-5.95, -0.35)
WIDTH_KM, HEIGHT_KM = 480.0, 400.0

#: Corners of the outline in shares of half the width and height, counter-clockwise from the east. From
#: `COAST_FIRST` to `COAST_LAST` they are coast (west and south-west), the rest is land border.
_CORNERS = np.array([
    (1.0, 0.12), (0.78, 0.68), (0.30, 0.94), (-0.22, 0.86), (-0.66, 0.98),
    (-0.88, 0.50), (-0.72, 0.10), (-0.97, -0.30), (-0.58, -0.62), (-0.30, -0.60), (0.10, -0.98),
    (0.52, -0.80), (0.86, -0.46),
])  # fmt: skip
_COAST_FIRST, _COAST_LAST = 4, 10


@dataclass(frozen=True)
class Land:
    """mainland: one polygon without holes. whole: with its islands. coast: the sea side, west to south."""

    mainland: Polygon
    whole: MultiPolygon
    coast: LineString
    border: LineString


def _outline(rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Coast and border, each from the coast's first corner to its last, in kilometres from the middle."""
    corners = _CORNERS * (WIDTH_KM / 2, HEIGHT_KM / 2) + rng.normal(0, 11, _CORNERS.shape)
    order = np.roll(np.arange(len(corners)), -_COAST_FIRST)
    coast_corners = corners[order[: _COAST_LAST - _COAST_FIRST + 1]]
    border_corners = np.vstack(
        [corners[order[0]], corners[order[::-1]][: len(order) - len(coast_corners) + 1]]
    )

    def drawn(through: Floats, roughness: float, shortest: float) -> Floats:
        legs = [wandering_line(rng, a, b, roughness, shortest) for a, b in pairwise(through)]
        return np.vstack([legs[0], *(leg[1:] for leg in legs[1:])])

    return drawn(coast_corners, 0.17, 0.6), drawn(border_corners, 0.085, 2.0)


def _islands(rng: np.random.Generator, coast: LineString, mainland: Polygon) -> list[Polygon]:
    islands: list[Polygon] = []
    for _ in range(60):
        on_coast = coast.interpolate(rng.uniform(0.08, 0.92), normalized=True)
        turn, away = rng.uniform(0, 2 * np.pi), rng.uniform(7, 20) * KM
        middle = np.array([on_coast.x + np.cos(turn) * away, on_coast.y + np.sin(turn) * away])
        island = Polygon(blob(rng, middle, rng.uniform(1.8, 5.5) * KM, 0.45, 48)).buffer(0)
        apart = all(island.distance(other) > 6 * KM for other in islands)
        if isinstance(island, Polygon) and mainland.distance(island) > 1.5 * KM and apart:
            islands.append(island)
        if len(islands) == 5:
            break
    return islands


def draw_land(seed: int) -> Land:
    """The land for a seed. Coordinates are degrees (lon, lat), WGS 84, six decimals; about 480 × 400 km."""
    rng = stream(seed, "land")
    coast, border = _outline(rng)
    both = np.vstack([coast, border])
    low, high = both.min(axis=0), both.max(axis=0)
    stretch = np.array([WIDTH_KM, HEIGHT_KM]) / (high - low)

    def degrees(kilometres: Floats) -> Floats:
        return np.round(np.array(MIDDLE) + (kilometres - (low + high) / 2) * stretch * KM, 6)

    coast_line, border_line = LineString(degrees(coast)), LineString(degrees(border))
    # A wild coast crosses itself here and there: its loops become land, and only the outer edge counts.
    ring = shapely.union_all([coast_line, border_line], grid_size=GRID)
    faces = shapely.union_all(
        list(shapely.get_parts(shapely.polygonize([*shapely.get_parts(ring)]))), grid_size=GRID
    )
    mainland = Polygon(max(multi_polygon(faces).geoms, key=lambda p: p.area).exterior)
    whole = shapely.union_all([mainland, *_islands(rng, coast_line, mainland)], grid_size=GRID)
    return Land(mainland, multi_polygon(whole), coast_line, border_line)


def is_sea(land: Land, lon: float, lat: float) -> bool:
    """Whether a point outside the land lies off the coast, and not in a neighbouring country."""
    spot = Point(lon, lat)
    return not land.whole.covers(spot) and land.coast.distance(spot) < land.border.distance(spot)
