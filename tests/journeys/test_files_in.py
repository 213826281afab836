"""A file is brought in by keyboard alone, and a vehicle is registered and given its device; desktop and phone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.app.imports.files import written
from tests.journeys.by_keyboard import fits, tab_to
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

ROWS = [
    ("EX-Z1", "EXERCISE Zwickel", -0.51, -5.91),
    ("EX-Z2", "EXERCISE Above", -0.49, -5.88),
    ("EX-Z3", "", 0.1, 0.1),
]


@pytest.mark.parametrize(("width", "dark"), [(1366, False), (390, True)])
def test_a_file_comes_in_by_keyboard(
    house: House, sign_in: SignIn, tmp_path: Path, width: int, dark: bool
) -> None:
    page = sign_in("fc_staff", width=width, height=850, dark=dark)
    page.goto(f"{house.url}/imports")
    fits(page)
    tab_to(page, "What it holds")
    page.keyboard.type("Places")
    # Chromium opens the desktop's own chooser at Enter, which no test can work; the file is put where it would.
    page.set_input_files("#import-file", written(tmp_path, "gpkg", ROWS))
    tab_to(page, "Send file")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Which column is what")).to_be_visible(timeout=180_000)
    expect(page.locator("#field-code")).to_have_value("c:code")
    expect(page.locator(".import-sketch svg circle")).to_have_count(3)
    expect(page.get_by_role("region", name="The first rows")).to_contain_text("EXERCISE Zwickel")
    fits(page)
    tab_to(page, "Kind")
    page.keyboard.type("village")
    expect(page.locator("#field-kind")).to_have_value("e:village")
    tab_to(page, "Import")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Refused rows")).to_be_visible(timeout=180_000)
    expect(page.locator("main")).to_contain_text("name is missing")
    fits(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Refused rows as CSV").click()
    assert download.value.path().read_text(encoding="utf-8-sig").splitlines() == [
        "row,reason",
        "3,name is missing",
    ]
    with house.owner() as owner:
        found = owner.execute("SELECT kind FROM places WHERE code IN ('EX-Z1', 'EX-Z2')").fetchall()
    assert found == [("village",), ("village",)]


@pytest.mark.parametrize(("width", "dark"), [(1366, True), (390, False)])
def test_a_vehicle_is_registered_and_its_device_shown_once(
    house: House, sign_in: SignIn, width: int, dark: bool
) -> None:
    page = sign_in("fc_staff", width=width, height=850, dark=dark)
    page.goto(f"{house.url}/carriers")
    fits(page)
    page.get_by_role("link", name="Register carrier").click()
    page.locator("#call_sign").fill(f"EXERCISE TRUCK {width}")
    fits(page)
    page.get_by_role("button", name="Register carrier").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(f"EXERCISE TRUCK {width}")
    page.get_by_role("button", name="Give device").press("Enter")
    key = page.locator("#key").inner_text()
    expect(page.locator(".device-code svg")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="The phone has it").press("Enter")
    expect(page.locator("main")).not_to_contain_text(key)
    fits(page)
    page.get_by_text("End its key…").press("Enter")
    page.get_by_label("Lost or captured since").fill("nonsense")
    page.get_by_role("button", name="End key of").press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Lost or captured since").fill("")
    page.get_by_role("button", name="End key of").press("Enter")
    expect(page.locator("#flashes")).to_contain_text("has ended")
    fits(page)
