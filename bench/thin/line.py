"""The first load of the map over a thin line: how many bytes, and after how long the picture stands and answers.

Chromium's own throttle: 250 kbit/s down, 50 kbit/s up, 400 ms of delay; nothing cached. Bytes are those of the wire,
compressed, headers included. "Usable": the layers asked for first are drawn, and a press on the queue opens an alert.

    python bench/thin/line.py http://127.0.0.1:5000 USER PASSWORD
"""

from __future__ import annotations

import json
import sys
import time
from collections import defaultdict
from urllib.parse import urlsplit

from playwright.sync_api import sync_playwright

DOWN, UP, DELAY = 250_000 / 8, 50_000 / 8, 400


def measure(url: str, user: str, password: str, chromium: str = "/usr/bin/chromium") -> dict[str, object]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = browser.new_context(viewport={"width": 1366, "height": 768})
        page = context.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{url}/sign-in")
        page.fill("[name=username]", user)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_url(lambda u: "/sign-in" not in u)
        page.goto("about:blank")
        wire = context.new_cdp_session(page)
        wire.send("Network.enable")
        wire.send("Network.clearBrowserCache")
        wire.send("Network.setCacheDisabled", {"cacheDisabled": False})
        wire.send("Network.emulateNetworkConditions", {
            "offline": False, "latency": DELAY, "downloadThroughput": DOWN, "uploadThroughput": UP,
        })  # fmt: skip
        paths: dict[str, str] = {}
        size: dict[str, float] = defaultdict(float)
        wire.on("Network.responseReceived", lambda e: paths.update({e["requestId"]: e["response"]["url"]}))

        last = time.monotonic()

        def finished(event: dict[str, object]) -> None:
            nonlocal last
            last = time.monotonic()
            path = urlsplit(paths.get(str(event["requestId"]), "")).path
            size[path] += float(str(event["encodedDataLength"]))

        wire.on("Network.loadingFinished", finished)
        page.goto(f"{url}/map", wait_until="commit")
        page.wait_for_selector("body[data-picture-at]", state="attached")
        first = round(sum(size.values()) / 1000, 1)
        stood = int(page.locator("body").get_attribute("data-picture-at") or 0)
        marks = page.locator(".leaflet-marker-icon").count()
        while time.monotonic() - last < 3:  # what follows the picture counts as well
            page.wait_for_timeout(200)
        browser.close()
    return {
        "picture stands, ms": stood, "marks drawn": marks, "kB until then": first,
        "kB in all": round(sum(size.values()) / 1000, 1),
        "parts, kB": {p: round(n / 1000, 1) for p, n in sorted(size.items(), key=lambda x: -x[1])},
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(measure(*sys.argv[1:4]), indent=1))
