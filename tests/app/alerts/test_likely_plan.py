"""Likely duplicates come out of an index of times, under the viewer's own policies, however many alerts there are."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import psycopg
from flask.testing import FlaskClient
from sqlalchemy import event

from app.alerts import likely
from app.db import db
from app.permissions import Role
from tests.app.alerts.entries import WORDS, entered
from tests.people import Staff, record

# Three years of a mission that is told much.
HISTORY = """
INSERT INTO alerts (id, alert_key, kind, channel, priority, occurred_at, received_at, raised_at, place, place_as_given,
                    verbatim, sector_id)
SELECT 1000000 + n, 'history:' || n, 'attack_under_way', 'hotline', 'P3', at, at, at,
       ST_SetSRID(ST_MakePoint(random(), random()), 4326), 'EXERCISE', 'EXERCISE', %s
FROM (SELECT n, now() - n * interval '80 minutes' AS at FROM generate_series(1, 20000) n) t
"""


def nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(found for below in plan.get("Plans", []) for found in nodes(below))]


def test_the_candidates_are_found_without_reading_all_alerts(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    number = entered(client, staff.bearer(Role.WATCHKEEPER_JOC))
    with owner.transaction():
        owner.execute("SELECT setseed(0.5)")
        owner.execute(HISTORY, [staff.sectors["WEST"]])
        record(owner)
    owner.execute("ANALYZE alerts")
    asked: list[tuple[str, Any]] = []
    entry = likely.Entry(0.5, 0.5, 0, datetime.now(UTC), "attack_under_way", WORDS, staff.sectors["WEST"])
    for role in (Role.WATCHKEEPER_JOC, Role.SECTOR_OPS):
        with staff.acting(role):
            connection = db.session.connection()

            def note(_c: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
                asked.append((statement, parameters))

            event.listen(connection, "before_cursor_execute", note)
            found = likely.likely(entry, own_sector=True)
            event.remove(connection, "before_cursor_execute", note)
            assert number in {f.alert.id for f in found}
            statement, parameters = next(a for a in asked if "FROM alerts" in a[0])
            explained = connection.exec_driver_sql(
                f"EXPLAIN (FORMAT JSON) {statement}", parameters
            ).scalar_one()
        plan = explained if isinstance(explained, list) else json.loads(explained)
        of_alerts = [n for n in nodes(plan[0]["Plan"]) if n.get("Relation Name") == "alerts"]
        assert of_alerts
        assert all("Index" in n["Node Type"] or n["Node Type"] == "Bitmap Heap Scan" for n in of_alerts), (
            of_alerts
        )
        asked.clear()
