"""A real Chromium that trusts nothing: a request to another host or a breach of the page's policy fails the test."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.house import House, running

# Ten times what an idle machine needs: how long something takes is measured by the benches.
PATIENCE = 60_000  # ms
expect.set_options(timeout=20_000)


@pytest.fixture(scope="session")
def house(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with running(template_database, tmp_path_factory.mktemp("house")) as started:
        yield started


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(house: House, browser: Browser) -> Iterator[SignIn]:
    """`sign_in("watchkeeper_joc", width=…, dark=…)` gives a page of a browser of its own, signed in."""
    opened: list[BrowserContext] = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        def asked(request: Any) -> None:
            host = urlsplit(request.url).hostname
            if host not in ("127.0.0.1", None) and not request.url.startswith(("data:", "blob:")):
                faults.append(f"a request to another host: {host}")

        def said(message: Any) -> None:
            if re.search(r"Content Security Policy|Refused to", message.text):
                faults.append(message.text)

        page.on("request", asked)
        page.on("console", said)
        page.on("pageerror", lambda error: faults.append(f"a script broke: {error}"))
        page.on("dialog", lambda dialog: (faults.append("a dialog opened"), dialog.dismiss()))

    def go(
        role: str, *, width: int = 1366, height: int = 900, dark: bool = False, scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme="dark" if dark else "light",
            java_script_enabled=scripts,
        )  # fmt: skip
        context.set_default_timeout(PATIENCE)
        opened.append(context)
        page = context.new_page()
        watch(page)
        account = house.accounts[role]
        page.goto(f"{house.url}/sign-in")
        page.fill("[name=username]", account["username"])
        page.fill("[name=password]", account["password"])
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda url: "/sign-in" not in url)
        return page

    yield go
    for context in opened:
        context.close()
    assert faults == []
