"""People are counted in at a haven's gate on a phone, by a code from the sheet that is printed there."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
import segno
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys import axe
from tests.journeys.by_keyboard import fits
from tests.journeys.conftest import SignIn
from tests.journeys.house import House

pytestmark = [pytest.mark.journey, pytest.mark.xdist_group("journeys")]


def printed_on(page: Page, code: str) -> int:
    """How many sheets of A4 the tokens take; on paper, from a dark screen too, the first one's QR code says its code."""
    shown = page.viewport_size
    assert shown
    page.set_viewport_size({"width": 794, "height": 1123})  # A4 at 96 to the inch
    page.emulate_media(media="print", color_scheme="dark")
    square = page.locator(".token-qr svg").first
    box = square.bounding_box()
    assert box and box["width"] * 25.4 / 96 >= 28.9, "a module is a millimetre"
    seen = Image.open(BytesIO(square.screenshot())).convert("L")
    dark = segno.make(code, micro=False, error="m").matrix
    modules = len(dark) + 8  # with the quiet zone
    for row in range(modules):
        for column in range(modules):
            inside = 4 <= row < modules - 4 and 4 <= column < modules - 4
            at = (int((column + 0.5) * seen.width / modules), int((row + 0.5) * seen.height / modules))
            assert (seen.getpixel(at) < 128) == bool(inside and dark[row - 4][column - 4]), at  # type: ignore[operator]
    sheets = len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4")))
    page.emulate_media(media="screen", color_scheme="light")
    page.set_viewport_size(shown)
    return sheets


def test_people_are_counted_in_at_the_gate_on_a_phone(house: House, sign_in: SignIn) -> None:
    page = sign_in("poc_officer", width=390, height=850)
    page.goto(f"{house.url}/havens")
    expect(page.get_by_role("heading", name="What needs somebody first")).to_be_visible()
    fits(page)
    page.get_by_role("link", name="Protection site").first.click()
    fits(page)
    page.get_by_role("link", name="Count at the gate…").click()
    gate = page.url
    before = int(page.locator(".gate-inside strong").inner_text())
    page.get_by_role("link", name="Tokens to print…").click()
    fits(page)
    code = page.locator(".token .mono").first.inner_text()
    assert printed_on(page, code) == 1
    page.goto(gate)
    misread = code[:-1] + ("B" if code[-1] == "A" else "A")  # one letter less passes for sound in one of 32
    page.get_by_label("Code on the token").fill(misread)
    page.get_by_label("People with it").fill("4")
    page.get_by_role("button", name="Count", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("Read it again")
    page.get_by_label("Code on the token").fill(code.lower())
    page.get_by_label("People with it").fill("4")
    page.get_by_label("Who").select_option("family")
    page.get_by_role("button", name="Count", exact=True).click()
    expect(page.locator("body")).to_contain_text(f"4 people in. Inside now: {before + 4}.")
    expect(page.locator("#token")).to_be_focused()
    fits(page)
    assert axe.found(page) == []
    page.get_by_label("Goes out").check()
    page.get_by_label("Code on the token").fill(code)
    page.keyboard.press("Enter")
    expect(page.locator("body")).to_contain_text(f"4 people out. Inside now: {before}.")


def test_a_name_that_was_misheard_is_corrected_and_the_page_keeps_what_stood_there(
    house: House, sign_in: SignIn
) -> None:
    page = sign_in("poc_officer", width=390, height=850)
    page.goto(f"{house.url}/havens?state=open")
    page.locator("table a[href^='/havens/']").first.click()
    was = page.locator("#thing-haven h2").inner_text()
    own = page.url
    page.get_by_role("link", name="Correct name, kind or place…").click()
    fits(page)
    assert axe.found(page) == []
    page.get_by_label("Name").fill(f"{was} by the ford")
    page.get_by_label("Where it stands in truth").fill("nowhere that is known")
    page.get_by_label("Why it is corrected").fill("EXERCISE: misheard on the radio.")
    page.get_by_role("button", name="Correct haven").click()
    expect(page.get_by_role("alert")).to_contain_text("This place is not known")
    fits(page)
    page.get_by_label("Where it stands in truth").fill("")
    page.get_by_role("button", name="Correct haven").click()
    expect(page).to_have_url(own)
    expect(page.locator("#thing-haven h2")).to_have_text(f"{was} by the ford")
    expect(page.locator("body")).to_contain_text(f"Name: {was} → {was} by the ford")
    fits(page)
    assert axe.found(page) == []
