"""A watchkeeper's hour by keyboard alone: thirty entries, duplicates, a merge and its undo, a P1 through to feedback."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

WHY = "EXERCISE: said in a sentence why."
ENTRIES, REPEATED = 30, 6
WORDS = ("men on motorbikes at the ferry", "smoke over the market", "families leave on foot", "shots behind the school",
         "a checkpoint on the bridge road", "cattle driven off at dawn")  # fmt: skip


class Keyboard:
    """One browser, and nothing of it but its keys."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)

    def tab_to(self, selector: str, most: int = 150) -> None:
        """Press Tab until the focus is there."""
        for _turn in range(most):
            if self.page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"the focus does not come to {selector}")

    def enter(
        self,
        words: str,
        place: str,
        kind: str = "Cattle raid",
        priority: int = 3,
        source: str = "",
        same_as: int | None = None,
    ) -> None:
        """One entry, begun where the page puts the focus."""
        expect(self.page.locator("[name=verbatim]")).to_be_focused()
        self.type(words)
        self.press("Alt+k")
        self.type(kind)
        self.press(f"Alt+{priority}", "Alt+w")
        self.type(place)
        if source:
            self.press("Alt+s")
            self.type(source)
        if same_as is not None:
            expect(self.page.locator(f"#same-{same_as}")).to_be_visible()
            self.press("Alt+t")
            for _turn in range(8):
                if self.page.evaluate("document.activeElement.value") == str(same_as):
                    break
                self.press("ArrowDown")
            self.tab_to("[name=verbatim]")
        self.save()
        if self.page.get_by_text("Not stored yet").count():
            self.save()
        expect(self.page.locator("#flashes")).to_contain_text("was raised")

    def save(self) -> None:
        with self.page.expect_navigation():
            self.press("Control+Enter")

    def act(self, alert: int, name: str, fields: dict[str, str], follow: bool = True) -> None:
        """Open an act of the alert's page, fill it, send it."""
        form = f"form[action='/alerts/{alert}/{name}']"
        if fields:
            self.tab_to(f"details:has({form}) > summary")
            if not self.page.evaluate("document.activeElement.parentElement.open"):
                self.press("Enter")
        for field, value in fields.items():
            self.tab_to(f"{form} [name={field}]")
            if self.page.evaluate("document.activeElement.tagName") == "SELECT":
                self.type(value)
            elif value == "Space":
                self.press("Space")
            else:
                self.press("Control+a")
                self.type(value)
        self.tab_to(f"{form} button")
        # Drawn anew after the answer: whatever is done in between is undone by it.
        self.page.evaluate("document.querySelectorAll('#thing-alert').forEach(e => e.dataset.old = '')")
        with self.page.expect_response(lambda r: r.request.method == "POST") as answer:
            self.press("Enter")
        assert answer.value.status in (200, 303), answer.value.text()[:300]
        expect(self.page.locator("#thing-alert[data-old]")).to_have_count(0)
        expect(self.page.locator("#thing-alert")).to_be_attached()


def last(house: House) -> int:
    with house.owner() as owner:
        row = owner.execute("SELECT id FROM alerts ORDER BY id DESC LIMIT 1").fetchone()
    assert row
    return int(row[0])


def facts(house: House, alert: int) -> Any:
    with house.owner() as owner:
        return owner.execute(
            "SELECT leader_id, priority, status FROM alerts WHERE id = %s", [alert]
        ).fetchone()


