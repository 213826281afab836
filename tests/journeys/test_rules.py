"""A rule is written, tried against history and switched on: by keyboard, on a phone, and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.by_keyboard import fits, tab_to
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(("width", "dark"), [(1366, False), (390, True)])
def test_a_rule_is_written_tried_and_switched_on_by_keyboard(
    house: House, sign_in: SignIn, width: int, dark: bool
) -> None:
    page = sign_in("poc_officer", width=width, height=850, dark=dark)
    page.goto(f"{house.url}/rules")
    expect(page.locator("main")).to_contain_text("EXERCISE Attacks that gather")
    fits(page)
    tab_to(page, "Write a rule")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="What shall it watch?")).to_be_visible()
    fits(page)
    tab_to(page, "Gathering of incidents")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Gathering of incidents")).to_be_visible()
    fits(page)
    for label, words in (
        ("Name of the rule", f"EXERCISE by keyboard {width}"), ("Red from", "3"), ("Within so many km", "20"),
        ("Within so many hours", "240"), ("Of kind", "Attack under way"),
        ("Why it is written so", "EXERCISE: tried by keyboard alone"),
    ):  # fmt: skip
        tab_to(page, label)
        page.keyboard.type(words)
    tab_to(page, "Test against the last 30 days")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Against history")).to_be_visible()
    expect(page.locator("#test")).to_contain_text("It would have fired")
    fits(page)
    tab_to(page, "Store rule")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("switched off: it watches nothing")
    expect(page.locator("p.lead")).to_contain_text(
        "When 3 incidents (any kind) happen within 20 km and 10 days"
    )
    tab_to(page, "Switch on in my name")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("The rule watches, in your name.")
    fits(page)


def test_a_rule_is_edited_without_scripts(house: House, sign_in: SignIn) -> None:
    page = sign_in("poc_officer", width=390, scripts=False)
    page.goto(f"{house.url}/rules")
    page.get_by_role("link", name="EXERCISE Patrol silent").click()
    page.get_by_role("link", name="Write a new version").click()
    page.fill("[name=red]", "120")
    page.fill("[name=why]", "EXERCISE: ninety minutes were too few")
    page.get_by_role("button", name="Store new version").click()
    expect(page.locator("p.lead")).to_contain_text("has told no position for 2 hours")
    expect(page.locator("ol.timeline li")).to_have_count(2)
