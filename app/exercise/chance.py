"""Where chance comes from, and the grid that every coordinate lies on."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry import MultiLineString, MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

Floats = NDArray[np.float64]
Kind = TypeVar("Kind", bound=BaseGeometry)
Item = TypeVar("Item")

#: Degrees in a kilometre. The land lies on the equator, where a degree is as long northward as eastward to
#: within 0.7 per cent, so shapes can be drawn in degrees; lengths that somebody reads are geodesic.
KM = 1 / 111.2

#: Six decimals of a degree (11 cm): coarse enough to swallow last-bit differences between processors.
GRID = 1e-6


def stream(seed: int, part: str) -> np.random.Generator:
    """A generator of its own for each part, so that a change in one part leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(part.encode())])


def on_grid(shape: Kind) -> Kind:
    """The shape with coordinates of six decimals. Shared vertices stay shared."""
    return shapely.transform(shape, lambda c: np.round(c, 6))


def point(lon: float, lat: float) -> Point:
    return Point(round(float(lon), 6), round(float(lat), 6))


def multi_polygon(shape: BaseGeometry) -> MultiPolygon:
    """The polygons of a shape, as one MultiPolygon; lines and points in it are dropped."""
    return MultiPolygon([p for p in shapely.get_parts(shape) if isinstance(p, Polygon) and not p.is_empty])


def multi_line(shape: BaseGeometry) -> MultiLineString:
    return MultiLineString([p for p in shapely.get_parts(shape) if p.geom_type == "LineString"])


def weighted(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> list[str]:
    """`count` codes drawn by weight; the weights need not add up to one."""
    codes = list(weights)
    share = np.array([weights[c] for c in codes], dtype=float)
    return [codes[i] for i in rng.choice(len(codes), size=count, p=share / share.sum())]


def one(rng: np.random.Generator, items: Sequence[Item]) -> Item:
    return items[int(rng.integers(len(items)))]


def cycled(rng: np.random.Generator, items: Sequence[Item], count: int) -> list[Item]:
    """`count` items in random order, each as often as the others to within one."""
    drawn: list[Item] = []
    while len(drawn) < count:
        drawn.extend(items[int(i)] for i in rng.permutation(len(items)))
    return drawn[:count]
