"""The grid under the pointer (static/js/grid.js) says what the mgrs library says, in a real browser."""

from __future__ import annotations

import base64
import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import mgrs
import pytest
from playwright.sync_api import Browser, Page

import app
from geo import date_time_group

SOURCE = (Path(app.__file__).parent / "static" / "js" / "grid.js").read_bytes()
MODULE = "data:text/javascript;base64," + base64.b64encode(SOURCE).decode()
REFERENCE = re.compile(r"(\d{1,2}[C-X]) ?([A-Z]{2}) ?(\d{5}) ?(\d{5})")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    opened = browser.new_page()
    yield opened
    opened.close()


def references(page: Page, points: list[tuple[float, float]], digits: int = 5) -> list[str]:
    found = page.evaluate(
        "async ([module, points, digits]) => { const { mgrs } = await import(module);"
        " return points.map(([lon, lat]) => mgrs(lon, lat, digits)); }",
        [MODULE, points, digits],
    )
    assert isinstance(found, list)
    return found


def metres(reference: str) -> tuple[str, str, int, int]:
    match = REFERENCE.fullmatch(reference)
    assert match, reference
    zone, square, easting, northing = match.groups()
    return zone.lstrip("0"), square, int(easting), int(northing)


def everywhere(count: int) -> list[tuple[float, float]]:
    """Points all over the grid, with the odd zones of Norway and Svalbard well covered. Fixed seed."""
    chance = random.Random(20261121)
    points = [(chance.uniform(-179.99, 179.99), chance.uniform(-79.9, 83.9)) for _ in range(count)]
    points += [(chance.uniform(-1, 45), chance.uniform(54, 83.9)) for _ in range(count // 2)]
    return points


def test_the_grid_of_the_pointer_is_that_of_the_library(page: Page) -> None:
    library = mgrs.MGRS()
    points = everywhere(4000)
    differing = 0
    for (lon, lat), ours in zip(points, references(page, points), strict=True):
        expected = metres(library.toMGRS(lat, lon, MGRSPrecision=5))
        found = metres(ours)
        if found == expected:
            continue
        # Both cut to the metre; a point on the line may fall to either side of it, never farther.
        differing += 1
        assert found[:2] == expected[:2], (lon, lat)
        assert abs(found[2] - expected[2]) <= 1 and abs(found[3] - expected[3]) <= 1, (lon, lat)
    assert differing < len(points) * 0.01


def test_a_known_place_has_its_known_grid(page: Page) -> None:
    """Bunia, in the handbook: 36NSG 93989 73368 is 1.5667 N 30.2500 E."""
    assert references(page, [(30.25, 1.5667)])[0].replace(" ", "")[:5] == "36NSG"
    zone, square, easting, northing = metres(references(page, [(30.25, 1.5667)])[0])
    assert (zone, square) == ("36N", "SG")
    assert abs(easting - 93989) <= 5 and abs(northing - 73368) <= 5


def test_fewer_figures_name_the_cell_that_holds_the_point(page: Page) -> None:
    full = metres(references(page, [(22.913, 4.871)])[0])
    for digits in range(1, 5):
        _, _, easting, northing = references(page, [(22.913, 4.871)], digits)[0].split()
        assert easting == f"{full[2]:05d}"[:digits]
        assert northing == f"{full[3]:05d}"[:digits]


@pytest.mark.parametrize("lat", [84.5, -80.5, 90.0])
def test_near_the_poles_it_gives_latitude_and_longitude(page: Page, lat: float) -> None:
    assert references(page, [(10.0, lat)]) == [f"{lat:.4f}, 10.0000"]


def test_a_pointer_beyond_the_date_line_comes_round(page: Page) -> None:
    assert references(page, [(182.5, 4.0)]) == references(page, [(-177.5, 4.0)])


def test_the_date_time_group_is_the_houses_own(page: Page) -> None:
    for when in (datetime(2026, 11, 21, 4, 5, tzinfo=UTC), datetime(2030, 1, 1, 0, 0, tzinfo=UTC)):
        found = page.evaluate(
            "async ([module, iso]) => (await import(module)).dateTimeGroup(new Date(iso))",
            [MODULE, when.isoformat()],
        )
        assert found == date_time_group.format(when)
