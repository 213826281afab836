"""Patrols that tell where they are, and rules that watch them. The western sector is x 0–1, y 0–1; a mile is 0.015°."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from tests.people import WEST, Staff, record

NOW = datetime.now(UTC)
SQUARE = {"type": "Polygon", "coordinates": [[[0.4, 0.4], [0.6, 0.4], [0.6, 0.6], [0.4, 0.6], [0.4, 0.4]]]}
WHY = "EXERCISE: the sector asked for it after the last attack"
INSIDE, OUTSIDE = (0.5, 0.5), (0.2, 0.2)


def rule(**changes: Any) -> dict[str, Any]:
    """A patrol inside the square for five minutes, as the API takes it."""
    return {
        "name": "EXERCISE square", "sector_id": None, "priority": "P2", "alert_kind": "other", "why": WHY,
        "area": SQUARE, "parameters": {"kind": "area", "carriers": ["patrol"], "mode": "inside", "dwell_minutes": 5},
    } | changes  # fmt: skip


class Ground:
    def __init__(self, owner: psycopg.Connection, staff: Staff) -> None:
        self.owner, self.staff = owner, staff
        base = self.add("bases", code="B1", name="EXERCISE base", kind="coy", place="SRID=4326;POINT(0.1 0.1)",
                        sector_id=staff.sectors[WEST])  # fmt: skip
        self.unit = self.add("units", code="U1", name="EXERCISE unit", call_sign="HAWK", kind="coy", base_id=base,
                             sector_id=staff.sectors[WEST])  # fmt: skip

    def add(self, table: str, **values: Any) -> int:
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        with self.owner.transaction():
            row = self.owner.execute(
                f"INSERT INTO {table} ({names}) VALUES ({marks}) RETURNING id",  # type: ignore[arg-type]
                list(values.values()),
            ).fetchone()
            record(self.owner)
        assert row
        return int(row[0])

    def patrol(
        self, sector: str = WEST, hours_ago: float = 4, call_sign: str = "HAWK 2", ends: float = 9
    ) -> int:
        """A patrol under way; its carrier's id."""
        started = NOW - timedelta(hours=hours_ago)
        made = self.add(
            "patrols", call_sign=call_sign, unit_id=self.unit, sector_id=self.staff.sectors[sector], purpose="presence",
            state="under_way", planned_start=started, planned_end=NOW + timedelta(hours=ends), started_at=started,
        )  # fmt: skip
        row = self.owner.execute("SELECT id FROM tracked WHERE patrol_id = %s", [made]).fetchone()
        assert row
        return int(row[0])

    def told(
        self, carrier: int, place: tuple[float, float], *minutes_ago: float, error: float | None = 10.0
    ) -> None:
        """Fixes at a place, received now."""
        for minutes in minutes_ago:
            self.owner.execute(
                "INSERT INTO positions (tracked_id, at, place, accuracy_metres) "
                "VALUES (%s, %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) ON CONFLICT DO NOTHING",
                [carrier, datetime.now(UTC) - timedelta(minutes=minutes), *place, error],
            )

    def incident(self, hours_ago: float, lon: float = 0.5, lat: float = 0.5, kind: str = "killing") -> int:
        at = NOW - timedelta(hours=hours_ago)
        return self.add(
            "incidents", kind=kind, occurred_from=at, occurred_to=at, place=f"SRID=4326;POINT({lon} {lat})",
            sector_id=self.staff.sectors[WEST], killed_low=1, killed_best=1, killed_high=1,
        )  # fmt: skip

    def record_of(self) -> list[tuple[str, str]]:
        """(subject, state) of each lapse, in the order in which they were found."""
        return [
            (str(subject), "withdrawn" if gone else "over" if cleared else "red" if red else "amber")
            for subject, red, cleared, gone in self.owner.execute(
                "SELECT subject, red_at, cleared_at, withdrawn_at FROM rule_lapses ORDER BY id"
            )
        ]
