"""A session that nobody uses ends by itself; one that is used goes on, for twelve hours at most."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.permissions import Role
from app.sessions import BY_ITSELF
from tests.people import Staff, record
from tests.servers import Clone


@pytest.fixture
def client(staff: Staff) -> FlaskClient:
    return staff.client(Role.WATCHKEEPER_JOC)


def last_used(owner: psycopg.Connection, ago: str) -> None:
    with owner.transaction():
        owner.execute("UPDATE sessions SET created_at = now() - interval '11 hours'")
        owner.execute(
            "INSERT INTO session_sightings SELECT token_hash, now() - %s::interval FROM sessions "
            "ON CONFLICT (token_hash) DO UPDATE SET seen_at = excluded.seen_at",
            [ago],
        )
        record(owner)


def seconds_since_use(owner: psycopg.Connection) -> float:
    row = owner.execute(
        "SELECT extract(epoch FROM clock_timestamp() - seen_at) FROM session_sightings"
    ).fetchone()
    assert row
    return float(row[0])


def test_after_two_hours_without_use_it_lets_nobody_in(
    client: FlaskClient, owner: psycopg.Connection
) -> None:
    last_used(owner, "1 hour 59 minutes")
    assert client.get("/account").status_code == 200
    last_used(owner, "2 hours 1 minute")
    answer = client.get("/account")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/sign-in")
    assert client.get("/account").status_code == 302, "asking again does not wake it"


def test_a_session_that_was_never_used_ends_too(client: FlaskClient, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("UPDATE sessions SET created_at = now() - interval '3 hours'")
        record(owner)
    assert client.get("/account").status_code == 302


def test_use_is_written_down_once_a_minute_and_leaves_no_entry_in_the_log(
    client: FlaskClient, owner: psycopg.Connection
) -> None:
    events = owner.execute("SELECT count(*) FROM ledger_events").fetchone()
    client.get("/account")
    assert owner.execute("SELECT count(*) FROM session_sightings").fetchone() == (0,), (
        "not in the first minute"
    )
    last_used(owner, "40 seconds")
    client.get("/account")
    assert seconds_since_use(owner) > 39
    last_used(owner, "70 seconds")
    client.get("/account")
    assert seconds_since_use(owner) < 10
    after = owner.execute("SELECT count(*) FROM ledger_events WHERE action <> 'tests.prepare'").fetchone()
    assert events
    assert after
    assert after[0] <= events[0]


def test_what_a_page_asks_by_itself_keeps_no_session_alive(
    client: FlaskClient, owner: psycopg.Connection
) -> None:
    last_used(owner, "1 hour")
    assert client.get("/alerts/version", headers={BY_ITSELF: "1"}).status_code == 200
    assert seconds_since_use(owner) > 3500
    client.get("/alerts/version")
    assert seconds_since_use(owner) < 10


def test_command_sets_how_long(client: FlaskClient, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("UPDATE procedures SET value = 10 WHERE key = 'session_idle_minutes'")
        record(owner)
    last_used(owner, "11 minutes")
    assert client.get("/account").status_code == 302


def test_twelve_hours_end_it_however_busy_it_is(client: FlaskClient, owner: psycopg.Connection) -> None:
    last_used(owner, "5 seconds")
    with owner.transaction():
        owner.execute("UPDATE sessions SET expires_at = now() - interval '1 second'")
        record(owner)
    assert client.get("/account").status_code == 302


def test_idle_sessions_are_not_listed_as_open(app: Flask, staff: Staff, owner: psycopg.Connection) -> None:
    staff.client(Role.HOM)
    last_used(owner, "3 hours")
    admin = staff.client(Role.SYSADMIN)
    page = admin.get(f"/people/{staff.person(Role.HOM)}").get_data(as_text=True)
    assert "Not signed in anywhere" in page


def test_nobody_writes_down_another_s_use(staff: Staff, owner: psycopg.Connection) -> None:
    """By the hash of a session that lets nobody in any more nothing is woken."""
    staff.client(Role.HOM)
    last_used(owner, "3 hours")
    owner.execute("SELECT vigil.session_seen(token_hash) FROM sessions")
    assert seconds_since_use(owner) > 10_000


def test_sessions_that_have_ended_are_forgotten_with_their_use(
    staff: Staff, owner: psycopg.Connection, clone: Clone
) -> None:
    staff.client(Role.HOM)
    last_used(owner, "3 hours")
    with psycopg.connect(clone.plain_url("vigil_worker")) as worker:
        assert worker.execute("SELECT vigil.forget_ended_sessions('infinity')").fetchone() == (1,)
        worker.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 'tests:0', '{}')"
        )
    assert owner.execute("SELECT count(*) FROM session_sightings").fetchone() == (0,)
