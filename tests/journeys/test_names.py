"""Names on the ground: none over another, none under a mark, provinces and districts in their turn."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.journeys.conftest import SignIn
from tests.journeys.house import House
from tests.journeys.test_picture import stands

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

# Keeps what was written on the canvas of names since it was last wiped: setting its width wipes it.
LISTEN = """(() => {
    const write = CanvasRenderingContext2D.prototype.fillText;
    window.written = [];
    CanvasRenderingContext2D.prototype.fillText = function (name, x, y) {
        if (this.canvas.classList.contains('place-names')) {
            const long = this.measureText(name).width;
            window.written.push({ name, x, y, long, capital: this.font.startsWith('600 14px') });
        }
        return write.call(this, name, x, y);
    };
    const width = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'width');
    Object.defineProperty(HTMLCanvasElement.prototype, 'width', { ...width, set(value) {
        if (this.classList.contains('place-names')) window.written = [];
        width.set.call(this, value);
    } });
})()"""
MARKS = """() => {
    const map = document.querySelector('.leaflet-container').getBoundingClientRect();
    return [...document.querySelectorAll('.leaflet-marker-icon')].map((e) => e.getBoundingClientRect())
        .map((b) => [b.left - map.left, b.top - map.top, b.right - map.left, b.bottom - map.top]);
}"""
Box = tuple[float, float, float, float]


Names = dict[str, tuple[bool, Box]]


def drawn(page: Page) -> tuple[Names, list[Box]]:
    """Names and marks of the view, once neither has changed for a second: layers come one after another."""
    before: Any = None
    for _ in range(30):
        page.wait_for_timeout(1000)
        now: Any = page.evaluate("window.written"), page.evaluate(MARKS)
        if now == before:
            break
        before = now
    written, marks = now
    boxes = {n["name"]: (n["capital"], (n["x"], n["y"] - 5, n["x"] + n["long"], n["y"] + 5)) for n in written}
    return boxes, [tuple(box) for box in marks]


def at(page: Page, zoom: float) -> tuple[Names, list[Box]]:
    page.evaluate("zoom => { vigilMap.setZoom(zoom, { animate: false }); }", zoom)
    return drawn(page)


def meet(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_names_lie_neither_over_one_another_nor_under_marks(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    page.add_init_script(LISTEN)
    stands(page, house)
    seen: set[str] = set()
    for zoom in (7, 8, 9, 10.5):
        written, marks = at(page, zoom)
        assert len(written) > 3
        # The capital alone is written even where there is no room.
        small = {name: box for name, (capital, box) in written.items() if not capital}
        assert [(a, b) for (a, one), (b, other) in combinations(small.items(), 2) if meet(one, other)] == []
        assert marks
        assert [name for name, box in small.items() if any(meet(box, mark) for mark in marks)] == []
        seen |= set(written)
    land = page.request.get(f"{house.url}/map/layers/land.geojson").json()["features"]
    areas = {f["properties"]["title"].upper() for f in land if f["properties"]["kind"] != "land"}
    assert len(areas & seen) > 5
    page.locator('[data-layer="land"]').uncheck()
    assert not areas & set(at(page, 8)[0])
    page.locator('[data-layer="places"]').uncheck()
    assert page.locator(".place-names").count() == 0
