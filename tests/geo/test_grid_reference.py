"""Military grid references: squares, not points."""

import math
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shapely.geometry import Point

from geo.grid_reference import GridReferenceError, format_point, parse
from geo.shapes import distance_metres

DIGITS = st.integers(0, 5)


def test_a_point_is_written_with_spaces():
    assert format_point(30.25, 1.5667) == "36N SG 93989 73368"
    assert format_point(30.25, 1.5667, digits=3) == "36N SG 939 733"
    assert format_point(30.25, 1.5667, digits=0) == "36N SG"


def test_a_truncated_grid_reference_is_a_cell_not_a_point():
    cell = parse("36NSG939733")
    assert (cell.text, cell.digits, cell.precision_m) == ("36N SG 939 733", 3, 100)
    assert cell.polygon.contains(Point(30.25, 1.5667))
    assert cell.polygon.contains(Point(*cell.centre))
    # The handbook's checked value is the centre; the corner lies half a diagonal (70.7 m) to the south-west.
    assert cell.centre == pytest.approx((30.24965, 1.56653), abs=1e-5)
    assert distance_metres(Point(*cell.south_west), Point(*cell.centre)) == pytest.approx(70.7, abs=0.2)
    assert cell.south_west[0] < cell.centre[0]
    assert cell.south_west[1] < cell.centre[1]


@pytest.mark.parametrize("digits", range(6))
def test_a_cell_has_the_side_that_its_figures_say(digits):
    cell = parse(format_point(31.5, 3.3, digits))
    assert cell.precision_m == 10 ** (5 - digits)
    corner, next_corner = Point(*cell.south_west), Point(cell.polygon.bounds[2], cell.polygon.bounds[3])
    diagonal = cell.precision_m * math.sqrt(2)
    assert distance_metres(corner, next_corner) == pytest.approx(diagonal, rel=0.05)


@pytest.mark.parametrize(
    "text", ["36nsg9398973368", " 36N SG 93989 73368 ", "36 N S G 93989 73368", "36N\u00a0SG 9398973368"]
)
def test_case_and_spaces_do_not_matter(text):
    assert parse(text).text == "36N SG 93989 73368"


def test_a_zone_may_lack_its_leading_nought():
    assert parse("4QFJ1234").text == "04Q FJ 12 34"


def test_neighbouring_towns_may_lie_in_different_zones():
    assert format_point(29.2, -1.68).startswith("35M")  # Goma
    assert format_point(30.25, 1.5667).startswith("36N")  # Bunia


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [(4, 60.5, "32V"), (2.9, 60.5, "31V"), (8, 75, "31X"), (15, 75, "33X"), (30, 80, "35X"), (40, 83, "37X")],
)
def test_norway_and_svalbard_have_zones_of_their_own(lon, lat, zone):
    written = format_point(lon, lat)
    assert written.startswith(zone)
    assert parse(written).polygon.distance(Point(lon, lat)) < 1e-6


@given(lon=st.floats(-180, 180), lat=st.floats(-80, 84), digits=DIGITS)
@example(lon=180.0, lat=0.0, digits=5)
@example(lon=-180.0, lat=84.0, digits=0)
@example(lon=3.0, lat=56.0, digits=2)
@example(lon=9.0, lat=72.0, digits=1)
@example(lon=42.0, lat=83.999999, digits=0)
@example(lon=30.0, lat=-1e-9, digits=4)
@example(lon=5.0, lat=-80.0, digits=0)
@settings(max_examples=400, deadline=None)
def test_a_points_reference_at_any_precision_is_a_cell_that_holds_the_point(lon, lat, digits):
    check_holds(lon, lat, digits)


@given(
    zone=st.integers(-30, 29),
    lon_nudge=st.floats(-1e-3, 1e-3),
    lat=st.one_of(st.floats(56, 64), st.floats(72, 84), st.integers(-10, 10).map(lambda n: 8.0 * n)),
    digits=DIGITS,
)
@settings(max_examples=200, deadline=None)
def test_so_it_is_at_the_edges_of_zones_and_bands(zone, lon_nudge, lat, digits):
    check_holds(max(-180.0, min(180.0, 3.0 * 2 * zone + lon_nudge)), lat, digits)


def check_holds(lon: float, lat: float, digits: int) -> None:
    cell = parse(format_point(lon, lat, digits))
    # 180° E is 180° W: the reference says the latter.
    away = min(cell.polygon.distance(Point(x, lat)) for x in ((lon, lon - 360.0) if lon > 179.99 else (lon,)))
    assert away < 1e-6  # some 10 cm
    assert cell.digits == digits
    assert cell.polygon.is_valid
    west, south, east, north = cell.polygon.bounds
    assert -180 <= west < east <= 180
    assert -80.0001 <= south < north <= 84.0001
    assert cell.polygon.covers(Point(*cell.centre))
    assert parse(cell.text) == cell


