"""GeoJSON from outside is read with suspicion."""

import json
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape

from geo.shapes import ShapeError, read_geojson

SQUARE = [[30, 1], [31, 1], [31, 2], [30, 2], [30, 1]]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [30.25, 1.5667]},
        {"type": "MultiPoint", "coordinates": [[30, 1], [31, 1]]},
        {"type": "LineString", "coordinates": [[30, 1], [31, 1]]},
        {"type": "MultiLineString", "coordinates": [[[30, 1], [31, 1]], [[0, 0], [1, 1]]]},
        {"type": "Polygon", "coordinates": [SQUARE]},
        {"type": "MultiPolygon", "coordinates": [[SQUARE], [[[0, 0], [1, 0], [0, 1], [0, 0]]]]},
    ],
)
def test_each_type_is_read_as_it_stands(geometry):
    read = read_geojson(geometry)
    assert read.geom_type == geometry["type"]
    assert read.equals(shape(geometry))


def test_altitudes_are_dropped_and_a_feature_gives_its_geometry():
    feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Point", "coordinates": [1, 2, 300]}}
    read = read_geojson(feature)
    assert not read.has_z
    assert (read.x, read.y) == (1, 2)


def test_outer_rings_are_wound_anticlockwise():
    read = read_geojson({"type": "Polygon", "coordinates": [SQUARE[::-1]]})
    assert read.exterior.is_ccw


BAD: dict[str, tuple[str, Any]] = {
    "not an object": ("shape_no_geojson", [1, 2]),
    "no type": ("shape_type", {}),
    "a collection": ("shape_type", {"type": "GeometryCollection", "geometries": []}),
    "a type that is a list": ("shape_type", {"type": ["Point"], "coordinates": [1, 2]}),
    "a feature without geometry": ("shape_no_geometry", {"type": "Feature", "geometry": None}),
    "no coordinates": ("shape_no_lists", {"type": "Point"}),
    "an empty point": ("shape_empty", {"type": "Point", "coordinates": []}),
    "an empty multipoint": ("shape_empty", {"type": "MultiPoint", "coordinates": []}),
    "an empty polygon": ("shape_empty", {"type": "Polygon", "coordinates": []}),
    "an empty part": ("shape_no_ring", {"type": "MultiPolygon", "coordinates": [[SQUARE], []]}),
    "an empty ring": ("shape_empty", {"type": "Polygon", "coordinates": [[]]}),
    "text for numbers": ("shape_no_lists", {"type": "Point", "coordinates": ["1", "2"]}),
    "text for coordinates": ("shape_no_lists", {"type": "Point", "coordinates": "12"}),
    "truth values": ("shape_no_lists", {"type": "Point", "coordinates": [True, False]}),
    "null": ("shape_no_lists", {"type": "Point", "coordinates": [None, 1]}),
    "one number": ("shape_position", {"type": "Point", "coordinates": [1]}),
    "four numbers": ("shape_position", {"type": "Point", "coordinates": [1, 2, 3, 4]}),
    "too deep": ("shape_position", {"type": "Point", "coordinates": [[1, 2]]}),
    "too shallow": ("shape_no_lists", {"type": "Polygon", "coordinates": SQUARE}),
    "NaN": ("shape_no_number", {"type": "Point", "coordinates": [math.nan, 1]}),
    "infinity": ("shape_no_number", {"type": "Point", "coordinates": [1, -math.inf]}),
    "a huge whole number": ("shape_too_large", {"type": "Point", "coordinates": [10**400, 1]}),
    "a longitude out of range": ("shape_longitude", {"type": "Point", "coordinates": [180.1, 1]}),
    "a latitude out of range": ("shape_latitude", {"type": "Point", "coordinates": [1, 90.1]}),
    "a bow tie": (
        "shape_crosses",
        {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    ),
    "a hole outside": (
        "shape_hole",
        {"type": "Polygon", "coordinates": [SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]]},
    ),
    "a flat ring": ("shape_crosses", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]}),
    "an open ring": ("shape_ring_open", {"type": "Polygon", "coordinates": [SQUARE[:-1]]}),
    "three positions": ("shape_ring_short", {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]}),
    "a line of one": ("shape_line_short", {"type": "LineString", "coordinates": [[0, 0]]}),
    "a line of no length": ("shape_flat", {"type": "LineString", "coordinates": [[0, 0], [0, 0]]}),
    "overlapping parts": ("shape_crosses", {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]}),
    "a foreign reference system": (
        "shape_other_system",
        {
            "type": "Point",
            "coordinates": [1, 2],
            "crs": {"type": "name", "properties": {"name": "EPSG:3857"}},
        },
    ),
    "a reference system that is text": (
        "shape_other_system",
        {"type": "Point", "coordinates": [1, 2], "crs": "EPSG:3857"},
    ),
}


@pytest.mark.parametrize(("code", "geometry"), BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_refused_by_a_code(code, geometry):
    with pytest.raises(ShapeError) as refusal:
        read_geojson(geometry)
    assert str(refusal.value) == refusal.value.code == code


def test_a_self_crossing_polygon_is_refused_without_telling_where_it_lies():
    with pytest.raises(ShapeError) as refusal:
        read_geojson(BAD["a bow tie"][1])
    assert (refusal.value.code, refusal.value.facts) == ("shape_crosses", {})


def test_vertices_are_counted_before_a_shape_is_built():
    many = [[0.001 * index, 0.0] for index in range(101)]
    assert read_geojson({"type": "LineString", "coordinates": many}, max_vertices=101)
    with pytest.raises(ShapeError, match="shape_too_many") as refusal:
        read_geojson({"type": "LineString", "coordinates": many}, max_vertices=100)
    assert refusal.value.facts == {"most": "100"}


def test_a_million_points_are_refused_at_the_limit():
    million = [[0, 0]] * 1_000_000
    with pytest.raises(ShapeError, match="shape_too_many") as refusal:
        read_geojson({"type": "MultiPoint", "coordinates": million})
    assert refusal.value.facts == {"most": "10,000"}


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "geometry", "crs", "x"]), inner, max_size=4)
    ),
    max_leaves=25,
)
TYPES = ["Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon", "Feature"]


@given(kind=st.sampled_from(TYPES), coordinates=JSON, geometry=JSON)
@settings(max_examples=300, deadline=None)
def test_whatever_is_sent_is_read_or_refused_and_never_breaks(kind, coordinates, geometry):
    try:
        read = read_geojson({"type": kind, "coordinates": coordinates, "geometry": geometry})
    except ShapeError:
        return
    assert read.is_valid
    assert not read.is_empty
    assert read_geojson(json.loads(json.dumps(mapping(read)))).equals(read)
