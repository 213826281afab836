"""The map lives: patrols move under the eyes of who looks on, and what nobody has taken is counted and heard."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, expect

from tests.journeys.conftest import SignIn
from tests.journeys.house import House, procfile
from tests.servers import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@contextmanager
def playing(house: House) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "exercise", "play", "--speed", "120", "--minutes", "2"],
        cwd=ROOT, env=house.environment, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(30) == 0


def until(page: Page, true: Callable[[], bool], seconds: float = 60) -> None:
    """The page's policy lets no waiting expression be evaluated in it."""
    ends = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < ends, "it did not come about"
        page.wait_for_timeout(250)


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("VIGIL_TEST_SCREENSHOTS"):
        page.screenshot(path=f"{folder}/{name}.png")


def test_the_map_moves_with_the_exercise_and_counts_what_nobody_has_taken(
    house: House, sign_in: SignIn
) -> None:
    duty = sign_in("watchkeeper_joc", width=1600)
    duty.goto(f"{house.url}/map")
    expect(duty.locator("#queue li").first).to_be_visible()
    bell = duty.locator("[data-sound-toggle]")
    expect(bell).to_be_visible()
    assert bell.get_attribute("aria-pressed") == "false", "sound is off until somebody wants it"
    bell.click()
    expect(bell).to_have_attribute("data-rang", "1")
    before = duty.evaluate("document.title")
    asked: list[str] = []
    duty.on(
        "request", lambda request: asked.append(request.url) if "/layers/patrols" in request.url else None
    )
    with playing(house):
        # Some of the exercise's own stand on the map already: the play has begun when the layer comes again and again.
        until(duty, lambda: len(asked) > 3)
        assert duty.locator(".patrol-head.under_way").count() > 3
        asked.clear()
        duty.wait_for_timeout(6_000)
        assert 2 < len(asked) < 12, "the layer comes again when patrols have moved, and at most once a second"
        until(duty, lambda: int(bell.get_attribute("data-rang") or 0) > 1)
        title = duty.evaluate("document.title")
        assert title.startswith("(") and title != before
        expect(bell.locator(".untaken")).to_be_visible()
        with house.owner() as owner:
            row = owner.execute(
                "SELECT patrol_id FROM positions p JOIN tracked t ON t.id = p.tracked_id "
                "WHERE received_at > now() - interval '1 minute' GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
            ).fetchone()
        assert row
        with duty.expect_response(lambda r: "/api/v1/tracks/" in r.url) as answer:
            duty.evaluate(
                "url => [...document.querySelectorAll('.patrol-head')].length && "
                "document.body.dispatchEvent(new CustomEvent('vigil:chosen', { detail: url }))",
                f"/patrols/{row[0]}/panel",
            )
        assert answer.value.json()["geometry"]["type"] == "LineString"
        expect(duty.locator("path.track").first).to_be_attached()
        shot(duty, "living-map")
    narrow = sign_in("watchkeeper_joc", width=360, height=740, dark=True)
    narrow.goto(f"{house.url}/map")
    expect(narrow.locator("[data-sound-toggle]")).to_be_visible()
    shot(narrow, "living-narrow")
    assert narrow.evaluate("document.documentElement.scrollWidth") <= 360


def test_a_line_that_breaks_says_so_and_catches_up(house: House, sign_in: SignIn) -> None:
    duty = sign_in("watchkeeper_joc")
    duty.goto(f"{house.url}/map")
    expect(duty.locator("#queue li").first).to_be_visible()
    duty.wait_for_timeout(1_000)
    live = house.processes["live"]
    live.terminate()
    live.wait(10)
    expect(duty.locator("#live-state")).not_to_be_empty(timeout=10_000)
    missed: list[str] = []
    house.start("live", procfile()["live"])
    duty.on(
        "request", lambda request: missed.append(request.url) if "/layers/havens" in request.url else None
    )
    expect(duty.locator("#live-state")).to_be_empty(timeout=45_000)
    duty.wait_for_timeout(500)
    assert missed, "what may have changed meanwhile is fetched anew"


def test_a_question_under_way_when_the_line_comes_back_does_not_call_it_lost(
    house: House, sign_in: SignIn
) -> None:
    duty = sign_in("watchkeeper_joc")
    duty.goto(f"{house.url}/map")
    expect(duty.locator("#queue li").first).to_be_visible()
    duty.wait_for_timeout(1_000)
    version = duty.locator('meta[name="vigil-version"]').get_attribute("content")
    held: list[Route] = []
    duty.route(lambda url: urlsplit(url).path == version, lambda route: held.append(route))
    house.processes["live"].terminate()
    house.processes["live"].wait(10)
    until(duty, lambda: bool(held))
    caught_up: list[str] = []
    duty.on(
        "request", lambda request: caught_up.append(request.url) if "/layers/havens" in request.url else None
    )
    house.start("live", procfile()["live"])
    until(duty, lambda: bool(caught_up))
    for question in held:
        question.continue_()
    duty.wait_for_timeout(1_000)
    expect(duty.locator("#live-state")).to_be_empty()


def test_a_page_that_made_room_for_a_newer_one_listens_again_when_it_is_looked_at(
    house: House, sign_in: SignIn
) -> None:
    oldest = sign_in("watchkeeper_joc")
    oldest.goto(f"{house.url}/alerts")
    oldest.wait_for_timeout(1_000)
    # In a browser of their own: one browser opens no more than six lines to a server.
    newer = sign_in("watchkeeper_joc")
    for _ in range(6):
        newer.context.new_page().goto(f"{house.url}/alerts")
    expect(oldest.locator("#live-state")).not_to_be_empty(timeout=45_000)
    newer.context.close()
    oldest.evaluate("dispatchEvent(new Event('focus'))")
    expect(oldest.locator("#live-state")).to_be_empty(timeout=45_000)
