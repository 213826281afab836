"""How far inside many areas many fixes lie, at once: an index of the areas, prepared shapes, and whole arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from geo.projection import Plane, transformer_of
from geo.watching.lapses import Reading

Numbers = NDArray[np.float64]
Indices = NDArray[np.int64]


class Near(NamedTuple):
    """Pairs of a fix and a fence that are near each other, by their places in what was given; `low` and `high` in metres
    into the fence, negative outside."""

    fix: Indices
    fence: Indices
    low: Numbers
    high: Numbers


class Fences:
    """Areas on one plane, in metres. Areas and fixes: WGS 84, (lon, lat) in degrees. Lines are no areas: buffer them.

    On a plane the distance errs by 0.4 per mille at 300 km from the middle (geo/projection.py).
    """

    def __init__(self, areas: Sequence[BaseGeometry]) -> None:
        self.plane = Plane.around(*areas)
        self.areas = np.array([self.plane.metres(area) for area in areas], dtype=object)
        shapely.prepare(self.areas)
        self.edges = shapely.boundary(self.areas)
        self.tree = shapely.STRtree(self.areas)

    def near(self, lons: Numbers, lats: Numbers, errors: Numbers, reach: float) -> Near:
        """Every pair of a fix and a fence with less than `reach` metres between them, counted from the edge of the fix's
        error circle. Whatever is not named here lies surely more than `reach` outside."""
        x, y = transformer_of(self.plane).transform(lons, lats)
        points = shapely.points(x, y)
        fix, fence = self.tree.query(points, predicate="dwithin", distance=errors + reach)
        to_edge = shapely.distance(points[fix], self.edges[fence])
        inside = shapely.contains_xy(self.areas[fence], x[fix], y[fix])
        depth = np.where(inside, to_edge, -to_edge)
        return Near(fix, fence, depth - errors[fix], depth + errors[fix])


class Track(NamedTuple):
    """Fixes of one carrier, in the order of time: seconds since 1970, degrees, error radius in metres."""

    at: Numbers
    lon: Numbers
    lat: Numbers
    error: Numbers


def into_fences(
    fences: Fences, tracks: Sequence[Track], reach: float
) -> Iterator[tuple[int, int, list[Reading]]]:
    """(fence, track, readings of every fix of that track in metres into that fence), for each pair that comes within
    `reach` metres at all: all others lie outside all the time."""
    if not tracks:
        return
    sizes = np.array([len(t.at) for t in tracks])
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    lon, lat, error = (np.concatenate([getattr(t, name) for t in tracks]) for name in ("lon", "lat", "error"))
    near = fences.near(lon, lat, error, reach)
    track = np.repeat(np.arange(len(tracks)), sizes)[near.fix]
    order = np.lexsort((near.fix, track, near.fence))
    fence, track, fix = near.fence[order], track[order], near.fix[order]
    low, high = near.low[order], near.high[order]
    cuts = np.flatnonzero(np.diff(fence) | np.diff(track)) + 1
    for part in np.split(np.arange(len(fence)), cuts) if len(fence) else []:
        which = int(track[part[0]])
        lows, highs = np.full(sizes[which], -np.inf), np.full(sizes[which], -reach)
        own = fix[part] - starts[which]
        lows[own], highs[own] = low[part], high[part]
        told = tracks[which]
        columns = (told.at.tolist(), lows.tolist(), highs.tolist(), told.lon.tolist(), told.lat.tolist())
        yield int(fence[part[0]]), which, [Reading(*row) for row in zip(*columns, strict=True)]
