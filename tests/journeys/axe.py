"""axe-core beside the journeys: fetched with the front-end assets, for tests alone."""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from tests.servers import ROOT

KEPT = ROOT / "var/node/node_modules/axe-core/axe.min.js"


@lru_cache
def script() -> str:
    file = Path(os.environ.get("VIGIL_TEST_AXE", KEPT))
    if not file.is_file():
        raise RuntimeError("axe-core is missing: bin/test fetches it with the front-end assets.")
    return file.read_text()


def found(page: Page) -> list[str]:
    """What axe finds wrong on the page, one line each."""
    page.evaluate(script())
    result: dict[str, Any] = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{violation['id']}: {node['target']} {node['html'][:120]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
