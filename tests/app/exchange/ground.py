"""A small picture to be read by foreign programs: incidents, alerts, patrols with tracks, havens; all invented."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.people import Staff, record

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
GRADE = "'B', 2, 1, 1"


def incidents(owner: psycopg.Connection, staff: Staff, count: int, sector: str = "WEST") -> None:
    """`count` incidents of one sector, an hour apart from NOON, along a diagonal of its square."""
    lon0 = 0.0 if sector == "WEST" else 1.0
    with owner.transaction():
        owner.execute(
            "INSERT INTO incidents (kind, occurred_from, occurred_to, place, place_name, sector_id, killed_best, "
            "killed_low, killed_high, side_a, source_reliability, credibility, place_precision, date_precision) "
            "SELECT CASE WHEN n %% 2 = 0 THEN 'killing' ELSE 'abduction' END, %s + n * interval '1 hour', "
            "%s + n * interval '1 hour', ST_SetSRID(ST_MakePoint(%s + n / (%s + 1.0), n / (%s + 1.0)), 4326), "
            f"'EXERCISE place ' || n, %s, n, n, n, '=cmd|EXERCISE', {GRADE} FROM generate_series(1, %s) n",
            [NOON, NOON, lon0, count, count, staff.sectors[sector], count],
        )
        record(owner)


def patrol(owner: psycopg.Connection, staff: Staff, fixes: int, sector: str = "WEST") -> int:
    """A patrol under way with a track of one fix a minute."""
    with owner.transaction():
        unit = one(
            owner,
            "INSERT INTO units (code, name, call_sign, kind, sector_id) "
            "VALUES (%s, 'EXERCISE', 'HAWK', 'coy', %s) RETURNING id",
            [f"U-{sector}", staff.sectors[sector]],
        )
        made = one(
            owner,
            "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end) "
            "VALUES (%s, %s, %s, 'presence', 'under_way', %s, %s) RETURNING id",
            [f"HAWK <1> & {sector}", unit, staff.sectors[sector], start(), start() + timedelta(hours=9)],
        )
        owner.execute(
            "INSERT INTO positions (tracked_id, at, place) SELECT t.id, %s + n * interval '1 minute', "
            "ST_SetSRID(ST_MakePoint(0.1 + n / 1000.0, 0.2 + n / 2000.0), 4326) "
            "FROM tracked t, generate_series(0, %s - 1) n WHERE t.patrol_id = %s",
            [start(), fixes, made],
        )
        owner.execute(
            "INSERT INTO latest_positions (tracked_id, patrol_id, at, place, sector_id) "
            "SELECT t.id, t.patrol_id, at, place, %s FROM positions p JOIN tracked t ON t.id = p.tracked_id "
            "WHERE t.patrol_id = %s ORDER BY at DESC LIMIT 1",
            [staff.sectors[sector], made],
        )
        record(owner)
    return int(made)


def start() -> datetime:
    """A day ago, to the minute: positions have room for the last months only."""
    return datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(days=1)


def haven(owner: psycopg.Connection, staff: Staff, exposure: str = "mission", lon: float = 0.5) -> int:
    with owner.transaction():
        made = one(
            owner,
            "INSERT INTO havens (code, name, kind, place, capacity_day, capacity_night, state, exposure, sector_id) "
            "VALUES (%s, 'EXERCISE haven', 'base_shelter', ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), 9, 9, 'open', %s, "
            "%s) "
            "RETURNING id",
            [f"H-{exposure}-{lon}", lon, exposure, staff.sectors["WEST"]],
        )
        record(owner)
    return int(made)


def one(owner: psycopg.Connection, statement: str, values: list[Any]) -> Any:
    row = owner.execute(statement, values).fetchone()  # type: ignore[call-overload]
    assert row
    return row[0]
