from __future__ import annotations

import psycopg
import pytest

from tests.app.rules.world import Ground
from tests.people import Staff


@pytest.fixture
def ground(owner: psycopg.Connection, staff: Staff) -> Ground:
    return Ground(owner, staff)
