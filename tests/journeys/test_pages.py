"""Every page of every role in a real browser: nothing from another host, nothing against the page's policy."""

from __future__ import annotations

import json
import uuid

import pytest
from playwright.sync_api import Page, expect

from tests.journeys import axe
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

# One worker for all journeys: each would start a house of its own, and two houses are too many for two cores.
pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]

MARKUP = "<img src=x onerror=alert(1)><script>alert(2)</script>${alert(3)}{{7*7}}'\"</textarea>"


# All scripts have run when a page has loaded; what they put off to the next picture has come, too.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))"


def menu(page: Page) -> list[str]:
    links = page.locator("header nav a, header details.menu a")
    return sorted({str(links.nth(i).get_attribute("href")) for i in range(links.count())})


@pytest.mark.parametrize(
    ("role", "width", "dark", "by_axe"),
    [
        ("watchkeeper_joc", 1920, True, False), ("watchkeeper_joc", 1366, False, True),
        ("watchkeeper_joc", 360, True, True), ("hom", 1366, True, True), ("hr_case_supervisor", 1366, True, False),
        ("hr_case_supervisor", 360, False, True), ("fc_staff", 360, True, False), ("patrol_cdr", 360, False, True),
        ("sector_ops", 1366, False, False), ("sysadmin", 1366, False, True), ("auditor", 360, True, False),
        ("cla", 360, False, False), ("cp_officer", 360, True, True), ("partner_ngo", 360, False, False),
        ("hrd_self", 360, True, False),
    ],
)  # fmt: skip
def test_each_page_of_the_menu_opens_cleanly_and_fits(
    house: House, sign_in: SignIn, role: str, width: int, dark: bool, by_axe: bool
) -> None:
    """And, where it is asked, axe finds nothing wrong with any of them."""
    page = sign_in(role, width=width, height=800, dark=dark)
    wrong = {}
    seen = [page.url.removeprefix(house.url), *menu(page), "/account"]
    for path in seen:
        answer = page.goto(f"{house.url}{path}")
        assert answer is None or answer.status == 200, (path, answer and answer.status)
        if path == "/map":
            page.wait_for_selector("body[data-picture-at]", state="attached")
        page.evaluate(SETTLED)
        expect(page.locator(".marking").first).to_contain_text("EXERCISE")
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, f"{path} is {wide} pixels too wide for {width}"
        if by_axe and (found := axe.found(page)):
            wrong[path] = found
    assert wrong == {}, json.dumps(wrong, indent=1)


def test_the_longest_menu_stands_on_one_line_where_it_is_a_bar(house: House, sign_in: SignIn) -> None:
    page = sign_in("poc_officer", width=1200)
    page.goto(f"{house.url}/forecast")
    tops = "[...document.querySelectorAll('nav.wide > ul > li')].map(li => li.getBoundingClientRect().top)"
    assert len(set(page.evaluate(tops))) == 1
    expect(page.locator(".who")).to_contain_text(house.accounts["poc_officer"]["name"])
    page.set_viewport_size({"width": 1199, "height": 800})
    expect(page.locator("nav.wide")).to_be_hidden()


def test_markup_in_a_report_is_text_on_every_page_that_shows_it(house: House, sign_in: SignIn) -> None:
    patrol = sign_in("patrol_cdr", width=360)
    patrol.goto(f"{house.url}/reports/new")
    patrol.select_option("[name=kind]", "attack_under_way")
    patrol.fill("[name=what]", MARKUP[:190])
    patrol.fill("[name=place]", "-0.5, -5.9")
    patrol.locator("details.more summary").click()
    patrol.fill("[name=text]", MARKUP)
    patrol.fill("[name=actors]", MARKUP)
    patrol.get_by_role("button", name="Send report").click()
    expect(patrol.locator("main")).to_contain_text("onerror=alert(1)")
    with house.owner() as owner:
        row = owner.execute("SELECT id, report_id FROM alerts ORDER BY id DESC LIMIT 1").fetchone()
    assert row
    duty = sign_in("watchkeeper_joc")
    for path in (
        f"/alerts/{row[0]}",
        f"/alerts/{row[0]}/panel",
        "/alerts",
        f"/reports/{row[1]}",
        "/reports",
        "/map",
    ):
        duty.goto(f"{house.url}{path}")
        duty.wait_for_timeout(500)
    duty.locator(f"#q-{row[0]}").click()
    expect(duty.locator("#thing-alert")).to_contain_text("onerror=alert(1)")
    duty.locator("#thing-alert").get_by_role("button", name="Acknowledge").click()
    expect(duty.locator("#thing-alert")).to_contain_text("Acknowledged")


def test_a_report_goes_in_without_scripts(house: House, sign_in: SignIn) -> None:
    page = sign_in("patrol_cdr", width=360, scripts=False)
    page.goto(f"{house.url}/reports/new")
    what = f"EXERCISE without scripts {uuid.uuid4().hex[:6]}"
    page.fill("[name=what]", what)
    page.fill("[name=place]", "-0.5, -5.9")
    page.get_by_role("button", name="Send report").click()
    expect(page.locator("main")).to_contain_text(what)


def test_what_was_typed_is_there_again_after_a_refusal(house: House, sign_in: SignIn) -> None:
    page = sign_in("patrol_cdr", width=360)
    page.goto(f"{house.url}/reports/new")
    page.fill("[name=what]", "EXERCISE typed once")
    page.fill("[name=place]", "Nowhere at all")
    page.get_by_role("button", name="Send report").click()
    expect(page.locator("[name=what]")).to_have_value("EXERCISE typed once")
    expect(page.locator("main")).to_contain_text("This place is not known")


def test_a_wrong_password_is_refused_in_the_same_words_as_an_unknown_name(
    house: House, sign_in: SignIn
) -> None:
    page = sign_in("hom")
    page.context.clear_cookies()
    said = []
    for name in ("watchkeeper_joc", f"nobody-{uuid.uuid4().hex[:6]}"):
        page.goto(f"{house.url}/sign-in")
        page.fill("[name=username]", name)
        page.fill("[name=password]", "not the password at all")
        with page.expect_response(lambda r: r.request.method == "POST"):
            page.press("[name=password]", "Enter")
        expect(page.get_by_role("alert")).to_be_visible()
        said.append(page.locator("main").inner_text().replace(name, ""))
    assert said[0] == said[1]
