"""Finding by one key, handing the shift over from one browser to another, and printing what is seen."""

from __future__ import annotations

import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_a_place_is_found_by_keyboard_alone_and_shown_on_the_map(house: House, sign_in: SignIn) -> None:
    with house.owner() as owner:
        row = owner.execute("SELECT name FROM places WHERE length(name) > 7 ORDER BY id LIMIT 1").fetchone()
    assert row
    page = sign_in("watchkeeper_joc", width=1366)
    page.goto(f"{house.url}/alerts")
    page.keyboard.press("/")
    page.keyboard.type(row[0][:3] + row[0][4:])  # a letter is missing
    page.keyboard.press("Enter")
    expect(page.locator(".found")).to_contain_text(row[0])
    page.get_by_role("link", name=f"{row[0]} on the map").first.click()
    expect(page).to_have_url(re.compile(r"/map"))
    expect(page.locator("path.found-here")).to_be_visible()


def test_a_shift_goes_from_one_officer_to_the_next(house: House, sign_in: SignIn) -> None:
    said = f"EXERCISE: watch the ferry at first light, {uuid.uuid4().hex[:6]}"
    outgoing = sign_in("watchkeeper_joc", width=1366)
    outgoing.goto(f"{house.url}/handovers/new")
    outgoing.fill("[name=note]", said)
    outgoing.get_by_role("button", name="Sign and hand over").click()
    expect(outgoing.locator(".signatures")).to_contain_text("not yet")
    path = outgoing.url.removeprefix(house.url)
    incoming = sign_in("fc_staff", width=360, dark=True)
    incoming.goto(f"{house.url}/handovers")
    expect(incoming.locator(".waiting").filter(has_text=said)).to_be_visible()
    incoming.goto(f"{house.url}{path}")
    incoming.get_by_role("button", name="Sign and accept the shift").click()
    expect(incoming.locator("main")).to_contain_text("The shift is yours")
    wide = incoming.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
    outgoing.reload()
    expect(outgoing.locator(".signatures")).not_to_contain_text("not yet")


def test_what_is_seen_on_the_map_is_printed(house: House, sign_in: SignIn) -> None:
    page = sign_in("hom", width=1366)
    page.goto(f"{house.url}/map")
    page.wait_for_timeout(1500)
    page.get_by_role("button", name="Print this view").click()
    expect(page).to_have_url(re.compile(r"/documents/\d+$"))
    ready = page.get_by_role("link", name="Show the document")
    expect(ready).to_be_visible(timeout=180_000)
    ready.click()
    expect(page.locator("article.document")).to_contain_text("Legend")
    expect(page.locator("article.document")).to_contain_text("UTM, WGS 84")
