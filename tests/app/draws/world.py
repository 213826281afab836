"""A mix for tests: asked for by an officer's form, found by the worker; and the days' clocks, moved by the owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from tests.people import WEST, Staff, record
from tests.planning_ground import Country
from tests.planning_officer import means, post, site
from workers import solves

# The day after tomorrow can still be sealed at every hour.
FIRST = datetime.now(UTC).date() + timedelta(days=2)


def mixed(
    staff: Staff,
    officer: FlaskClient,
    country: Country,
    worker: Flask,
    owner: psycopg.Connection,
    days: int = 3,
) -> int:
    """A ready mix: four sites, of which one tour of three hours reaches two."""
    for n in range(1, 5):
        site(officer, f"V{n}", priority="must" if n == 4 else "should", visit_minutes="30")
    means(
        officer,
        country,
        shift_from="07:00",
        shift_until="12:00",
        longest_duty_minutes="200",
        open_speed="0.97",
    )
    return asked(staff, officer, worker, owner, days)


def asked(staff: Staff, officer: FlaskClient, worker: Flask, owner: psycopg.Connection, days: int = 3) -> int:
    form = {
        "sector": str(staff.sectors[WEST]),
        "first": FIRST.isoformat(),
        "days": str(days),
        "seconds": "3",
    }
    answer = post(officer, "/draws", form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    with worker.app_context():
        for (solve,) in owner.execute("SELECT id FROM solves WHERE state = 'waiting'").fetchall():
            solves.run(str(solve))
    told = owner.execute("SELECT state, error FROM solves ORDER BY id DESC LIMIT 1").fetchone()
    assert told == ("done", None)
    return int(answer.headers["Location"].rsplit("/", 1)[1])


def draws(owner: psycopg.Connection, mix: int) -> list[int]:
    rows = owner.execute("SELECT id FROM draws WHERE mix_id = %s ORDER BY day", [mix]).fetchall()
    return [row[0] for row in rows]


def at_hour(owner: psycopg.Connection, draw: int, *, due: bool = False, over: bool = False) -> None:
    """As if it were that late."""
    over_now = "over_at = now(), due_at = sealed_at + interval '1 second'"
    change = over_now if over else "due_at = now()"
    assert due or over
    changed(owner, f"UPDATE draws SET {change} WHERE id = %s", draw)


def changed(owner: psycopg.Connection, statement: str, *arguments: Any) -> None:
    """By somebody who has the whole database in his hand."""
    with owner.transaction():
        owner.execute(statement, arguments)  # type: ignore[arg-type]
        record(owner)
