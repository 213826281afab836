"""Numbers and times that no database holds: an answer all the same, and never a broken page."""

from __future__ import annotations

import pytest
from flask import Flask

from app.permissions import Role
from tests.app.routes import address_of, routes
from tests.people import Staff

HUGE = "9" * 23
ODD = (HUGE, f"-{HUGE}", "9999-12-31", "0001-01-01T00:00:00+14:00", "a\x00b")
QUERY = (
    "status", "priority", "kind", "search", "sort", "page", "bbox", "zoom", "since", "until", "state", "unit", "place",
    "states", "ids", "role", "sector", "group", "subject", "index", "size", "from", "to", "band", "profile", "consent",
    "due", "verification", "source", "precision", "alert", "report", "incident", "patrol", "haven", "large",
)  # fmt: skip


@pytest.mark.parametrize("role", [Role.HOM, Role.HR_CASE_SUPERVISOR, Role.SYSADMIN])
def test_no_odd_address_breaks_a_page(app: Flask, staff: Staff, role: Role) -> None:
    app.config["PROPAGATE_UNEXPECTED"] = False
    client, broken = staff.client(role), []
    for rule in routes(app):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static" or rule.endpoint == "api.ready":
            continue
        path = address_of(rule)
        asked = [(path, dict.fromkeys(QUERY, odd)) for odd in ODD]
        asked += [(path.replace("/1", f"/{HUGE}"), {}), (path.replace("/1", f"/{2**63}"), {})]
        for address, query in asked:
            if client.get(address, query_string=query).status_code >= 500:
                broken.append((address, query.get("page")))
    assert broken == []


def test_an_odd_user_name_at_the_door_is_just_wrong(app: Flask, staff: Staff) -> None:
    from tests.people import csrf_of

    client = app.test_client()
    for username in ("a\x00b", "\x00", "x" * 100_000, "'; --"):
        sent = {"csrf_token": csrf_of(client), "username": username, "password": "wrong-wrong-wrong"}
        assert client.post("/sign-in", data=sent).status_code in (400, 401, 422)
