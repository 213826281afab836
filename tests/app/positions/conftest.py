from __future__ import annotations

import pytest

from app.db import db
from app.patrols import actions
from app.permissions import Role
from tests.app.patrols.conftest import Units, units
from tests.app.patrols.test_movement import a_plan
from tests.people import Staff

__all__ = ["units"]


@pytest.fixture
def patrol(staff: Staff, units: Units) -> int:
    with staff.acting(Role.SECTOR_OPS):
        made = actions.plan_patrol(a_plan(units.near)).id
        db.session.commit()
    return made
