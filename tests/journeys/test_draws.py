"""Days are drawn by chance: a mix is found, its days are sealed, drawn, seen as plans, opened once over, and checked by
anybody with the proof alone."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.app.draws.world import at_hour, draws
from tests.journeys import axe
from tests.journeys.by_keyboard import fits
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]
FOUND = 300_000  # ms: a search of ten seconds and its proof, on a machine that does much else
DONE = 120  # s until the house has done what it was asked
HOUSE = "workers.draws.keep_up"


@pytest.fixture
def by_hand(house: House) -> Iterator[None]:
    """The house leaves what is due to the officers: else it would at times draw a day a moment before they do."""
    with house.owner() as owner:
        owner.execute(
            "INSERT INTO outbox (queue, job, args, created_at, enqueued_at, finished_at) "
            "VALUES ('slow', %s, '[]', now() + interval '1 day', now(), now())", [HOUSE],
        )  # fmt: skip
        until_done(house)
        yield
        owner.execute("DELETE FROM outbox WHERE job = %s AND created_at > now() + interval '1 hour'", [HOUSE])


def until_done(house: House) -> None:
    ends = time.monotonic() + DONE
    with house.owner() as owner:
        while owner.execute(
            "SELECT 1 FROM outbox WHERE job = %s AND finished_at IS NULL", [HOUSE]
        ).fetchone():
            assert time.monotonic() < ends, f"the house is still at it\n{house.log()}"
            time.sleep(0.2)


def until_numbered(house: House, draw: int) -> None:
    """Until the signed log has a number for the day's sealing."""
    ends = time.monotonic() + DONE
    with house.owner() as owner:
        while owner.execute(
            "SELECT 1 FROM ledger_events WHERE subject = %s AND action = 'draws.sealed' AND leaf_index IS NULL",
            [f"draws:{draw}"],
        ).fetchone():
            assert time.monotonic() < ends, f"the sealing got no number\n{house.log()}"
            time.sleep(0.2)


@pytest.mark.usefixtures("by_hand")
def test_days_are_sealed_drawn_opened_and_checked(house: House, sign_in: SignIn, tmp_path: Path) -> None:
    page = sign_in("fc_staff")
    with house.owner() as owner:
        (sector,) = owner.execute(
            "SELECT sector_id FROM unit_means WHERE sector_id IN (SELECT sector_id FROM sites) "
            "AND cardinality(days) = 7 GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1"
        ).fetchone() or (None,)
    page.goto(f"{house.url}/draws")
    page.get_by_label("Sector", exact=True).select_option(str(sector))
    # At whatever hour this runs, that day can still be sealed.
    first = datetime.now(UTC).date() + timedelta(days=3)
    page.get_by_label("First day", exact=True).fill(first.isoformat())
    page.get_by_label("For", exact=True).select_option("2")
    page.get_by_label("Search for", exact=True).select_option("10")
    page.get_by_role("button", name="Search for a mix").click()
    accept = page.get_by_role("button", name="Accept, and seal its days")
    expect(accept).to_be_visible(timeout=FOUND)
    expect(page.get_by_role("heading", name="What it leaves to an attacker")).to_be_visible()
    assert axe.found(page) == []
    mix = int(page.url.split("?")[0].rsplit("/", 1)[1])
    accept.click()
    expect(page.get_by_text("2 days are sealed.")).to_be_visible()
    expect(page.get_by_role("row", name=first.isoformat())).to_contain_text("Sealed")
    with house.owner() as owner:
        drawn, by_house = draws(owner, mix)
        page.goto(f"{house.url}/draws/{drawn}")
        expect(page.get_by_text("sealed until the day is over")).to_be_visible()
        expect(page.get_by_role("button", name="Draw now")).to_have_count(0)

        at_hour(owner, drawn, due=True)  # the evening before
        page.reload()
        page.get_by_role("button", name="Draw now").click()
        expect(page.get_by_text("The day is drawn. Its plan waits to be issued.")).to_be_visible(
            timeout=60_000
        )
        expect(page.get_by_text("Drawn by chance").first).to_be_visible()
        expect(page.get_by_role("button", name="Issue orders")).to_be_visible()
        plan = page.url.split("?")[0]

        at_hour(owner, drawn, over=True)
    page.goto(f"{house.url}/draws/{drawn}")
    page.get_by_role("button", name="Open the seed").click()
    expect(page.locator(".draw-fair")).to_contain_text("Yes.")
    assert axe.found(page) == []

    until_numbered(house, drawn)
    check_as_anybody(house, sign_in("analyst_jmac", width=390, height=850), drawn, tmp_path)

    with house.owner() as owner:
        at_hour(owner, by_house, due=True)
        owner.execute("INSERT INTO outbox (queue, job, args) VALUES ('slow', %s, '[]')", [HOUSE])
    until_done(house)
    page.goto(f"{house.url}/draws/mixes/{mix}")
    later = page.get_by_role("row", name=(first + timedelta(days=1)).isoformat())
    expect(later).to_contain_text("Drawn")
    later.get_by_role("link", name="Plan").click()
    expect(page.get_by_text("Drawn by chance").first).to_be_visible()
    assert page.url.split("?")[0] != plan


def check_as_anybody(house: House, page: Page, draw: int, folder: Path) -> None:
    """With the page's own lines of Python and the file that it gives, and nothing of Vigil."""
    page.goto(f"{house.url}/draws/{draw}")
    expect(page.locator(".draw-fair")).to_contain_text("Yes.")
    expect(page.get_by_text("The sealing is entry")).to_be_visible()
    fits(page)
    (folder / "recipe.py").write_text(page.locator(".draw-recipe code").inner_text())
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the proof").click()
    download.value.save_as(folder / "proof.json")
    told = subprocess.run(
        [sys.executable, "-I", "recipe.py", "proof.json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.stdout.startswith("fair\n"), told.stdout + told.stderr
