from __future__ import annotations

import psycopg
import pytest


@pytest.fixture
def actor(owner: psycopg.Connection) -> int:
    row = owner.execute(
        "INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE Red Column', 'armed_group') RETURNING id"
    ).fetchone()
    assert row
    return int(row[0])
