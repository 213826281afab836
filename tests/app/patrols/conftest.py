from __future__ import annotations

from dataclasses import dataclass

import psycopg
import pytest

from tests.app.patrols import world
from tests.people import EAST, WEST, Staff


@dataclass(frozen=True)
class Units:
    near: int
    far: int
    eastern: int
    headquarters: int
    leader: int


@pytest.fixture
def units(owner: psycopg.Connection, staff: Staff) -> Units:
    west, east = staff.sectors[WEST], staff.sectors[EAST]
    near = world.unit(owner, west, "1", 0.45)
    return Units(
        near=near,
        far=world.unit(owner, west, "2", 0.1, notice=90),
        eastern=world.unit(owner, east, "3", 1.5),
        headquarters=world.unit(owner, west, "4", 0.5, kind="shq"),
        leader=world.leader_of(owner, staff, near),
    )
