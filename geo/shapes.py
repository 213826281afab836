"""Shapes in degrees, measured in metres.

Every shape that enters or leaves is WGS 84, (lon, lat) in degrees; every length is in metres. Nothing else in
the house measures in degrees: a degree of longitude is 111 km at the equator and half of that at 60°.
"""

import math

import numpy as np
import shapely
from shapely.geometry import Point, Polygon
from shapely.geometry.base import BaseGeometry

from geo.geojson import read_geojson
from geo.projection import GEOD, Plane, ShapeError, check_lon_lat, cut_at_the_meridian, unwrapped, wrap

__all__ = [
    "ShapeError",
    "area_square_metres",
    "buffer_metres",
    "circle",
    "distance_metres",
    "read_geojson",
]

# Beyond this the plane's error passes 4 per mille, and near a pole a lon/lat polygon cannot say "around it".
LARGEST_REACH_M = 1_000_000.0
_LARGEST_LATITUDE = 89.0


def _check(shape: BaseGeometry) -> BaseGeometry:
    if shape.is_empty:
        raise ShapeError("shape_empty")
    west, south, east, north = shape.bounds
    check_lon_lat(west, south)
    check_lon_lat(east, north)
    return unwrapped(shape)


def _check_reach(metres: float, south: float, north: float) -> None:
    if not math.isfinite(metres) or abs(metres) > LARGEST_REACH_M:
        raise ShapeError("shape_distance")
    reach = max(metres, 0.0) / 110_574.0  # the shortest degree of latitude, at the equator
    if north + reach > _LARGEST_LATITUDE or south - reach < -_LARGEST_LATITUDE:
        raise ShapeError("shape_pole")


def buffer_metres(shape: BaseGeometry, metres: float) -> BaseGeometry:
    """Everything within `metres` of a shape, as a polygon in degrees; negative metres shrink a polygon.

    Curves have 16 segments a quarter circle: the outline lies at most 1.2 per mille of `metres` inside the
    true one. For a polygon shrunk to nothing the result is empty. Across the 180° meridian it is cut in two.

    Raises:
        ShapeError: an empty shape, coordinates out of range, more than 1,000 km, or a result that reaches a
            pole.
    """
    whole = _check(shape)
    _check_reach(metres, whole.bounds[1], whole.bounds[3])
    plane = Plane.around(whole)
    return plane.degrees(plane.metres(whole).buffer(metres, quad_segs=16))


def distance_metres(a: BaseGeometry, b: BaseGeometry) -> float:
    """The shortest distance between two shapes in metres, 0 where they meet.

    Between points it is the geodesic on the WGS 84 ellipsoid (Karney, Algorithms for geodesics, Journal of
    Geodesy 87, 2013). Otherwise the nearest two positions are sought on a local plane and the geodesic
    between these is returned, so the plane's distortion can pick a slightly worse pair but never shorten a
    distance.

    Raises:
        ShapeError: an empty shape or coordinates out of range.
    """
    a, b = _check(a), _check(b)
    if isinstance(a, Point) and isinstance(b, Point):
        return float(GEOD.inv(a.x, a.y, b.x, b.y)[2])
    # Both on the same side of the 180° meridian, or they would lie a whole turn apart.
    turns = round((a.centroid.x - b.centroid.x) / 360.0)
    if turns:
        b = shapely.transform(b, lambda xy: xy + np.array([360.0 * turns, 0.0]))
    plane = Plane.around(a, b)
    on_a, on_b = plane.metres(a), plane.metres(b)
    if on_a.intersects(on_b):
        return 0.0
    # End by end: as a line it would be cut at the 180° meridian, and its ends be those of the pieces.
    ends = shapely.get_coordinates(shapely.shortest_line(on_a, on_b))
    (west, south), (east, north) = (shapely.get_coordinates(plane.degrees(Point(end)))[0] for end in ends)
    return float(GEOD.inv(west, south, east, north)[2])


def circle(lon: float, lat: float, radius_m: float, corners: int = 64) -> BaseGeometry:
    """A geodesic circle around (lon, lat) as a polygon whose corners lie exactly `radius_m` metres away.

    With 64 corners the edges lie at most 1.2 per mille of the radius inside the true circle. Across the 180°
    meridian the result is cut into a multipolygon.

    Raises:
        ShapeError: a position out of range, a radius that is not positive, above 1,000 km or over a pole.
    """
    check_lon_lat(lon, lat)
    if not radius_m > 0.0:
        raise ShapeError("shape_radius")
    _check_reach(radius_m, lat, lat)
    azimuths = [-360.0 * index / corners for index in range(corners)]  # anticlockwise, as RFC 7946 asks for
    lons, lats, _ = GEOD.fwd([lon] * corners, [lat] * corners, azimuths, [radius_m] * corners)
    ring = [(lon + wrap(x - lon), y) for x, y in zip(lons, lats, strict=True)]
    return cut_at_the_meridian(Polygon(ring))


def area_square_metres(shape: BaseGeometry) -> float:
    """The area on the WGS 84 ellipsoid in square metres; holes are taken off; 0 for points and lines.

    Edges are straight in lon/lat as GeoJSON has them. Source: Karney 2013, as above.

    Raises:
        ShapeError: an empty shape or coordinates out of range.
    """
    whole = shapely.segmentize(shapely.orient_polygons(_check(shape)), 0.25)
    return abs(float(GEOD.geometry_area_perimeter(whole)[0]))
