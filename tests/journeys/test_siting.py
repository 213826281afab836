"""Two havens are sited on the exercise, and one more tried by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import axe
from tests.journeys.by_keyboard import fits
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
FOUND = 180_000  # ms, on a machine that does much else


def test_two_havens_are_sited_and_a_change_is_tried(house: House, sign_in: SignIn) -> None:
    page = sign_in("poc_officer", width=1440, height=900)
    page.goto(f"{house.url}/siting/new")
    page.get_by_label("Sector").select_option(index=1)
    page.get_by_label("New sites").fill("2")
    page.get_by_label("Within so many minutes by road").fill("60")
    page.get_by_role("button", name="Look for sites").click()
    answer = page.locator(".answer")
    expect(answer).to_contain_text("2 new sites, at", timeout=FOUND)
    expect(answer).to_contain_text("people within 60 minutes in the rainy season")
    expect(page.locator("body")).to_contain_text("No placement of as many sites")
    expect(page.locator(".siting-map .site.new")).to_have_count(2 + 1)  # and one in the key
    assert axe.found(page) == []
    page.set_viewport_size({"width": 390, "height": 850})
    fits(page)
    page.get_by_label("Add a site at").select_option(index=1)
    page.get_by_role("button", name="Try the change").click()
    expect(answer).to_contain_text("3 new sites, at", timeout=FOUND)
    expect(page.locator("body")).to_contain_text("Before the change")
    fits(page)
