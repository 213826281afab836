"""Retention: months that are over are dropped whole, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import psycopg
import pytest
from flask import Flask

from app.db import db
from app.mission.queries import forget_procedures
from tests.app.patrols.conftest import Units, units
from tests.people import Staff, record
from tests.servers import Clone
from workers import upkeep

__all__ = ["units"]


def months(owner: psycopg.Connection) -> list[str]:
    found = owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'positions'::regclass ORDER BY 1"
    )
    return [row[0].removeprefix("positions_") for row in found]


def test_months_that_are_over_are_dropped_whole_and_their_latest_positions_with_them(
    worker: Flask, staff: Staff, units: Units, owner: psycopg.Connection
) -> None:
    old, young = datetime.now(UTC) - timedelta(days=500), datetime.now(UTC) - timedelta(days=5)
    name = f"positions_{old:%Y%m}"
    start = old.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    end = (start + timedelta(days=32)).replace(day=1)
    owner.execute(f"CREATE TABLE {name} PARTITION OF positions FOR VALUES FROM ('{start}') TO ('{end}')")
    with owner.transaction():
        for n, at in enumerate((old, young)):
            row = owner.execute(
                "INSERT INTO tracked (kind, unit_id, call_sign, top_speed_kph) "
                "VALUES ('vehicle', %s, %s, 9) RETURNING id",
                [units.near, f"T{n}"],
            ).fetchone()
            assert row
            for table in ("positions", "latest_positions"):
                owner.execute(
                    f"INSERT INTO {table} (tracked_id, at, place) VALUES (%s, %s, 'SRID=4326;POINT(0 0)')",
                    [row[0], at],
                )
        record(owner)
    before = months(owner)
    assert before[0] == f"{old:%Y%m}"
    with worker.app_context():
        forget_procedures()
        upkeep.forget_positions()
        db.session.commit()
        upkeep.forget_positions()
        db.session.commit()
    assert months(owner) == before[1:]
    assert owner.execute("SELECT at FROM positions").fetchall() == [(young,)]
    assert owner.execute("SELECT at FROM latest_positions").fetchall() == [(young,)]
    rows = owner.execute(
        "SELECT details FROM ledger_events WHERE action = 'positions.months_dropped'"
    ).fetchall()
    assert rows == [({"months": [f"{old:%Y%m}"]},)]


def test_who_serves_requests_drops_nothing(staff: Staff, clone: Clone) -> None:
    with (
        psycopg.connect(clone.plain_url("vigil_app")) as c,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        c.execute("SELECT vigil.drop_positions_before(now())")
