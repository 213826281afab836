"""Coarse cells hide a place among the people around it."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon

from geo.coarsen import TooFewPeople, cell, grow
from geo.shapes import ShapeError, area_square_metres, distance_metres

lons = st.floats(-180, 180)
lats = st.floats(-90, 90)
sides = st.sampled_from([100.0, 1_000.0, 1_250.0, 5_000.0, 7_321.5, 10_000.0, 55_555.0, 320_000.0])
fractions = st.floats(0, 1)


def inside(square: Polygon, across: float, up: float) -> tuple[float, float]:
    """A point of a cell that the cell owns: not on its eastern or northern edge."""
    west, south, east, north = square.bounds
    lon = min(west + across * (east - west), math.nextafter(east, -math.inf))
    lat = min(south + up * (north - south), math.nextafter(north, -math.inf))
    return lon, lat


@given(lon=lons, lat=lats, side=sides)
def test_a_cell_holds_its_point(lon, lat, side):
    assert cell(lon, lat, side).covers(Point(lon, lat))


@given(lon=lons, lat=lats, side=sides, across=fractions, up=fractions)
@settings(max_examples=300)
def test_every_point_of_a_cell_gets_the_identical_polygon(lon, lat, side, across, up):
    square = cell(lon, lat, side)
    assert cell(*inside(square, across, up), side).wkb == square.wkb


@given(lon=lons, lat=lats, side=sides)
def test_a_cell_of_twice_the_side_is_made_of_whole_cells(lon, lat, side):
    small = cell(lon, lat, side)
    if side * 2 <= 320_000:
        large = cell(lon, lat, side * 2)
        assert large.covers(small)
        west, south, east, north = small.bounds
        assert west in (large.bounds[0], (large.bounds[0] + large.bounds[2]) / 2) or east == large.bounds[2]
        assert south == large.bounds[1] or north == large.bounds[3]


@given(lon=lons, lat=st.floats(-72, 72), side=sides)
@settings(max_examples=200)
def test_a_cell_is_about_a_square_of_the_side_asked_for(lon, lat, side):
    square = cell(lon, lat, side)
    west, south, east, north = square.bounds
    off = 0.07 if abs(lat) <= 60 else 0.13
    assert distance_metres(Point(west, south), Point(west, north)) == pytest.approx(side, rel=0.01)
    middle = (south + north) / 2
    assert distance_metres(Point(west, middle), Point(east, middle)) == pytest.approx(side, rel=off)
    assert area_square_metres(square) == pytest.approx(side**2, rel=off + 0.02)


def test_two_neighbours_on_either_side_of_an_edge_get_cells_that_share_it():
    square = cell(30.25, 1.5667, 1_000)
    east = square.bounds[2]
    assert cell(math.nextafter(east, 0), 1.5667, 1_000).equals(square)
    assert cell(east, 1.5667, 1_000).bounds[0] == east


@pytest.mark.parametrize("side", [0, -1, 9, 320_001, math.nan, math.inf])
def test_sides_out_of_range_are_refused(side):
    with pytest.raises(ValueError, match="10 to 320,000"):
        cell(30, 1, side)


@pytest.mark.parametrize("place", [(181, 0), (0, 91), (math.nan, 0), (0, math.inf)])
def test_places_out_of_range_are_refused(place):
    with pytest.raises(ShapeError):
        cell(*place, 1_000)


Village = tuple[float, float, int]
villages = st.lists(st.tuples(st.floats(30.0, 30.6), st.floats(1.0, 1.6), st.integers(0, 2_000)), max_size=12)


def counter(places: list[Village]):
    """People within a cell; a village on an edge counts in the cell that owns the edge."""

    def people_within(square: Polygon) -> int:
        west, south, east, north = square.bounds
        return sum(people for lon, lat, people in places if west <= lon < east and south <= lat < north)

    return people_within


def grown(lon: float, lat: float, places: list[Village], at_least: int = 500) -> Polygon | None:
    try:
        return grow(lon, lat, 5_000, counter(places), at_least, 80_000)
    except TooFewPeople:
        return None


def test_in_a_town_the_smallest_cell_is_enough():
    assert grown(30.25, 1.5, [(30.25, 1.5, 800)]).equals(cell(30.25, 1.5, 5_000))


def test_in_thin_country_the_cell_doubles_until_enough_live_in_it():
    small = cell(30.25, 1.5, 5_000)
    district = cell(30.25, 1.5, 20_000)
    corners = [inside(district, x, y) for x in (0.1, 0.9) for y in (0.1, 0.9)]
    places = [(*corner, 200) for corner in corners]
    large = grown(30.25, 1.5, places)
    assert large.equals(district)
    assert large.covers(small)
    assert counter(places)(large) >= 500


def test_a_town_next_door_hides_nobody_outside_it():
    # Whoever sees the doubled cell knows that the place is not in the town, which has a cell of its own.
    square = cell(30.25, 1.5, 10_000)
    quarters = {cell(*inside(square, x, y), 5_000).wkt for x in (0.25, 0.75) for y in (0.25, 0.75)}
    assert len(quarters) == 4
    town, farm = inside(square, 0.25, 0.25), inside(square, 0.75, 0.75)
    places = [(*town, 100_000), (*farm, 20)]
    assert grown(*town, places).equals(cell(*town, 5_000))
    assert grown(*farm, places) is None


@given(
    places=villages,
    lon=st.floats(30.0, 30.6),
    lat=st.floats(1.0, 1.6),
    across=fractions,
    up=fractions,
)
@settings(max_examples=200, deadline=None)
def test_a_grown_cell_tells_nothing_of_where_in_it_the_place_lies(places, lon, lat, across, up):
    """Any other point of it gets the same cell, or a smaller one whose people were not counted."""
    square = grown(lon, lat, places)
    if square is None:
        return
    assert square.covers(cell(lon, lat, 5_000))
    other = grown(*inside(square, across, up), places)
    assert other is not None
    assert square.covers(other)
    who_get_it = [place for place in places if (at := grown(*place[:2], places)) and at.equals(square)]
    assert sum(people for *_, people in who_get_it) >= 500


@given(places=villages, lon=st.floats(30.0, 30.6), lat=st.floats(1.0, 1.6))
@settings(max_examples=50, deadline=None)
def test_growing_is_the_same_each_time(places, lon, lat):
    first, again = grown(lon, lat, places), grown(lon, lat, places[::-1])
    assert (first is None and again is None) or first.wkb == again.wkb


def nobody(square: Polygon) -> int:
    return 0


def test_the_largest_side_is_never_passed():
    with pytest.raises(TooFewPeople):
        grow(30, 1, 1_000, nobody, 1, 64_000)
    with pytest.raises(ValueError, match="largest side"):
        grow(30, 1, 1_000, nobody, 1, 500)
    with pytest.raises(ValueError, match="largest side"):
        grow(30, 1, 1_000, nobody, 1, math.nan)
