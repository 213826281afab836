"""GeoJSON from outside, read with suspicion."""

from collections.abc import Mapping, Sequence
from typing import Any

import shapely
from shapely.geometry import shape as shape_of
from shapely.geometry.base import BaseGeometry

from geo.projection import ShapeError, check_lon_lat

# How many lists stand around one position.
_DEPTH = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
_WGS84_NAMES = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}


def read_geojson(mapping: Mapping[str, Any], max_vertices: int = 10_000) -> BaseGeometry:
    """A checked two-dimensional shape in WGS 84 degrees, (lon, lat), from a GeoJSON geometry or feature.

    Vertices are counted before any shape is built, so a polygon of a million points costs its reading alone.
    Altitudes are dropped; rings are wound as RFC 7946 (3.1.6) asks: outer ones anticlockwise.

    Raises:
        ShapeError: what is wrong, by a code; it never repeats the input.
    """
    geometry = _geometry_of(mapping)
    kind = geometry["type"]
    budget = [max_vertices]
    coordinates = _checked(geometry.get("coordinates"), _DEPTH[kind], budget, max_vertices)
    if budget[0] == max_vertices:
        raise ShapeError("shape_empty")
    _check_lengths(kind, coordinates)
    found = shape_of({"type": kind, "coordinates": coordinates})
    if not shapely.is_valid(found):
        raise _why_invalid(found)
    return shapely.orient_polygons(found)


def _geometry_of(mapping: object) -> Mapping[str, Any]:
    if not isinstance(mapping, Mapping):
        raise ShapeError("shape_no_geojson")
    if mapping.get("type") == "Feature":
        _check_reference_system(mapping)
        mapping = mapping.get("geometry")
        if not isinstance(mapping, Mapping):
            raise ShapeError("shape_no_geometry")
    kind = mapping.get("type")
    if not isinstance(kind, str) or kind not in _DEPTH:
        raise ShapeError("shape_type", types=", ".join(_DEPTH))
    _check_reference_system(mapping)
    return mapping


def _check_reference_system(mapping: Mapping[str, Any]) -> None:
    crs = mapping.get("crs")
    if crs is None:
        return
    properties = crs.get("properties") if isinstance(crs, Mapping) else None
    name = properties.get("name") if isinstance(properties, Mapping) else None
    if not isinstance(name, str) or name not in _WGS84_NAMES:
        raise ShapeError("shape_other_system")


def _checked(value: object, depth: int, budget: list[int], max_vertices: int) -> Any:
    """Lists of (lon, lat), nested `depth` deep; `budget[0]` counts the positions down."""
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        raise ShapeError("shape_no_lists")
    if depth > 0:
        return [_checked(part, depth - 1, budget, max_vertices) for part in value]
    if budget[0] == 0:
        raise ShapeError("shape_too_many", most=f"{max_vertices:,}")
    if len(value) == 0:
        raise ShapeError("shape_empty")
    if len(value) not in (2, 3):
        raise ShapeError("shape_position")
    budget[0] -= 1
    numbers = []
    for number in value:
        # bool is an int in Python: [true, false] would otherwise be a place in the Gulf of Guinea.
        if isinstance(number, bool) or not isinstance(number, (int, float)):
            raise ShapeError("shape_no_lists")
        try:
            numbers.append(float(number))
        except OverflowError:
            raise ShapeError("shape_too_large") from None
    check_lon_lat(numbers[0], numbers[1])
    return (numbers[0], numbers[1])


def _check_lengths(kind: str, coordinates: Any) -> None:
    """Enough positions in each line and ring; rings closed; no empty part."""
    lines: list[Any] = {"LineString": [coordinates], "MultiLineString": coordinates}.get(kind, [])
    polygons: list[Any] = {"Polygon": [coordinates], "MultiPolygon": coordinates}.get(kind, [])
    if any(len(line) < 2 for line in lines):
        raise ShapeError("shape_line_short")
    for polygon in polygons:
        if not polygon:
            raise ShapeError("shape_no_ring")
        for ring in polygon:
            if len(ring) < 4:
                raise ShapeError("shape_ring_short")
            if ring[0] != ring[-1]:
                raise ShapeError("shape_ring_open")


def _why_invalid(found: BaseGeometry) -> ShapeError:
    # GEOS adds the coordinates of the fault: only its first word is looked at, so that no place leaves in a
    # message or a log.
    reason = shapely.is_valid_reason(found).split("[")[0].lower()
    if "self-intersection" in reason or "self intersection" in reason:
        return ShapeError("shape_crosses")
    if "hole" in reason or "nested" in reason:
        return ShapeError("shape_hole")
    return ShapeError("shape_flat")
