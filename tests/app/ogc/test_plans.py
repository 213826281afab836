"""A village's dozen incidents are found by an index, policies on; and the finder asks the policy's question itself."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from sqlalchemy import text

from app.db import db
from app.exchange.danger import INCIDENTS
from app.ogc import queries
from app.ogc.asked import Question
from app.permissions import Permission, Role
from tests.app.exchange import ground
from tests.people import Staff

BOX = (0.5, 0.5, 0.501, 0.501)


def test_a_box_is_found_by_the_index_though_policies_are_on(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 4_000)
    owner.execute("ANALYZE incidents")
    with staff.acting(Role.SECTOR_OPS):
        db.session.execute(text("SELECT pg_stat_force_next_flush()"))
        before = scans(owner)
        assert queries.page(INCIDENTS, Question(boxes=(BOX,))).count == 4
        db.session.commit()
    after = scans(owner)
    assert after["ix_incidents_place"] == before["ix_incidents_place"] + 1
    assert after["incidents"] == before["incidents"], "no scan of the whole table"


def scans(owner: psycopg.Connection) -> dict[str, int]:
    """How often each index, and the whole table, has been read."""
    owner.execute("SELECT pg_stat_force_next_flush()")
    owner.execute("SELECT pg_stat_clear_snapshot()")
    rows: list[Any] = owner.execute(
        "SELECT indexrelname, idx_scan FROM pg_stat_user_indexes WHERE relname = 'incidents' UNION ALL "
        "SELECT relname, seq_scan FROM pg_stat_user_tables WHERE relname = 'incidents'"
    ).fetchall()
    return dict(rows)


def test_the_finder_asks_who_looks_even_of_one_who_calls_it_by_hand(
    staff: Staff, owner: psycopg.Connection
) -> None:
    ground.incidents(owner, staff, 3)
    ground.incidents(owner, staff, 2, "EAST")
    asked = text("SELECT cardinality(vigil.incidents_in(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 99))")
    found = {}
    for role in (Role.HOM, Role.SECTOR_OPS, Role.PARTNER_NGO):
        with staff.acting(role) as viewer:
            found[role] = db.session.execute(asked).scalar_one()
            assert bool(found[role]) == viewer.holds(Permission.READ_INCIDENTS)
    assert list(found.values()) == [5, 3, 0]
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as nobody:
        assert nobody.execute(str(asked)).fetchone() == (0,)


def test_the_answer_is_whole_json_of_every_column(staff: Staff, owner: psycopg.Connection) -> None:
    ground.incidents(owner, staff, 1)
    with staff.acting(Role.HOM):
        feature = json.loads(queries.page(INCIDENTS, Question()).features)
    assert set(feature["properties"]) == set(INCIDENTS.columns)
    assert feature["properties"]["side_a"] == "=cmd|EXERCISE"
    assert feature["geometry"] == {"type": "Point", "coordinates": [0.5, 0.5]}
