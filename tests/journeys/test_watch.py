"""Going on watch: refused while nobody could reach him, told by SMS when an alert comes in, answered by SMS."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

NUMBER = "+24399000123"


def spool(house: House) -> Path:
    return Path(house.environment["VIGIL_SMS_SPOOL"])


def latest(house: House, marker: str) -> str:
    """The words of the message to our number that hold the marker, as soon as the gateway has it."""
    for _ in range(120):
        for path in sorted((spool(house) / "outbox").glob(f"OUT*_{NUMBER}_*.txt")):
            words = path.read_text()
            if marker in words:
                path.rename(spool(house) / "sent" / path.name)
                return words
        time.sleep(0.25)
    raise AssertionError(f"no message came: {marker}\n{house.log()}")


def until() -> str:
    return (datetime.now(UTC) + timedelta(hours=8)).strftime("%d%H%MZ%b%y").upper()


def ask_for_the_watch(page: Page) -> None:
    page.select_option("[name=post]", "duty_officer")
    page.fill("[name=until]", until())
    page.get_by_role("button", name="Go on watch").click()


def test_a_watch_from_the_refusal_to_an_answer_by_sms(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=360, height=800)
    page.goto(f"{house.url}/watch")
    ask_for_the_watch(page)
    expect(page.locator("main")).to_contain_text("Nobody goes on watch unreachable")
    page.fill("[name=address]", "+243 99 000 123")
    page.get_by_role("button", name="Keep contact").click()
    page.get_by_role("button", name="Send a test").click()
    expect(page.locator("main")).to_contain_text("A code is on its way")
    code = re.findall(r"\d{6}", latest(house, "Test "))[0]
    page.fill("[name=code]", code)
    page.get_by_role("button", name="Answer").click()
    expect(page.locator("main")).to_contain_text("The contact is tested")
    ask_for_the_watch(page)
    expect(page.locator("main")).to_contain_text("You are on watch")
    expect(page.locator(".posts")).to_contain_text("SMS")
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
    assert axe.found(page) == []

    patrol = sign_in("patrol_cdr", width=360)
    patrol.goto(f"{house.url}/reports/new")
    patrol.select_option("[name=kind]", "attack_under_way")
    patrol.fill("[name=what]", "EXERCISE: armed men at the ford")
    patrol.fill("[name=place]", "-0.5, -5.9")
    patrol.get_by_role("button", name="Send report").click()
    with house.owner() as owner:
        row = owner.execute("SELECT max(id) FROM alerts").fetchone()
    assert row
    words = latest(house, f"Alert {row[0]}:")
    assert "ford" not in words
    answer = re.findall(rf"OK {row[0]} \d{{4}}", words)
    assert answer, words
    when = datetime.now().strftime("%Y%m%d_%H%M%S")
    (spool(house) / "inbox" / f"IN{when}_00_{NUMBER}_00.txt").write_text(answer[0].capitalize())
    for _ in range(60):
        page.goto(f"{house.url}/alerts/{row[0]}")
        if "by SMS" in page.locator("main").inner_text():
            break
        page.wait_for_timeout(250)
    expect(page.locator("main")).to_contain_text("by SMS")
    page.goto(f"{house.url}/messages/replies")
    expect(page.locator("main")).to_contain_text("acknowledge")
    assert axe.found(page) == []
    page.goto(f"{house.url}/watch")
    page.get_by_role("button", name="End this watch of mine").click()
    expect(page.locator("main")).to_contain_text("Your watch is over")


def test_a_ladder_is_read_and_changed_by_keyboard(house: House, sign_in: SignIn) -> None:
    page = sign_in("fc_staff", width=1366)
    page.goto(f"{house.url}/ladders")
    assert axe.found(page) == []
    page.get_by_role("link", name="P4").first.click()
    assert axe.found(page) == []
    page.fill("[name=minutes_2]", "300")
    page.fill("[name=reason]", "EXERCISE: the night shift is short")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("version 2")
    expect(page.locator("main")).to_contain_text("has 5 hours")
