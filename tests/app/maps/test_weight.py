"""The first load of the map on a thin line: what its page names, compressed as it is sent."""

from __future__ import annotations

import re

from app.permissions import Role
from tests.people import Staff

MOST = 110_000  # bytes, so that with all layers of the exercise, and what heads each answer, it stays under 150 kB
NAMED = re.compile(r'<(?:script|link)\b[^>]*?(?:src|href)="(/static/[^"]+)"')


def test_the_page_of_the_map_and_all_that_it_names_are_light(staff: Staff) -> None:
    watch = staff.client(Role.WATCHKEEPER_JOC)
    gzip = {"Accept-Encoding": "gzip"}
    page = watch.get("/map", headers=gzip)
    named = set(NAMED.findall(watch.get("/map").get_data(as_text=True)))
    assert len(named) >= 10 and any(n.startswith("/static/built/picture-") for n in named)
    # What comes only when somebody asks for it is not named.
    assert not [n for n in named if "milsymbol" in n or "draw" in n or "print-view" in n]
    weights = {n: len(watch.get(n, headers=gzip).data) for n in named | {"/static/vendor/icons.svg"}}
    assert len(page.data) + sum(weights.values()) <= MOST, sorted(weights.items(), key=lambda w: -w[1])
