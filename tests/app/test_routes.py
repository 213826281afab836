"""The URL map: closed by default, no change by GET, no form without its token."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask

from app.permissions import MAP, Permission, Role, asked_by
from app.sessions import BY_ITSELF
from tests.app.routes import address_of, routes, writes
from tests.people import Staff
from tests.servers import Clone, application

# All that answers without signing in.
# The last two take a device's key (tests/app/positions/test_devices.py).
BY_DEVICE = {"positions_api.from_phone", "positions_api.from_traccar"}
OPEN = {"static", "people.sign_in_page", "api.live", "api.ready", *BY_DEVICE}

# Between them these roles hold every permission.
LOOKERS = (
    Role.HOM, Role.FC_STAFF, Role.POC_OFFICER, Role.HR_CASE_SUPERVISOR, Role.SECTOR_OPS, Role.PATROL_CDR,
    Role.ANALYST_JMAC, Role.WATCHKEEPER_JOC, Role.SYSADMIN, Role.CP_OFFICER, Role.WPA,
)  # fmt: skip


def declared(app: Flask, endpoint: str) -> tuple[Permission, ...]:
    return asked_by(app.view_functions[endpoint])


def test_every_route_declares_a_permission_or_is_on_the_short_list(app: Flask) -> None:
    undeclared = {r.endpoint for r in routes(app) if not declared(app, r.endpoint)}
    assert undeclared == OPEN


def test_a_route_is_never_both_open_and_guarded(app: Flask) -> None:
    opened = {e for e, view in app.view_functions.items() if getattr(view, "open_to_all", False)}
    assert opened == OPEN - {"static"}
    assert not any(declared(app, endpoint) for endpoint in opened)


def test_two_routes_never_answer_at_one_address(app: Flask) -> None:
    seen: dict[tuple[str, str], str] = {}
    for rule in routes(app):
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            other = seen.setdefault((rule.rule, method), rule.endpoint)
            assert other == rule.endpoint, f"{method} {rule.rule}: {other} and {rule.endpoint}"


def test_nobody_who_has_not_signed_in_gets_anything_but_the_open_routes(staff: Staff, app: Flask) -> None:
    visitor = app.test_client()
    for rule in routes(app):
        if rule.endpoint in OPEN:
            continue
        for method in (rule.methods or set()) - {"OPTIONS", "HEAD"}:
            answer = visitor.open(address_of(rule), method=method)
            # 302 leads to the sign-in page; 400 is the missing form token, asked before anything else.
            assert answer.status_code in (302, 400, 401), f"{method} {rule.rule}"
            if answer.status_code == 302:
                assert answer.headers["Location"].startswith("/sign-in")


def test_a_route_that_declares_nothing_answers_nobody(clone: Clone) -> None:
    for app in application(clone):
        staff = Staff(app, clone)
        app.add_url_rule("/forgotten", "forgotten", lambda: "a secret")
        for client, status in ((app.test_client(), 302), (staff.client(Role.HOM), 403)):
            answer = client.get("/forgotten")
            assert answer.status_code == status
            assert "a secret" not in answer.get_data(as_text=True)
        staff.owner.close()


def test_the_lookers_hold_every_permission() -> None:
    held = {p for p, far in MAP.items() if (far.anywhere | far.in_sector) & set(LOOKERS)}
    assert held == set(Permission)


def test_looking_changes_nothing(staff: Staff, app: Flask, owner: psycopg.Connection) -> None:
    """Each GET, by each looker, in transactions that may only read: a write would be an error."""
    clients = [staff.client(role) for role in LOOKERS]
    owner.execute(f'ALTER DATABASE "{staff.clone.name}" SET default_transaction_read_only = on')
    answered = set()
    for rule in routes(app):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "static":
            continue
        for client in clients:
            # As a page asks by itself: the one write of looking, that the session is in use, comes once a minute.
            status = client.get(address_of(rule), headers={BY_ITSELF: "1"}).status_code
            assert status < 500 or rule.endpoint == "api.ready", rule.rule
            answered |= {rule.endpoint} if status == 200 else set()
    assert len(answered) > 15


@pytest.mark.parametrize("role", [Role.HOM, Role.SYSADMIN, Role.POC_OFFICER])
def test_no_change_is_made_without_the_form_s_token(
    staff: Staff, app: Flask, owner: psycopg.Connection, role: Role
) -> None:
    client = staff.client(role)
    before = owner.execute("SELECT count(*) FROM ledger_events").fetchone()
    for rule in routes(app):
        for method in writes(rule):
            answer = client.open(address_of(rule), method=method)
            # Whoever is signed in counts for nothing where a device's key is asked for.
            expected = 401 if rule.endpoint in BY_DEVICE else 400
            assert answer.status_code == expected, f"{method} {rule.rule}"
    assert owner.execute("SELECT count(*) FROM ledger_events").fetchone() == before


def test_every_page_forbids_what_it_does_not_send(staff: Staff) -> None:
    headers = staff.client(Role.HOM).get("/account").headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
