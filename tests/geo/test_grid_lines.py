"""The grid of a sheet: each line is where its figures say, and ends with its zone."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo import grid_zones
from geo.grid_lines import grid_lines, step_for
from geo.grid_reference import format_point


@settings(deadline=None, max_examples=40)
@given(st.floats(-175, 170), st.floats(-75, 70), st.floats(0.01, 4), st.floats(0.01, 4))
@example(west=1.1125369292536007e-308, south=0.0, wide=1.0, high=1.0)
def test_every_vertex_of_a_line_has_the_coordinate_that_the_line_says(
    west: float, south: float, wide: float, high: float
) -> None:
    extent = (west, south, west + wide, south + high)
    step = step_for(extent)
    for line in grid_lines(extent, step):
        assert line.metres % step == 0
        for lon, lat in line.line:
            assert west - 1e-9 <= lon <= west + wide + 1e-9 and south - 1e-9 <= lat <= south + high + 1e-9
        # Inside the zone, away from its edges, the grid reference of the line's middle begins with its figures.
        lon, lat = line.line[len(line.line) // 2]
        zone = format_point(lon, lat, 0)[:3]
        zone_west, zone_south, zone_east, zone_north = grid_zones.limits(int(zone[:2]), zone[2])
        if zone_west + 1e-6 < lon < zone_east - 1e-6 and zone_south + 1e-6 < lat < zone_north - 1e-6:
            east, north = grid_zones.utm(int(zone[:2]), zone[2] >= "N").transform(lon, lat)
            # A chord between two vertices leaves a bent line by less than a thousandth of a square.
            assert abs((east if line.kind == "easting" else north) - line.metres) < step / 50


def test_the_map_of_a_small_mission_is_ruled_in_squares_of_ten_kilometres() -> None:
    extent = (20.2, 4.1, 20.8, 4.4)
    step = step_for(extent)
    assert step == 10_000
    lines = grid_lines(extent, step)
    assert {line.figures(step) for line in lines if line.kind == "northing"} == {"60", "70", "80"}
    assert len([line for line in lines if line.kind == "easting"]) in (6, 7)


def test_no_line_crosses_into_the_next_zone() -> None:
    west_of, east_of = [], []
    for line in grid_lines((17.5, 4.0, 18.5, 4.6), 10_000):
        lons = [lon for lon, _lat in line.line]
        assert max(lons) <= 18 + 1e-9 or min(lons) >= 18 - 1e-9
        (west_of if max(lons) <= 18 + 1e-9 else east_of).append(line)
    assert west_of and east_of


@pytest.mark.parametrize("extent", [(1, 1, 1, 2), (2, 1, 1, 2), (0, 0, 400, 1), (0, -91, 1, 1)])
def test_an_extent_that_is_none_is_refused(extent: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="west, south, east, north"):
        grid_lines(extent, 1000)
