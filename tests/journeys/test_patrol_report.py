"""A quiet patrol is reported on a phone in a few taps, over a line that drops; an officer debriefs it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.journeys.by_keyboard import fits
from tests.journeys.conftest import SignIn
from tests.journeys.house import House
from tests.people import record

CALL_SIGN = "EXERCISE QUIET-1"
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def planned(house: House) -> str:
    """A patrol of one stop for this journey alone, led by the exercise's patrol commander; its call sign."""
    with house.owner() as owner, owner.transaction():
        owner.execute(
            "WITH made AS (INSERT INTO patrols "
            "(call_sign, unit_id, leader_id, sector_id, purpose, planned_start, planned_end) "
            "SELECT %s, unit_id, leader_id, sector_id, 'presence', now(), now() + interval '6 hours' FROM patrols "
            "WHERE leader_id = (SELECT id FROM people WHERE username = 'patrol_cdr') ORDER BY id LIMIT 1 RETURNING id) "
            "INSERT INTO patrol_stops (patrol_id, sequence, name, place) "
            "SELECT made.id, 1, 'EXERCISE market', (SELECT place FROM patrol_stops ORDER BY id LIMIT 1) FROM made",
            [CALL_SIGN],
        )
        record(owner)
    return CALL_SIGN


def test_a_quiet_patrol_is_reported_in_six_taps_and_debriefed(house: House, sign_in: SignIn) -> None:
    call_sign = planned(house)
    phone = sign_in("patrol_cdr", width=360, height=740)
    phone.goto(f"{house.url}/patrols/mine")
    box = phone.locator(".my-patrol").filter(has_text=call_sign)
    box.get_by_role("button", name="Set off").click()
    box.get_by_role("button", name="Done").click()
    taps = [phone.get_by_role("link", name=f"Report of {call_sign}")]
    taps[-1].click()
    expect(phone.locator("#where-saved")).to_have_text("Saved on the server: 0 of 17")
    fits(phone)
    for role, name in (("", "Nothing happened…"), ("button", "Confirm: nothing happened")):
        taps.append(
            phone.get_by_role("button", name=name) if role else phone.locator("summary", has_text=name)
        )
        taps[-1].click()
    expect(phone.get_by_role("heading", name="Assessment")).to_be_visible()
    expect(phone.locator("#where-saved")).to_have_text("Saved on the server: 16 of 17")
    phone.context.set_offline(True)
    phone.get_by_label("Facts, in short").fill("EXERCISE: quiet, market open.")
    taps.append(phone.locator("#assessment").get_by_role("button", name="Keep and go on"))
    taps[-1].click()
    expect(phone.locator("#where-saved")).to_contain_text("Saved on this phone, waiting for a line: 1")
    phone.context.set_offline(False)
    expect(phone.locator("#where-saved")).to_have_text("Saved on the server: 17 of 17")
    fits(phone)
    taps.append(phone.get_by_role("link", name="Check and send…"))
    taps[-1].click()
    for why in phone.locator("#send textarea").all():
        why.fill("EXERCISE: the journey has no receiver.")
    fits(phone)
    taps.append(phone.get_by_role("button", name="Send report"))
    taps[-1].click()
    expect(phone.locator("main")).to_contain_text("Waits for debrief")
    assert len(taps) == 6

    desk = sign_in("fc_staff")
    desk.goto(f"{house.url}/patrol-reports")
    desk.locator("tr", has_text=call_sign).get_by_role("link", name="Patrol report").click()
    expect(desk.locator("main")).to_contain_text("EXERCISE: quiet, market open.")
    desk.get_by_label("What the debrief brought").fill("EXERCISE: nothing beyond the report.")
    desk.get_by_role("button", name="Debriefed").click()
    expect(desk.locator("main")).to_contain_text("Waits for approval")
    fits(desk)


def test_what_was_not_sent_for_three_days_is_no_longer_on_the_phone(house: House, sign_in: SignIn) -> None:
    phone = sign_in("patrol_cdr", width=360, height=740)
    phone.evaluate(
        """() => {
            const block = (hours) => ({ said: [], done: true, at: Date.now() - hours * 3600e3 });
            localStorage.setItem("vigil.report.1", JSON.stringify({ route: block(73), status: block(71) }));
            localStorage.setItem("vigil.report.2", JSON.stringify({ route: block(200) }));
            localStorage.setItem("vigil.report.3", "not ours");
        }"""
    )
    phone.context.clear_cookies()
    phone.goto(f"{house.url}/sign-in")
    kept = phone.evaluate(
        "() => Object.fromEntries(Object.keys(localStorage).filter((k) => k.startsWith('vigil.report.'))"
        ".map((k) => [k, Object.keys(JSON.parse(localStorage.getItem(k)))]))"
    )
    assert kept == {"vigil.report.1": ["status"]}
