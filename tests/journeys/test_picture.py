"""The map that the room lives on: looking back, filtering, measuring, handing over; by keyboard, day and night."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from geo import date_time_group
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def stands(page: Page, house: House, address: str = "/map") -> None:
    page.goto(f"{house.url}{address}")
    page.wait_for_selector("body[data-picture-at]", state="attached")


def asked(page: Page, name: str) -> list[dict[str, list[str]]]:
    """Keeps the questions that the page asks of a layer from here on."""
    found: list[dict[str, list[str]]] = []

    def keep(request: Any) -> None:
        address = urlsplit(request.url)
        if address.path == f"/map/layers/{name}.geojson":
            found.append(parse_qs(address.query))

    page.on("request", keep)
    return found


def a_moment_with_an_open_alert(house: House) -> datetime:
    """Days ago; none that is open now."""
    with house.owner() as owner:
        row = owner.execute(
            "SELECT date_trunc('minute', raised_at + (s.at - raised_at) / 2) FROM alerts a JOIN alert_steps s "
            "ON s.alert_id = a.id AND s.kind = 'closed' WHERE s.at < now() - interval '3 days' "
            "AND s.at - raised_at > interval '4 minutes' ORDER BY s.at DESC LIMIT 1"
        ).fetchone()
    assert row
    found: datetime = row[0]
    return found.astimezone(UTC)


def test_the_room_looks_back_and_returns_by_keyboard_alone(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    stands(page, house)
    questions = asked(page, "alerts")
    then = a_moment_with_an_open_alert(house)
    page.locator("body").press("h")
    expect(page.locator("#then")).to_be_visible()
    page.keyboard.type(date_time_group.format(then))
    page.keyboard.press("Enter")
    expect(page.locator("#then-at")).to_have_text(date_time_group.format(then))
    expect(page.locator(".picture")).to_have_class(re.compile(r"\bpast\b"))
    page.wait_for_timeout(500)
    assert datetime.fromisoformat(questions[-1]["known_at"][0]) == then
    # What was open then is what the database held open then, and not what is open now.
    shown = page.request.get(f"{house.url}/map/layers/alerts.geojson?known_at={then:%Y-%m-%dT%H:%MZ}").json()
    with house.owner() as owner:
        rows = owner.execute(
            "SELECT id FROM alerts a WHERE raised_at <= %(then)s AND NOT EXISTS (SELECT 1 FROM alert_steps s "
            "WHERE s.alert_id = a.id AND s.kind = 'closed' AND s.at <= %(then)s)", {"then": then},
        ).fetchall()  # fmt: skip
    assert {f["properties"]["id"] for f in shown["features"]} == {r[0] for r in rows} != set()
    page.locator("#known-at").press("Tab")
    page.keyboard.press("b")
    expect(page.locator("#then")).to_be_hidden()
    page.wait_for_timeout(500)
    assert "known_at" not in questions[-1]


def test_what_comes_in_while_the_room_looks_back_is_counted_and_not_lost(
    house: House, sign_in: SignIn
) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    stands(page, house)
    page.locator("body").press("h")
    page.locator("#known-at").fill(date_time_group.format(datetime.now(UTC) - timedelta(days=3)))
    page.locator("#known-at").press("Enter")
    expect(page.locator("#then-new")).to_be_hidden()
    patrol = sign_in("patrol_cdr", width=360)
    patrol.goto(f"{house.url}/reports/new")
    patrol.select_option("[name=kind]", "attack_under_way")
    patrol.fill("[name=what]", "EXERCISE while they look back")
    patrol.fill("[name=place]", "-0.5, -5.9")
    patrol.get_by_role("button", name="Send report").click()
    expect(patrol.locator("main")).to_contain_text("EXERCISE while they look back")
    expect(page.locator("#then-new")).to_contain_text("come in since")
    page.locator("#then-back").click()
    expect(page.locator(".alert-mark.fresh").first).to_be_visible()


def test_one_question_filters_the_map_and_its_tables(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    stands(page, house)
    questions = asked(page, "incidents")
    page.locator("body").press("f")
    page.select_option("#a-grade", "B")
    page.fill("#a-actor", "a")
    page.wait_for_timeout(1200)
    assert (questions[-1]["grade"], questions[-1]["actor"]) == (["B"], ["a"])
    expect(page.locator("#asked-count")).to_have_text("2")
    total = page.request.get(
        f"{house.url}/map/layers/incidents.geojson?grade=B&actor=a&since={questions[-1]['since'][0]}"
    ).json()["total"]
    page.locator("body").press("Escape")
    page.get_by_label("Incidents as a table").click()
    expect(page.locator("#f-grade")).to_have_value("B")
    expect(page.locator(".pager span").first).to_contain_text(str(total))
    grades = page.locator("table.rows tbody tr td:nth-child(7)").all_inner_texts()
    assert grades and all(g.strip()[0] in "AB" for g in grades)


def test_the_period_plays_and_its_handles_move_by_keyboard(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    stands(page, house)
    questions = asked(page, "incidents")
    page.locator("#time-until").focus()
    for _ in range(40):
        page.keyboard.press("ArrowLeft")
    page.wait_for_timeout(600)
    stopped = datetime.fromisoformat(questions[-1]["until"][0])
    assert timedelta(days=13) < datetime.now(UTC) - stopped < timedelta(days=17)
    page.locator("body").press("p")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "true")
    page.wait_for_timeout(2500)
    page.locator("body").press("p")
    expect(page.locator("#play")).to_have_attribute("aria-pressed", "false")
    assert datetime.fromisoformat(questions[-1]["until"][0]) > stopped


def test_marks_that_went_are_let_go(house: House, sign_in: SignIn) -> None:
    """The room looks at one page for twelve hours: what was taken off the map must not stay in memory."""
    page = sign_in("watchkeeper_joc")
    stands(page, house)
    wire = page.context.new_cdp_session(page)
    wire.send("Performance.enable")

    def nodes() -> float:
        wire.send("HeapProfiler.collectGarbage")
        return float({m["name"]: m["value"] for m in wire.send("Performance.getMetrics")["metrics"]}["Nodes"])

    def toggle(times: int) -> None:
        box = page.locator("input[data-layer=havens]")
        for _n in range(times):
            box.evaluate("box => { box.click(); box.click(); }")
        page.wait_for_timeout(1000)

    toggle(3)
    marks = page.locator(".leaflet-havens-pane .mark").count()
    before = nodes()
    toggle(30)
    assert marks > 3
    assert nodes() - before < 10 * marks  # thirty times as many, with what each holds, if they stayed


def test_an_area_is_drawn_by_keyboard_asked_about_and_handed_to_the_next_shift(
    house: House, sign_in: SignIn
) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    stands(page, house)
    page.locator("body").press("m")
    page.locator("[name=draw-kind][value=area]").check()
    page.locator(".leaflet-container").focus()
    for way in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        for _ in range(3):
            page.keyboard.press(way)
            page.wait_for_timeout(350)
    expect(page.locator("#draw-said")).to_contain_text("km²")
    page.locator("#draw-ask").click()
    expect(page.locator("#thing")).to_contain_text("In the area drawn")
    expect(page.locator("#thing")).to_contain_text("Defenders are never counted")
    note = "EXERCISE <b>look here</b> ${alert(1)}"
    page.fill("#draw-note", note)
    page.locator("#draw-keep").click()
    expect(page.locator(".drawn-note")).to_have_text(note)
    page.locator("#draw-end").click()
    page.locator("body").press("f")
    page.select_option("#a-grade", "C")
    page.locator("body").press("f")
    page.locator("body").press("v")
    page.fill("#view-name", "EXERCISE night shift")
    page.check("#view-shift")
    page.locator("#keep-view button").click()
    page.wait_for_url("**/map/views/*")
    link = page.url
    next_shift = sign_in("hom", width=1366)
    next_shift.goto(link)
    expect(next_shift.locator(".drawn-note")).to_have_text(note)
    expect(next_shift.locator("#a-grade")).to_have_value("C")
    expect(next_shift.locator("form[action$='/remove']")).to_have_count(0)


def test_rings_beat_and_stand_still_for_those_who_asked_for_less_motion(
    house: House, sign_in: SignIn
) -> None:
    duty = sign_in("watchkeeper_joc")
    stands(duty, house)
    pane = duty.locator(".leaflet-alerts-pane")
    expect(pane).to_have_class(re.compile(r"\bbeat\b"))
    expect(pane).not_to_have_class(re.compile(r"\bbeat\b"))
    duty.emulate_media(reduced_motion="reduce")
    duty.wait_for_timeout(1_500)
    assert "beat" not in (pane.get_attribute("class") or "")
    duty.wait_for_timeout(1_000)
    assert "beat" not in (pane.get_attribute("class") or "")


def test_units_wear_the_symbols_that_officers_know(house: House, sign_in: SignIn) -> None:
    page = sign_in("watchkeeper_joc", width=1600)
    scripts: list[str] = []
    page.on("request", lambda request: scripts.append(request.url) if "milsymbol" in request.url else None)
    page.add_init_script("localStorage.setItem('vigil.layer.units', 'off')")
    stands(page, house)
    page.wait_for_timeout(1500)
    assert scripts == []
    page.locator("[data-layer=units]").check()
    expect(page.locator(".mark.unit img").first).to_be_visible()
