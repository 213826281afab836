"""GeoJSON from outside is read with suspicion."""

import json
import math

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


BAD = {
    "not an object": [1, 2],
    "no type": {},
    "a collection": {"type": "GeometryCollection", "geometries": []},
    "a type that is a list": {"type": ["Point"], "coordinates": [1, 2]},
    "a feature without geometry": {"type": "Feature", "geometry": None},
    "no coordinates": {"type": "Point"},
    "an empty point": {"type": "Point", "coordinates": []},
    "an empty multipoint": {"type": "MultiPoint", "coordinates": []},
    "an empty polygon": {"type": "Polygon", "coordinates": []},
    "an empty part": {"type": "MultiPolygon", "coordinates": [[SQUARE], []]},
    "an empty ring": {"type": "Polygon", "coordinates": [[]]},
    "text for numbers": {"type": "Point", "coordinates": ["1", "2"]},
    "text for coordinates": {"type": "Point", "coordinates": "12"},
    "truth values": {"type": "Point", "coordinates": [True, False]},
    "null": {"type": "Point", "coordinates": [None, 1]},
    "one number": {"type": "Point", "coordinates": [1]},
    "four numbers": {"type": "Point", "coordinates": [1, 2, 3, 4]},
    "too deep": {"type": "Point", "coordinates": [[1, 2]]},
    "too shallow": {"type": "Polygon", "coordinates": SQUARE},
    "NaN": {"type": "Point", "coordinates": [math.nan, 1]},
    "infinity": {"type": "Point", "coordinates": [1, -math.inf]},
    "a huge whole number": {"type": "Point", "coordinates": [10**400, 1]},
    "a longitude out of range": {"type": "Point", "coordinates": [180.1, 1]},
    "a latitude out of range": {"type": "Point", "coordinates": [1, 90.1]},
    "a bow tie": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]},
    "a hole outside": {
        "type": "Polygon",
        "coordinates": [SQUARE, [[5, 5], [6, 5], [6, 6], [5, 5]]],
    },
    "a flat ring": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [2, 2], [0, 0]]]},
    "an open ring": {"type": "Polygon", "coordinates": [SQUARE[:-1]]},
    "three positions": {"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [0, 0]]]},
    "a line of one": {"type": "LineString", "coordinates": [[0, 0]]},
    "a line of no length": {"type": "LineString", "coordinates": [[0, 0], [0, 0]]},
    "overlapping parts": {"type": "MultiPolygon", "coordinates": [[SQUARE], [SQUARE]]},
    "a foreign reference system": {
        "type": "Point",
        "coordinates": [1, 2],
        "crs": {"type": "name", "properties": {"name": "EPSG:3857"}},
    },
    "a reference system that is text": {"type": "Point", "coordinates": [1, 2], "crs": "EPSG:3857"},
}


@pytest.mark.parametrize("geometry", BAD.values(), ids=BAD.keys())
def test_what_is_wrong_is_refused_with_two_sentences(geometry):
    with pytest.raises(ShapeError) as refusal:
        read_geojson(geometry)
    said = str(refusal.value)
    assert said.endswith(".")
    assert said.count(". ") == 1, "what is wrong, then what to do"


def test_a_self_crossing_polygon_is_refused_without_telling_where_it_lies():
    with pytest.raises(ShapeError, match="crosses or touches itself") as refusal:
        read_geojson(BAD["a bow tie"])
    assert "0.5" not in str(refusal.value)


def test_vertices_are_counted_before_a_shape_is_built():
    many = [[0.001 * index, 0.0] for index in range(101)]
    assert read_geojson({"type": "LineString", "coordinates": many}, max_vertices=101)
    with pytest.raises(ShapeError, match="more than 100 positions"):
        read_geojson({"type": "LineString", "coordinates": many}, max_vertices=100)


def test_a_million_points_are_refused_at_the_limit():
    million = [[0, 0]] * 1_000_000
    with pytest.raises(ShapeError, match="more than 10,000 positions"):
        read_geojson({"type": "MultiPoint", "coordinates": million})


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
