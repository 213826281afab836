"""The mission brings its own base map, of pictures or vectors, by day and night; and a file that is broken."""

from __future__ import annotations

import io
import json
import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import base_maps
from tests.journeys import axe
from tests.journeys.conftest import SignIn
from tests.journeys.house import House, free_port, procfile

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
DEEPEST = 6
TILE = re.compile(r"/basemap/[0-9a-f]{16}/\d+/\d+/\d+$")
OTHER_HALF_OF_THE_DAY = """() => {
    const page = document.documentElement.dataset;
    page.bsTheme = page.bsTheme === 'dark' ? 'light' : 'dark';
    dispatchEvent(new CustomEvent('vigil:theme'));
}"""
# Not the network's silence: what comes in live may never be silent.
DRAWN = """() => [...document.querySelectorAll('input[data-layer]:checked')].every((box) => {
    const state = document.querySelector(`[data-layer-state="${box.dataset.layer}"]`).dataset.state;
    return state && state !== 'loading';
}) && !document.querySelector('.leaflet-basemap-pane .leaflet-tile:not(.leaflet-tile-loaded)')"""
COVERED = """() => {
    const own = document.getElementById('base-map-from').getBoundingClientRect();
    const there = '.leaflet-control, .fit, .print-view .plain, .note:not(:empty)';
    return [...document.querySelectorAll(there)].filter((e) => {
        const b = e.getBoundingClientRect();
        return b.width && own.left < b.right && own.right > b.left && own.top < b.bottom && own.bottom > b.top;
    }).map((e) => e.className);
}"""


@dataclass
class Room:
    """A site of the same house with a slot for a base map; `file` may be changed while it runs."""

    url: str
    file: Path

    def open(self, page: Page) -> None:
        page.goto(f"{self.url}/map")
        page.wait_for_selector("body[data-picture-at]", state="attached")
        page.wait_for_function(DRAWN)


