"""A week of patrols is planned, a stop dragged, one kept, one left out, solved again, compared, its orders issued."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.axe import found
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def open_every_day(page: Page) -> None:
    shut = page.locator(".plan-day:not([open]) > summary")
    while shut.count():
        shut.first.click()


def test_a_week_is_planned_changed_and_ordered(house: House, sign_in: SignIn) -> None:
    page = sign_in("fc_staff")
    with house.owner() as owner:
        row = owner.execute(
            "SELECT sector_id FROM unit_means WHERE sector_id IN (SELECT sector_id FROM sites) "
            "GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone()
        assert row
    page.goto(f"{house.url}/plans")
    page.get_by_label("Sector", exact=True).select_option(str(row[0]))
    page.get_by_label("For", exact=True).select_option("7")
    page.get_by_role("button", name="Plan patrols").click()
    expect(page.get_by_role("button", name="Issue orders")).to_be_visible(timeout=180_000)
    assert found(page) == []
    first = page.url.split("?")[0]
    open_every_day(page)
    # Below the stop that stands first the second one is held, and let go above it.
    tour = page.locator(".plan-day .plan-tour:has(tr:nth-child(2) .plan-grip)").first
    number = tour.get_attribute("data-tour")
    before = tour.locator("tr[data-task]").evaluate_all("rows => rows.map(row => row.dataset.task)")
    tour.scroll_into_view_if_needed()
    above, below = (tour.locator("tr[data-task]").nth(n).bounding_box() for n in (0, 1))
    grip = tour.locator(".plan-grip").nth(1).bounding_box()
    assert above and below and grip
    page.mouse.move(grip["x"] + 10, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 10, above["y"] + 6, steps=6)
    expect(tour.locator("tr[data-task]").first).to_have_attribute("data-task", before[1])
    page.mouse.up()
    expect(page.get_by_text("is now stop 1 of")).to_be_visible()
    chosen = page.locator(f"[name=order_{number}]").input_value()
    assert chosen.split(",")[:2] == [before[1], before[0]]
    # With the keys back, and there again.
    tour.locator(".plan-grip").first.press("ArrowDown")
    assert page.locator(f"[name=order_{number}]").input_value() == ",".join(before)
    page.keyboard.press("ArrowUp")
    changes = page.locator(f".plan-tour:not([data-tour='{number}']) select[name^='wish_']")
    kept, out = changes.nth(0), changes.nth(1)
    task, dropped = kept.get_attribute("name"), out.get_attribute("name")
    kept.select_option("keep")
    out.select_option("out")
    page.get_by_role("button", name="Search again").click()
    page.wait_for_url(lambda url: url.split("?")[0] != first)
    expect(page.get_by_role("button", name="Issue orders")).to_be_visible(timeout=180_000)
    open_every_day(page)
    now = page.locator(f"[data-tour='{number}'] tr[data-task]").evaluate_all(
        "rows => rows.map(row => row.dataset.task)"
    )
    stand = [task for task in now if task in before[:2]]
    if len(stand) == 2:
        assert stand == [before[1], before[0]]
        expect(page.locator(f"[data-tour='{number}']")).to_contain_text("order kept")
    # Where the roads and hours allow no such order, the page says so of the visit that fell out.
    for fallen in set(before[:2]) - set(stand):
        expect(page.locator("tr", has=page.locator(f"[name=wish_{fallen}]"))).to_contain_text(
            "it can’t be done where an officer put it"
        )
    expect(page.locator("tr", has=page.locator(f"[name={task}]"))).to_contain_text("kept")
    expect(page.locator("tr", has=page.locator(f"[name={dropped}]"))).to_contain_text(
        "an officer left it out"
    )
    page.get_by_role("link", name=f"plan {first.rsplit('/', 1)[1]}", exact=True).first.click()
    expect(page.get_by_role("heading", name="What differs")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Issue orders").click()
    expect(page.get_by_text("patrols are planned")).to_be_visible()
    expect(page.get_by_text("Orders issued")).to_be_visible()
    page.locator(".plan-tour a").first.click()
    expect(page.get_by_text("By patrol plan")).to_be_visible()
