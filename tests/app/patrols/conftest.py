from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from app.db import db
from app.patrols import actions
from app.patrols.models import PatrolMode
from app.patrols.planning import Plan, Stop
from app.permissions import Role
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


def a_plan(unit: int, stops: int = 2) -> Plan:
    start = datetime.now(UTC)
    return Plan(
        unit_id=unit, mode=PatrolMode.VEHICLE, purpose="presence", task="EXERCISE", planned_start=start,
        planned_end=start + timedelta(hours=4),
        stops=tuple(Stop(f"EXERCISE stop {n}", 0.5, 0.1 * n) for n in range(1, stops + 1)),
    )  # fmt: skip


@pytest.fixture
def patrol(staff: Staff, units: Units) -> int:
    with staff.acting(Role.SECTOR_OPS):
        made = actions.plan_patrol(a_plan(units.near)).id
        db.session.commit()
    return made
