"""Measures in a real browser: by keyboard, on a phone, without scripts, on paper; and as a file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys import axe
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

# One worker for all journeys: each would start a house of its own, and two houses are too many for two cores.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


@pytest.mark.parametrize(("role", "width", "dark"), [("hom", 1366, False), ("auditor", 360, True)])
def test_measures_are_read_from_the_whole_to_one_and_its_parts(
    house: House, sign_in: SignIn, role: str, width: int, dark: bool
) -> None:
    page = sign_in(role, width=width, dark=dark)
    page.goto(f"{house.url}/measures")
    expect(page.get_by_role("row").filter(has_text="Response rate, mission")).to_contain_text(
        re.compile(r"\d+ of \d+")
    )
    assert axe.found(page) == []
    page.get_by_role("link", name="Response rate, mission").click()
    expect(page.locator("main")).to_contain_text("Denominator")
    expect(page.get_by_role("img", name=re.compile("Response rate, mission by month"))).to_be_visible()
    # The newest month that has ended and holds an alert, by sector.
    with house.owner() as owner:
        newest = owner.execute(
            "SELECT to_char(max(raised_at) AT TIME ZONE 'UTC', 'YYYY-MM') FROM alerts "
            "WHERE raised_at < date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'"
        ).fetchone()
    assert newest
    page.locator("#f-period").select_option(newest[0])
    page.locator("#f-by").select_option("sector")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("heading", name="Sector")).to_be_visible()
    assert axe.found(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
    alerts = page.locator("#behind + div a")
    if role == "hom":
        expect(alerts.first).to_be_visible()
    else:
        expect(alerts).to_have_count(0)
    page.emulate_media(media="print")
    expect(page.locator("form.filters")).to_be_hidden()


def test_released_figures_are_fetched_without_scripts(house: House, sign_in: SignIn) -> None:
    page = sign_in("poc_officer", width=360, scripts=False)
    page.goto(f"{house.url}/measures?view=released")
    expect(page.locator("main")).to_contain_text("Cells of fewer than five are hidden")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    lines = Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("#indicator+code,#indicator+name,#date+start")
    assert len(lines) > 40
