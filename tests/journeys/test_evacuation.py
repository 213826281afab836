"""An evacuation is planned from an alert, corrected, solved again and issued; it is read on a phone too."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys import axe
from tests.journeys.by_keyboard import fits
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def alert_among_places(house: House) -> int:
    """The newest alert with places of some people about it: where other journeys raised theirs, nobody may live."""
    with house.owner() as owner:
        row = owner.execute(
            "SELECT a.id FROM alerts a WHERE (SELECT count(*) FROM places p WHERE p.population > 0 "
            "AND ST_DWithin(p.place::geography, a.place::geography, 25000)) >= 2 ORDER BY a.id DESC LIMIT 1"
        ).fetchone()
    assert row is not None
    return int(row[0])


def test_an_evacuation_is_planned_after_an_alert_corrected_and_issued(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc")
    page.goto(f"{house.url}/alerts/{alert_among_places(house)}")
    page.get_by_role("link", name="Plan an evacuation…").click()
    page.get_by_label("Within, in km").fill("25")
    page.get_by_role("button", name="Plan it").click()
    expect(page.get_by_role("heading", name="Who goes where")).to_be_visible()
    expect(page.locator("svg.flows")).to_be_visible()
    assert axe.found(page) == []
    page.get_by_text("Correct the numbers and search again").click()
    page.locator("input[name^='people-']").first.fill("999999999")
    page.get_by_role("button", name="Search again with these numbers").click()
    expect(page.get_by_role("alert")).to_be_visible()
    expect(page.locator("input[name^='people-']").first).to_have_value("999999999")
    page.locator("input[name^='people-']").first.fill("199999")
    page.get_by_role("button", name="Search again with these numbers").click()
    expect(page.locator(".overflow-said")).to_contain_text("people have no place")
    expect(page.get_by_role("heading", name="Changed since the plan before")).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 850})
    fits(page)
    page.get_by_role("button", name="Issue evacuation order").click()
    expect(page.locator("body")).to_contain_text("The evacuation order is issued")
    assert axe.found(page) == []
