"""What journeys by keyboard alone ask of each page: it fits and can be heard, and Tab reaches what is meant."""

from __future__ import annotations

from playwright.sync_api import Page

from tests.journeys import axe


def fits(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1, f"{page.url} is {wide} pixels too wide"
    assert axe.found(page) == []


def tab_to(page: Page, name: str) -> None:
    """Tab until the control of this name has the focus."""
    said = (
        "(() => { const e = document.activeElement; return e.labels?.length ? e.labels[0].innerText "
        ": e.innerText || e.ariaLabel || ''; })()"
    )
    for _n in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(said).strip().startswith(name):
            return
    raise AssertionError(f"{name} can't be reached by Tab")
