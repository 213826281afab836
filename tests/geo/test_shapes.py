"""Degrees in, metres measured, degrees out."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box

from geo.shapes import ShapeError, area_square_metres, buffer_metres, circle, distance_metres

BUNIA = (30.25, 1.5667)
geod = Geod(ellps="WGS84")
lons = st.floats(-180, 180)
lats = st.floats(-70, 70)


def test_a_degree_of_longitude_shrinks_with_latitude():
    assert distance_metres(Point(10, 0), Point(11, 0)) == pytest.approx(111_319.5, abs=0.1)
    assert distance_metres(Point(10, 60), Point(11, 60)) == pytest.approx(55_800, abs=1)


def test_the_distance_over_the_meridian_is_the_short_way_round():
    assert distance_metres(Point(179.99, 0), Point(-179.99, 0)) == pytest.approx(2_226, abs=1)
    west, east = box(179.8, -1, 179.9, 1), box(-179.9, -1, -179.8, 1)
    assert distance_metres(west, east) == pytest.approx(0.2 * 111_320, rel=1e-3)
    assert distance_metres(east, west) == pytest.approx(0.2 * 111_320, rel=1e-3)


def test_shapes_that_meet_are_no_metres_apart():
    assert distance_metres(Point(30.5, 1.5), box(30, 1, 31, 2)) == 0.0
    assert distance_metres(LineString([(0, 0), (1, 1)]), LineString([(0, 1), (1, 0)])) == 0.0


def test_an_edge_is_straight_in_degrees_as_geojson_has_it():
    # The middle of this edge lies at 45° N; a geodesic between its ends would pass 3 km north of it.
    edge = LineString([(0, 45), (5, 45)])
    assert distance_metres(edge, Point(2.5, 45)) == pytest.approx(0, abs=10)


@given(lon=lons, lat=lats, azimuth=st.floats(0, 360), metres=st.floats(1, 200_000))
@settings(max_examples=60, deadline=None)
def test_a_point_at_a_known_geodesic_distance_from_a_small_area_is_measured_so(lon, lat, azimuth, metres):
    there = geod.fwd(lon, lat, azimuth, metres)
    line = LineString([(lon, lat), (lon, lat + 1e-7)])
    assert distance_metres(line, Point(there[0], there[1])) == pytest.approx(metres, rel=1e-3, abs=0.1)


@given(lon=lons, lat=lats, metres=st.floats(10, 100_000), azimuth=st.floats(0, 360))
@settings(max_examples=60, deadline=None)
def test_a_buffer_holds_what_is_nearer_and_leaves_out_what_is_further(lon, lat, metres, azimuth):
    area = buffer_metres(Point(lon, lat), metres)
    assert area.is_valid
    inside = geod.fwd(lon, lat, azimuth, metres * 0.99)
    outside = geod.fwd(lon, lat, azimuth, metres * 1.01)
    assert area.buffer(1e-9).intersects(Point(inside[0], inside[1]))
    assert not area.intersects(Point(outside[0], outside[1]))


def test_a_buffer_over_the_meridian_is_cut_there():
    area = buffer_metres(Point(179.99, 5), 10_000)
    assert isinstance(area, MultiPolygon)
    west, _, east, _ = area.bounds
    assert (west, east) == (-180.0, 180.0)
    assert area_square_metres(area) == pytest.approx(math.pi * 1e8, rel=5e-3)


def test_a_shape_already_cut_at_the_meridian_is_buffered_as_one():
    cut = MultiPolygon([box(179.9, 0, 180, 0.1), box(-180, 0, -179.9, 0.1)])
    grown = buffer_metres(cut, 1_000)
    assert grown.intersects(Point(179.895, 0.05))
    assert grown.intersects(Point(-179.895, 0.05))
    assert not grown.intersects(Point(0, 0.05))


def test_negative_metres_shrink_a_polygon_to_nothing_at_last():
    square = box(30, 1, 30.1, 1.1)
    assert square.contains(buffer_metres(square, -1_000))
    assert buffer_metres(square, -10_000).is_empty


@given(lon=lons, lat=lats, radius=st.floats(1, 100_000))
@settings(max_examples=60, deadline=None)
def test_the_corners_of_a_circle_lie_on_its_radius(lon, lat, radius):
    ring = circle(lon, lat, radius)
    parts = list(ring.geoms) if isinstance(ring, MultiPolygon) else [ring]
    for part in parts:
        for x, y in part.exterior.coords:
            if abs(x) != 180.0:  # corners made by the cut lie inside
                assert geod.inv(lon, lat, x, y)[2] == pytest.approx(radius, rel=1e-6, abs=1e-3)


def test_areas_are_those_of_the_ellipsoid():
    # A whole hemisphere's octant strip, checked against the published area of the WGS 84 ellipsoid.
    world = sum(area_square_metres(box(lon, -90, lon + 90, 90)) for lon in (-180, -90, 0, 90))
    assert world == pytest.approx(510_065_621_724_088, rel=1e-4)
    holed = Polygon(box(0, 0, 1, 1).exterior, [box(0.25, 0.25, 0.75, 0.75).exterior])
    hole = area_square_metres(box(0.25, 0.25, 0.75, 0.75))
    assert area_square_metres(holed) == pytest.approx(area_square_metres(box(0, 0, 1, 1)) - hole)
    assert area_square_metres(Point(*BUNIA)) == 0.0


@pytest.mark.parametrize(
    ("code", "use"),
    [
        ("shape_empty", lambda: buffer_metres(Point(), 10)),
        ("shape_distance", lambda: buffer_metres(Point(*BUNIA), math.nan)),
        ("shape_distance", lambda: buffer_metres(Point(*BUNIA), 2_000_000)),
        ("shape_pole", lambda: buffer_metres(Point(0, 88.9), 100_000)),
        ("shape_longitude", lambda: buffer_metres(Point(200, 0), 10)),
        ("shape_no_number", lambda: distance_metres(Point(math.nan, 0), Point(0, 0))),
        ("shape_radius", lambda: circle(0, 0, 0)),
        ("shape_distance", lambda: circle(0, 0, math.inf)),
        ("shape_no_number", lambda: circle(0, math.nan, 10)),
        ("shape_latitude", lambda: circle(0, 91, 10)),
        ("shape_empty", lambda: area_square_metres(Polygon())),
    ],
)
def test_what_cannot_be_measured_is_refused(code, use):
    with pytest.raises(ShapeError) as refusal:
        use()
    assert refusal.value.code == code