@pytest.fixture(scope="module")
def room(house: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    file, port = tmp_path_factory.mktemp("slot") / "base-map", free_port()
    kept = dict(house.environment)
    house.environment.update(PORT=str(port), VIGIL_BASE_MAP=str(file))
    house.start("room", procfile()["web"])
    house.environment.clear()
    house.environment.update(kept)
    there = House(house.clone, port, house.environment)
    there.wait_until_ready()
    yield Room(there.url, file)
    started = house.processes.pop("room")
    started.terminate()
    started.wait(10)


def around(page: Page) -> list[tuple[int, int, int]]:
    """The tiles of the mission's ground and far about it, to zoom 6."""
    west, south, east, north = json.loads(page.locator(".picture").get_attribute("data-bounds") or "")
    found = []
    for z in range(DEEPEST + 1):
        columns = [int((lon + 180) / 360 * 2**z) for lon in (west - 9, east + 9)]
        rows = [
            int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
            for lat in (north + 9, south - 9)
        ]
        found += [(z, x, y) for x in range(columns[0], columns[1] + 1) for y in range(rows[0], rows[1] + 1)]
    return found


def share(page: Page, is_it: Callable[[tuple[int, ...]], bool]) -> float:
    """How much of the map (without the panels on it) has such a colour."""
    shown = Image.open(io.BytesIO(page.locator(".leaflet-container").screenshot())).convert("RGB")
    raw = shown.resize((200, 150), Image.Resampling.NEAREST).tobytes()
    pixels = list(zip(raw[::3], raw[1::3], raw[2::3], strict=True))
    return sum(map(is_it, pixels)) / len(pixels)


def near(colour: tuple[int, ...]) -> Callable[[tuple[int, ...]], bool]:
    return lambda pixel: all(abs(a - b) <= 12 for a, b in zip(pixel, colour, strict=True))


def bare(page: Page) -> None:
    """Everything off but the base map, so that what is counted is the base map."""
    for box in page.locator("input[data-layer]").all():
        box.uncheck()
    page.locator("#layers > summary").click()
    page.wait_for_timeout(400)


def token(page: Page, name: str) -> tuple[int, ...]:
    written = page.evaluate(
        "n => getComputedStyle(document.documentElement).getPropertyValue(n)", f"--v-{name}"
    )
    return tuple(int(written.strip()[i : i + 2], 16) for i in (1, 3, 5))


def greenish(pixel: tuple[int, ...]) -> bool:
    """The teal of the pictures, muted by day or dimmed by night."""
    red, green, _blue = pixel
    return green > red + 25


def test_a_map_of_pictures_lies_under_the_picture_and_is_switched_off_for_good(
    room: Room, sign_in: SignIn
) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    room.open(page)
    expect(page.locator("#base-map-problem")).to_contain_text("not there")
    plain = share(page, greenish)
    base_maps.mbtiles(room.file, base_maps.plain(around(page)))
    room.open(page)
    expect(page.locator("#base-map")).to_be_checked()
    expect(page.locator("#base-map-from")).to_have_text("© EXERCISE Survey & others")
    expect(page.locator(".leaflet-basemap-pane img.leaflet-tile-loaded").first).to_be_attached()
    # The land is edges alone now; what the mission draws still lies above.
    assert share(page, greenish) > 0.5 > plain
    assert axe.found(page) == []
    bare(page)
    assert share(page, greenish) > 0.9
    page.locator("#layers > summary").click()
    page.locator("#base-map").press("Space")
    expect(page.locator(".leaflet-basemap-pane img")).to_have_count(0)
    expect(page.locator("#base-map-from")).to_be_hidden()
    page.locator('[data-layer="land"]').check()
    room.open(page)
    expect(page.locator("#base-map")).not_to_be_checked()
    assert share(page, near(token(page, "land"))) > 0.2
    assert share(page, greenish) < 0.1


@pytest.mark.parametrize("dark", [False, True])
def test_a_map_of_vectors_is_drawn_in_the_colours_of_day_and_night(
    room: Room, sign_in: SignIn, dark: bool
) -> None:
    page = sign_in("watchkeeper_joc", width=1600, dark=dark)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    room.file.unlink(missing_ok=True)
    room.open(page)
    assert not [url for url in asked if "basemap" in url and "css" not in url]
    base_maps.pmtiles(room.file, base_maps.vectors(around(page)))
    room.open(page)
    expect(page.locator(".leaflet-basemap-pane canvas.leaflet-tile-loaded").first).to_be_attached()
    assert axe.found(page) == []
    bare(page)
    page.wait_for_timeout(600)
    # Half of each tile is water.
    assert 0.25 < share(page, near(token(page, "sea"))) < 0.75
    assert 0.2 < share(page, near(token(page, "land"))) < 0.75
    tiles = len([url for url in asked if TILE.search(url)])
    assert tiles
    assert len([url for url in asked if url.endswith("protomaps-leaflet.js")]) == 1
    # The other half of the day is a redraw and no new question.
    before = token(page, "sea")
    page.evaluate(OTHER_HALF_OF_THE_DAY)
    page.wait_for_timeout(800)
    assert token(page, "sea") != before
    assert len([url for url in asked if TILE.search(url)]) == tiles
    assert 0.25 < share(page, near(token(page, "sea"))) < 0.75


def test_on_a_phone_the_base_map_takes_no_room_and_a_broken_file_takes_no_map(
    room: Room, sign_in: SignIn
) -> None:
    page = sign_in("patrol_cdr", width=360, height=740, dark=True)
    room.open(page)
    base_maps.pmtiles(room.file, base_maps.plain(around(page)))
    room.open(page)
    expect(page.locator(".leaflet-basemap-pane img.leaflet-tile-loaded").first).to_be_attached()
    assert axe.found(page) == []
    overlap: Any = page.evaluate(COVERED)
    assert overlap == []
    room.file.write_bytes(room.file.read_bytes()[:200])
    room.open(page)
    expect(page.locator("#base-map-problem")).to_contain_text("damaged")
    expect(page.locator("[data-layer-state=land]")).to_have_attribute("data-state", "here")
    assert axe.found(page) == []
