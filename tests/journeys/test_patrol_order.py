"""A patrol is driven on a phone under its order, leaves its line, says why, and is compared with what was planned."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.journeys.axe import found
from tests.journeys.conftest import SignIn
from tests.journeys.house import House
from tests.people import record
from tests.servers import ROOT

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

LOOK = "from workers.runtime import worker_app\nfrom workers.rules import watch\nwith worker_app().app_context(): watch()"


def drive_beside_the_line(house: House, patrol: int, metres: float, minutes: int) -> None:
    """As if it had set off `minutes` ago under an order of before: a fix a minute, beside the first stop."""
    now = datetime.now(UTC)
    with house.owner() as owner, owner.transaction():
        began = now - timedelta(minutes=minutes)
        owner.execute("UPDATE patrols SET started_at = %s WHERE id = %s", [began, patrol])
        owner.execute(
            "UPDATE patrol_orders SET approved_at = %s WHERE patrol_id = %s AND approved_at IS NOT NULL",
            [began - timedelta(minutes=1), patrol],
        )
        owner.execute(
            "INSERT INTO positions (tracked_id, at, place, accuracy_metres) "
            "SELECT t.id, CAST(%s AS timestamptz) + n * interval '1 min', ST_Translate(s.place, 0, %s), 10 "
            "FROM generate_series(1, %s) n, tracked t "
            "JOIN patrol_stops s ON s.patrol_id = t.patrol_id AND s.sequence = 1 WHERE t.patrol_id = %s",
            [began, metres / 111_000, minutes - 1, patrol],
        )
        record(owner)
    environment = house.environment | {"VIGIL_WORKER_DATABASE_URL": house.clone.url("vigil_worker")}
    done = subprocess.run(
        [sys.executable, "-c", LOOK], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


def test_a_patrol_drives_under_its_order_on_a_phone(house: House, sign_in: SignIn) -> None:
    phone = sign_in("patrol_cdr", width=360, height=740, scripts=False)
    phone.goto(f"{house.url}/patrols/mine")
    box = phone.locator(".my-patrol").filter(has_text="Read the order PO-").first
    patrol = int((box.get_attribute("aria-labelledby") or "").removeprefix("patrol-"))
    box.get_by_role("link", name="Read the order").click()
    expect(phone.get_by_text("EXERCISE VHF channel 4")).to_be_visible()
    phone.go_back()
    box.get_by_role("button", name="Set off").click()
    expect(box.get_by_text("Next stop")).to_be_visible()
    drive_beside_the_line(house, patrol, metres=30_000, minutes=40)
    phone.goto(f"{house.url}/patrols/mine")
    expect(box.get_by_text("off its planned line")).to_be_visible()
    box.get_by_label("Why").first.select_option("road_closed")
    box.get_by_role("button", name="Give the reason").click()
    expect(box.get_by_text("off its planned line")).to_have_count(0)

    ops = sign_in("fc_staff")
    ops.goto(f"{house.url}/patrols/{patrol}/order")
    ops.get_by_role("button", name="Give codes for cards at stops").click()
    code = ops.locator("td.mono").first.inner_text()
    box.get_by_label("Code on the card at the stop").fill(code.lower())
    box.get_by_role("button", name="Check in by code").click()
    expect(box.get_by_text("You are at")).to_be_visible()
    expect(box.get_by_text("by code")).to_be_visible()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360

    ops.goto(f"{house.url}/patrols/{patrol}")
    expect(ops.get_by_role("heading", name="Planned beside done")).to_be_visible()
    expect(ops.get_by_text("Road, bridge or ford closed")).to_be_visible()
    assert found(ops) == []
    ops.goto(f"{house.url}/patrols/{patrol}/order")
    ops.get_by_role("button", name="Print the order (PDF)").click()
    ops.get_by_role("link", name="Show the document").click(timeout=180_000)
    expect(ops.locator("article.document")).to_contain_text("EXERCISE VHF channel 4")
