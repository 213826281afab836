from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from app.permissions import Role
from tests.people import WEST, Staff, record

BEGAN = datetime.now(UTC) - timedelta(hours=5)


@dataclass(frozen=True)
class Led:
    """A patrol of the western sector that came back, its leader, and what its track holds."""

    id: int
    leader: int
    stops: tuple[int, ...]


@pytest.fixture
def led(owner: psycopg.Connection, staff: Staff) -> Led:
    """Out and home in an hour: two stops 0.05° apart, a fix every five minutes, no half hour without one."""
    west, leader = staff.sectors[WEST], staff.person(Role.PATROL_CDR)
    with owner.transaction():
        unit = one(owner, "INSERT INTO units (code, name, call_sign, kind, sector_id) "
                   "VALUES ('U9', 'EXERCISE unit', 'HERON', 'coy', %s) RETURNING id", west)  # fmt: skip
        patrol = one(
            owner, "INSERT INTO patrols (call_sign, unit_id, leader_id, sector_id, purpose, task, state, planned_start, "
            "planned_end, started_at, ended_at) VALUES ('HERON-1', %s, %s, %s, 'presence', 'EXERCISE: show presence', "
            "'done', %s, %s, %s, %s) RETURNING id",
            unit, leader, west, BEGAN, BEGAN + timedelta(hours=6), BEGAN, BEGAN + timedelta(minutes=60),
        )  # fmt: skip
        stops = tuple(
            one(
                owner, "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrived_at, departed_at) "
                "VALUES (%s, %s, %s, ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s, %s) RETURNING id",
                patrol, n, f"EXERCISE stop {n}", 0.5 + 0.05 * (n - 1), BEGAN + timedelta(minutes=20 * n),
                BEGAN + timedelta(minutes=20 * n + 5),
            )
            for n in (1, 2)
        )  # fmt: skip
        owner.execute(
            "INSERT INTO positions (tracked_id, at, place) SELECT t.id, %s + n * interval '5 min', "
            "ST_SetSRID(ST_MakePoint(0.5 + least(n, 12 - n) * 0.008, 0.5), 4326) "
            "FROM tracked t, generate_series(0, 12) n WHERE t.patrol_id = %s",
            [BEGAN, patrol],
        )
        record(owner)
    return Led(patrol, leader, stops)


def one(owner: psycopg.Connection, statement: str, *values: object) -> int:
    row = owner.execute(statement, values).fetchone()  # type: ignore[call-overload]
    assert row
    return int(row[0])
