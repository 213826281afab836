"""The lines of the UTM grid over a map, with the figures that stand at its edges.

A sheet with a grid is one that two people can talk about on the radio: each line has the easting or northing of the
zone that it lies in, and lines end where their zone ends (NGA.STND.0037).
"""

import math
from dataclasses import dataclass
from typing import Literal

from shapely.geometry import LineString, MultiLineString, box
from shapely.geometry.base import BaseGeometry

from geo import grid_zones

# Sides of the squares that a sheet may be ruled in, metres.
STEPS = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000, 500_000)
_VERTICES = 24


@dataclass(frozen=True)
class GridLine:
    """`kind`: what is the same all along it; `metres` of that; `line` in degrees, (lon, lat)."""

    kind: Literal["easting", "northing"]
    metres: int
    line: tuple[tuple[float, float], ...]

    def figures(self, step: int) -> str:
        """As it stands at the edge: the two principal figures, or all kilometres where squares are too large for two."""
        if step >= 100_000:
            return f"{self.metres // 1_000}"
        if step >= 1_000:
            return f"{self.metres // 1_000 % 100:02d}"
        return f"{self.metres // 100 % 1_000:03d}"


def step_for(extent: tuple[float, float, float, float], most: int = 8) -> int:
    """The smallest square, metres, of which no more than `most` stand side by side on a map of this extent (west, south,
    east, north in degrees)."""
    west, south, east, north = extent
    wide = (east - west) * 111_320 * math.cos(math.radians((south + north) / 2))
    longest = max(wide, (north - south) * 111_320)
    return next((s for s in STEPS if longest / s <= most), STEPS[-1])


def grid_lines(extent: tuple[float, float, float, float], step: int) -> list[GridLine]:
    """Every grid line within the extent, cut at the edges of its zone. South of 80° S and north of 84° N there are none.

    Raises ValueError for an extent that is empty or off the globe.
    """
    # An edge that is 0 but for the last of its digits makes intersections inexact by metres.
    west, south, east, north = (round(edge, 12) for edge in extent)
    if not (-180 <= west < east <= 180 and -90 <= south < north <= 90):
        raise ValueError("an extent is west, south, east, north in degrees")
    found = []
    for zone in range(1, 61):
        for band in grid_zones.BANDS:
            if grid_zones.exists(zone, band):
                part = box(*grid_zones.limits(zone, band)).intersection(box(west, south, east, north))
                if part.area > 0:
                    found += _within(part, zone, band >= "N", step)
    return found


def _within(part: BaseGeometry, zone: int, northern: bool, step: int) -> list[GridLine]:
    """The lines over one rectangle of one zone."""
    plane = grid_zones.utm(zone, northern)
    west, south, east, north = part.bounds
    lons = [west + (east - west) * n / _VERTICES for n in range(_VERTICES + 1)]
    lats = [south + (north - south) * n / _VERTICES for n in range(_VERTICES + 1)]
    around = [(x, y) for x in lons for y in (south, north)] + [(x, y) for x in (west, east) for y in lats]
    es, ns = plane.transform([x for x, _ in around], [y for _, y in around])
    found = []
    for kind, along, across in (("easting", es, ns), ("northing", ns, es)):
        low, high = min(across), max(across)
        steps = [low + (high - low) * n / _VERTICES for n in range(_VERTICES + 1)]
        for metres in range(math.ceil(min(along) / step) * step, math.floor(max(along)) + 1, step):
            same = [float(metres)] * len(steps)
            both = (same, steps) if kind == "easting" else (steps, same)
            xs, ys = plane.transform(both[0], both[1], direction="INVERSE")
            cut = LineString(zip(xs, ys, strict=True)).intersection(part)
            found += [GridLine(kind, metres, tuple(line.coords)) for line in _lines(cut)]  # type: ignore[arg-type]
    return found


def _lines(shape: BaseGeometry) -> list[LineString]:
    if isinstance(shape, LineString):
        return [shape] if shape.length > 0 else []
    return [x for x in shape.geoms if x.length > 0] if isinstance(shape, MultiLineString) else []
