"""Local metric planes: the one place where degrees become metres and metres become degrees.

All shapes outside this module are WGS 84 in degrees, (lon, lat) order (RFC 7946). Inside a plane they are
metres, (x east, y north), around the plane's centre.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod, Transformer
from shapely.affinity import translate
from shapely.geometry import MultiPolygon, box
from shapely.geometry.base import BaseGeometry

from geo.refused import Refused

GEOD = Geod(ellps="WGS84")

# A GeoJSON edge is straight in lon/lat (RFC 7946, 3.1.1). A straight line on the plane between the same ends
# would leave it by 30 m over half a degree at 45° N and four times that over a whole one, so long edges get
# extra vertices first: over a quarter of a degree it is 8 m.
LONGEST_EDGE_DEGREES = 0.25

# Centres are rounded to this grid so that transformers can be cached. At most 39 km off centre costs less
# than one part in 100,000 of a distance.
CENTRE_STEP_DEGREES = 0.5


class ShapeError(Refused):
    """A shape that cannot be used; the code says why."""


@lru_cache(maxsize=512)
def _transformer(lon: float, lat: float) -> Transformer:
    plane = f"+proj=aeqd +lat_0={lat!r} +lon_0={lon!r} +datum=WGS84 +units=m +no_defs"
    return Transformer.from_crs("EPSG:4326", plane, always_xy=True)


def wrap(lon: float) -> float:
    """The same meridian in −180 ≤ lon < 180 degrees."""
    return (lon + 180.0) % 360.0 - 180.0


def unwrapped(shape: BaseGeometry) -> BaseGeometry:
    """A shape cut at the 180° meridian, with its western-hemisphere part moved past +180.

    Shapes wider than half the globe are taken to be cut at the meridian, as RFC 7946 (3.1.9) asks for.
    """
    west, _, east, _ = shape.bounds
    if east - west <= 180.0:
        return shape

    def shift(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        moved = coordinates.copy()
        moved[:, 0] = np.where(moved[:, 0] < 0.0, moved[:, 0] + 360.0, moved[:, 0])
        return moved

    return shapely.transform(shape, shift)


@dataclass(frozen=True)
class Plane:
    """An azimuthal equidistant plane around (lon, lat), in metres.

    Distances from the centre are exact on the ellipsoid; elsewhere the error grows with the square of the
    distance from the centre: 0.4 per mille at 300 km, 4 per mille at 1,000 km. Source: Snyder, Map
    Projections: A Working Manual (USGS Professional Paper 1395, 1987), chapter 25.
    """

    lon: float
    lat: float

    @classmethod
    def around(cls, *shapes: BaseGeometry) -> "Plane":
        """The plane whose centre is near the middle of the shapes' common bounds."""
        bounds = np.array([shape.bounds for shape in shapes])
        middle_lon = (bounds[:, 0].min() + bounds[:, 2].max()) / 2
        middle_lat = (bounds[:, 1].min() + bounds[:, 3].max()) / 2
        step = CENTRE_STEP_DEGREES
        return cls(wrap(round(middle_lon / step) * step), round(middle_lat / step) * step)

    def metres(self, shape: BaseGeometry) -> BaseGeometry:
        """A lon/lat shape on the plane, in metres. Altitudes are dropped."""
        transformer = _transformer(self.lon, self.lat)

        def change(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
            return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

        flat = shapely.force_2d(shape)
        return shapely.transform(shapely.segmentize(flat, LONGEST_EDGE_DEGREES), change)

    def degrees(self, shape: BaseGeometry) -> BaseGeometry:
        """A shape of the plane in lon/lat degrees; one that crosses the 180° meridian is cut there."""
        transformer = _transformer(self.lon, self.lat)

        def change(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
            lon, lat = transformer.transform(coordinates[:, 0], coordinates[:, 1], direction="INVERSE")
            # Kept within half a turn of the centre: otherwise a shape over the meridian turns inside out.
            near = self.lon + (np.asarray(lon) - self.lon + 180.0) % 360.0 - 180.0
            return np.column_stack([near, lat])

        return cut_at_the_meridian(shapely.transform(shape, change))


def transformer_of(plane: Plane) -> Transformer:
    """For whole arrays of positions: degrees (lon, lat) to metres (x, y) on the plane."""
    return _transformer(plane.lon, plane.lat)


def cut_at_the_meridian(shape: BaseGeometry) -> BaseGeometry:
    """A shape whose longitudes may run past ±180, cut there and brought back within it (RFC 7946, 3.1.9)."""
    if shape.is_empty:
        return shape
    west, _, east, _ = shape.bounds
    if west >= -180.0 and east <= 180.0:
        return shape
    pieces = []
    for turn in (-360.0, 0.0, 360.0):
        piece = shape.intersection(box(-180.0 + turn, -90.0, 180.0 + turn, 90.0))
        if not piece.is_empty and (piece.area > 0.0 or shape.area == 0.0):
            pieces.append(translate(piece, xoff=-turn))
    joined = shapely.union_all(pieces)
    return (
        joined
        if joined.geom_type != "GeometryCollection"
        else MultiPolygon([part for part in shapely.get_parts(joined) if part.geom_type == "Polygon"])
    )


def check_lon_lat(lon: float, lat: float) -> None:
    """Raise `ShapeError` unless lon is within ±180 and lat within ±90 degrees; NaN is not."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise ShapeError("shape_no_number")
    if not -180.0 <= lon <= 180.0:
        raise ShapeError("shape_longitude")
    if not -90.0 <= lat <= 90.0:
        raise ShapeError("shape_latitude")