@given(lon=st.floats(-180, 180), lat=st.floats(-79.9, 83.9))
@settings(max_examples=100, deadline=None)
def test_fewer_figures_give_a_cell_around_the_one_of_more(lon, lat):
    cells = [parse(format_point(lon, lat, digits)).polygon for digits in range(6)]
    for larger, smaller in pairwise(cells):
        assert larger.buffer(2e-5).covers(smaller)  # chords of a 100 km square bend away by up to 2 m


def test_a_cell_ends_where_its_zone_ends():
    cell = parse("36N SG")
    assert cell.polygon.bounds[0] >= 30.0
    assert cell.south_west[0] < 30.0


def test_a_grid_carried_some_way_over_the_zones_edge_is_understood():
    # From a map of zone 36 that reaches a little west of 30° E.
    cell = parse("36N SG 50000 73368")
    assert 29.8 < cell.centre[0] < 30.0


def test_a_grid_far_over_the_zones_edge_is_refused():
    with pytest.raises(GridReferenceError, match="grid_no_such_square"):
        parse("36N SG 00000 73368")


BAD = {
    "": "grid_empty",
    "   ": "grid_empty",
    "36N SG 939 7336": "grid_uneven",
    "36NSG93973": "grid_uneven",
    "36N SG 123456 123456": "grid_too_many_figures",
    "36N SI 939 733": "grid_i_or_o",
    "36O SG 939 733": "grid_i_or_o",
    "939733": "grid_zone_and_square_missing",
    "SG 939 733": "grid_zone_missing",
    "36N 939 733": "grid_square_missing",
    "36N S 939 733": "grid_square_missing",
    "36N": "grid_square_missing",
    "36": "grid_zone_and_square_missing",
    "61N SG 939 733": "grid_no_such_zone",
    "00N SG 939 733": "grid_no_such_zone",
    "36A SG 939 733": "grid_no_such_zone",
    "32X MG 12 34": "grid_no_such_zone",
    "36N AG 939 733": "grid_no_such_square",
    "36N SZ 939 733": "grid_no_such_square",
    "36N XA 5 5": "grid_no_such_square",
    "ZAH 12345 67890": "grid_polar",
    "Y XG 1 1": "grid_polar",
    "36N SG 93-73": "grid_characters",
    "36N SG 93.9 73.3": "grid_characters",
    "36N SG 9 3 9 7 3 3": "grid_groups",
    "36N SG \u0661\u0662": "grid_characters",
    "36N SG 939 733 <script>alert(1)</script>": "grid_characters",
    "36N SG " + "1" * 1000: "grid_too_long",
}


@pytest.mark.parametrize(("text", "reason"), BAD.items())
def test_what_cannot_be_read_is_refused_with_a_code(text, reason):
    with pytest.raises(GridReferenceError) as refusal:
        parse(text)
    assert refusal.value.code == reason


@given(st.text(alphabet="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ abc\n-\u00e9", max_size=20) | st.text())
@settings(max_examples=500, deadline=None)
def test_whatever_is_sent_is_read_or_refused_and_never_breaks(text):
    try:
        cell = parse(text)
    except GridReferenceError:
        return
    assert cell.polygon.area > 0


@given(
    zone=st.integers(1, 60),
    band=st.sampled_from("CDEFGHJKLMNPQRSTUVWX"),
    square=st.text(alphabet="ABCDEFGHJKLMNPQRSTUVWXYZ", min_size=2, max_size=2),
    figures=st.integers(0, 5).flatmap(
        lambda n: st.text(alphabet="0123456789", min_size=2 * n, max_size=2 * n)
    ),
)
@settings(max_examples=300, deadline=None)
def test_every_square_that_is_read_lies_in_or_just_beside_its_zone_and_in_its_band(
    zone, band, square, figures
):
    try:
        cell = parse(f"{zone}{band}{square}{figures}")
    except GridReferenceError:
        return
    south = -80 + 8 * "CDEFGHJKLMNPQRSTUVWX".index(band)
    assert south - 1e-4 <= cell.centre[1] <= south + (12 if band == "X" else 8) + 1e-4
    assert cell.polygon.is_valid


@pytest.mark.parametrize(
    ("lon", "lat", "digits"),
    [(0, 84.1, 5), (0, -80.1, 5), (math.nan, 0, 5), (0, math.inf, 5), (181, 0, 5), (0, 0, 6), (0, 0, -1)],
)
def test_a_place_outside_the_grid_is_not_written(lon, lat, digits):
    with pytest.raises(GridReferenceError):
        format_point(lon, lat, digits)
