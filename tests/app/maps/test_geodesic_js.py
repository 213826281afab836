"""The map's own measuring against PROJ's geodesics."""

from __future__ import annotations

import base64
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from pyproj import Geod

import app

SOURCE = (Path(app.__file__).parent / "static" / "js" / "geodesic.js").read_bytes()
MODULE = "data:text/javascript;base64," + base64.b64encode(SOURCE).decode()
WGS84 = Geod(ellps="WGS84")


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    yield page
    page.close()


def test_distance_and_bearing_are_those_of_the_ellipsoid(page: Page) -> None:
    chance = random.Random(20261121)
    pairs = []
    for _ in range(400):
        lon, lat = chance.uniform(-180, 180), chance.uniform(-80, 80)
        pairs.append(
            [[lon, lat], [lon + chance.uniform(-9, 9), max(-85, min(85, lat + chance.uniform(-9, 9)))]]
        )
    found = page.evaluate(
        "async ([m, pairs]) => { const { inverse } = await import(m); return pairs.map(([a, b]) => inverse(a, b)); }",
        [MODULE, pairs],
    )
    for ((lon1, lat1), (lon2, lat2)), ours in zip(pairs, found, strict=True):
        bearing, _back, metres = WGS84.inv(lon1, lat1, lon2, lat2)
        assert ours["metres"] == pytest.approx(metres, abs=0.002)
        assert abs((ours["bearing"] - bearing + 180) % 360 - 180) < 1e-4


def test_nearly_opposite_points_get_an_answer(page: Page) -> None:
    ours = page.evaluate("async ([m]) => (await import(m)).inverse([0, 0.3], [179.7, -0.2])", [MODULE])
    assert ours["metres"] == pytest.approx(WGS84.inv(0, 0.3, 179.7, -0.2)[2], rel=0.006)


def test_areas_are_within_a_thousandth_whatever_way_they_are_drawn(page: Page) -> None:
    chance = random.Random(7)
    rings = []
    for _ in range(100):
        lon, lat, size = chance.uniform(-179, 178), chance.uniform(-70, 70), 10 ** chance.uniform(-2, 0.5)
        ring = [
            [lon, lat],
            [lon + size, lat + size * 0.1],
            [lon + size * 0.8, lat + size],
            [lon, lat + size * 0.7],
        ]
        rings.append(ring if chance.random() < 0.5 else ring[::-1])
    found = page.evaluate(
        "async ([m, rings]) => { const { area } = await import(m); return rings.map(area); }", [MODULE, rings]
    )
    for ring, ours in zip(rings, found, strict=True):
        square_metres, _round = WGS84.polygon_area_perimeter(*zip(*ring, strict=True))
        assert ours == pytest.approx(abs(square_metres), rel=0.001)
