from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest

from tests.people import EAST, WEST, Staff, record

Build = Callable[..., int]


@pytest.fixture
def build(owner: psycopg.Connection, staff: Staff) -> Build:
    """Make a haven at (lon, 0.5) with ten places for the night."""

    def made(
        code: str, lon: float = 0.5, state: str = "open", exposure: str = "mission", occupancy: int = 0
    ) -> int:
        sector = WEST if lon < 1 else EAST
        with owner.transaction():
            row = owner.execute(
                "INSERT INTO havens (code, name, kind, place, sector_id, capacity_day, capacity_night, occupancy, "
                "state, exposure) VALUES (%s, %s, 'base_shelter', ST_SetSRID(ST_MakePoint(%s, 0.5), 4326), %s, 20, "
                "10, %s, %s, %s) RETURNING id",
                [code, f"EXERCISE haven {code}", lon, staff.sectors[sector], occupancy, state, exposure],
            ).fetchone()  # fmt: skip
            record(owner)
        assert row
        return int(row[0])

    return made