def test_a_watchkeeper_s_hour(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1366)
    keys = Keyboard(page)
    page.goto(f"{house.url}/console")
    first: dict[int, int] = {}
    began = time.monotonic()
    for n in range(ENTRIES):
        spot = n % (ENTRIES - REPEATED)
        place = f"{0.2 + 0.4 * (spot // 5):.1f}, {-6.3 + 0.4 * (spot % 5):.1f}"
        words = f"EXERCISE: {WORDS[spot % len(WORDS)]}, {40 + spot} people"
        keys.enter(words, place, priority=3 + n % 2, source=f"S-{700 + n}", same_as=first.get(spot))
        if n < ENTRIES - REPEATED:
            first[spot] = last(house)
        else:
            assert facts(house, last(house))[0] == first[spot]
    assert time.monotonic() - began < 120 * ENTRIES
    follower, leader = last(house), first[(ENTRIES - 1) % (ENTRIES - REPEATED)]

    # A merge is taken back, and made again from the alert's own page.
    keys.tab_to(f"a[href='/alerts/{follower}']")
    keys.press("Enter")
    expect(page.locator("#thing-alert")).to_contain_text(f"tells of the same as Alert {leader}")
    keys.act(follower, "part", {"note": WHY})
    assert facts(house, follower)[0] is None
    expect(page.locator("#thing-alert")).to_contain_text("Perhaps the same event")
    assert axe.found(page) == []
    keys.act(follower, "merge", {"note": WHY})
    assert facts(house, follower)[0] == leader

    # A P1, from the call to what the source was told.
    page.goto(f"{house.url}/console")
    assert axe.found(page) == []
    keys.enter(
        "EXERCISE: armed men enter the village now", "0.6, -4.2", kind="Attack u", priority=1, source="S-799"
    )
    alert = last(house)
    keys.tab_to(f"a[href='/alerts/{alert}']")
    keys.press("Enter")
    expect(page.locator("#thing-alert")).to_contain_text("S-799")
    with page.expect_response(lambda r: r.request.method == "POST"):
        keys.press("a")
    keys.act(alert, "act-at-once", {"note": WHY})
    keys.act(alert, "triage", {"place": "0.61, -4.21", "note": WHY})
    keys.act(alert, "call-back", {"question": "EXERCISE: how many are they?"})
    keys.act(alert, "called-back", {"result": "adds", "answer": "EXERCISE: about twenty"})
    found = {"verification": "Corroborated", "source_reliability": "B", "credibility": "2"}
    keys.act(alert, "verify", {**found, "note": WHY})
    keys.act(alert, "decide", {"response": "Patrol", "authority": "Sector", "note": WHY})
    keys.act(alert, "task", {"order": "EXERCISE: warn the village by radio"})
    keys.act(alert, "outcome", {"outcome": "Threat", "note": WHY})
    keys.act(alert, "feedback", {"told": "Space", "note": WHY})
    keys.act(alert, "close", {"lesson": "EXERCISE: the network rang early"})
    assert facts(house, alert)[1:] == ("P1", "closed")
    expect(page.locator("#thing-alert")).to_contain_text("place corrected, before")


def test_what_two_must_hold_true_is_approved_in_another_browser(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1366)
    keys = Keyboard(page)
    page.goto(f"{house.url}/console")
    keys.enter("EXERCISE: a column of trucks was seen", "3.0, -4.0", priority=1)
    alert = last(house)
    page.goto(f"{house.url}/alerts/{alert}")
    with page.expect_response(lambda r: r.request.method == "POST"):
        keys.press("a")
    found = {"verification": "Verified", "source_reliability": "B", "credibility": "2"}
    keys.act(alert, "verify", {**found, "note": WHY})
    expect(page.locator("#thing-alert")).to_contain_text("waits for a second person")
    second = sign_in("fc_staff", width=360, dark=True)
    second.goto(f"{house.url}/alerts/{alert}")
    Keyboard(second).act(alert, "approve-verification", {"approve": "Space"})
    expect(second.locator("#thing-alert .timeline")).to_contain_text("approved by a second person")


def test_without_scripts_what_may_be_told_already_is_a_step(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=360, height=740, scripts=False)
    for turn in range(2):
        page.goto(f"{house.url}/console")
        page.fill("[name=verbatim]", "EXERCISE: the bridge is blocked by a crowd")
        page.fill("[name=place]", "3.4, -3.6")
        page.check("[name=priority][value=P3]")
        page.select_option("[name=kind]", "mob_risk")
        page.get_by_role("button", name="Raise alert").click()
        if turn:
            expect(page.locator("main")).to_contain_text("Not stored yet")
            page.locator("[name=same_as]").nth(1).check()
            page.get_by_role("button", name="Raise alert").click()
        expect(page.locator("main")).to_contain_text("was raised")
    expect(page.locator(".recent")).to_contain_text("merged into alert")


def test_the_keys_of_the_console_can_be_switched_off(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1366)
    page.goto(f"{house.url}/console")
    keys = Keyboard(page)
    keys.press("Alt+2")
    expect(page.locator("[name=priority][value=P2]")).to_be_checked()
    keys.tab_to("#desk-keys-on")
    keys.press("Space")
    keys.press("Alt+3")
    expect(page.locator("[name=priority][value=P2]")).to_be_checked()
    page.reload()
    expect(page.locator("#desk-keys-on")).not_to_be_checked()
    expect(page).to_have_url(re.compile(r"/console"))
