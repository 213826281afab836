"""A newcomer finds a mission that has been at work: hours, coverage, how predictable it was, plan beside done."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def test_weeks_of_patrols_stand_behind_the_figures(house: House, sign_in: SignIn) -> None:
    page = sign_in("fc_staff")
    page.goto(f"{house.url}/coverage")
    expect(page.get_by_text("patrols have come back")).to_contain_text(
        re.compile(r"[1-9]\d{2,} patrols have come back")
    )
    expect(page.get_by_text("with police, civilians or a women’s team")).to_be_visible()
    page.goto(f"{house.url}/patrols/predictability")
    expect(page.get_by_text("units repeated a route or an hour")).to_be_visible()
    expect(page.get_by_text("Too few days")).to_have_count(0)
    with house.owner() as owner:
        row = owner.execute(
            "SELECT p.id FROM patrols p JOIN tracked t ON t.patrol_id = p.id JOIN patrol_orders o ON o.patrol_id = p.id "
            "WHERE p.state = 'done' AND p.ended_at < now() - interval '21 days' "
            "AND EXISTS (SELECT 1 FROM positions f WHERE f.tracked_id = t.id) ORDER BY p.id LIMIT 1"
        ).fetchone()
    assert row is not None
    page.goto(f"{house.url}/patrols/{row[0]}")
    expect(page.get_by_role("heading", name="Planned beside done")).to_be_visible()
    expect(page.locator("svg.sketch polyline.way, svg.sketch .way").first).to_be_attached()
    expect(page.get_by_text("no position was reported")).to_have_count(0)
