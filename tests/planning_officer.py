"""What an officer sets before anybody plans, by the pages' own forms, and the patrols that have been there already."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from flask.testing import FlaskClient

from tests.people import WEST, Staff, csrf_of, record
from tests.planning_ground import Country

WHY = "EXERCISE: a patrol turned back at the ford"
SITE = {
    "priority": "must", "visits_a_week": "7", "longest_gap_days": "1", "visit_minutes": "45", "night_percent": "0",
}  # fmt: skip
MEANS = {
    "going": "vehicle", "open_speed": "1", "seasonal_speed": "1", "foot_kph": "4", "shift_from": "07:00",
    "shift_until": "17:00", "longest_duty_minutes": "480", "tours_a_day": "1", "crew": "12", "interpreters": "0",
    "women": "0", "days": [str(n) for n in range(1, 8)],
}  # fmt: skip


def post(client: FlaskClient, path: str, fields: dict[str, Any]) -> Any:
    return client.post(path, data=fields, headers={"X-CSRFToken": csrf_of(client, "/account")})


def site(client: FlaskClient, place: str, **changes: Any) -> None:
    answer = post(client, "/sites/new", {**SITE, "place": place, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def means(client: FlaskClient, country: Country, **changes: Any) -> None:
    answer = post(client, f"/means/units/{country.unit}", {**MEANS, **changes})
    assert answer.status_code == 303, answer.get_data(as_text=True)


def visited(owner: psycopg.Connection, staff: Staff, country: Country, lon: float, days_ago: float) -> None:
    at = datetime.now(UTC) - timedelta(days=days_ago)
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO patrols (call_sign, unit_id, sector_id, purpose, state, planned_start, planned_end, started_at, "
            "ended_at) VALUES ('HAWK-9', %s, %s, 'presence', 'done', %s, %s, %s, %s) RETURNING id",
            [country.unit, staff.sectors[WEST], *[at - timedelta(hours=1), at + timedelta(hours=2)] * 2],
        ).fetchone()
        assert row
        owner.execute(
            "INSERT INTO patrol_stops (patrol_id, sequence, name, place, arrived_at, departed_at) "
            "VALUES (%s, 1, 'EXERCISE', ST_SetSRID(ST_MakePoint(%s, 0.503), 4326), %s, %s)",
            [row[0], lon, at, at + timedelta(hours=1)],
        )
        record(owner)


def read(client: FlaskClient, path: str) -> Any:
    """What the API answers."""
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.json
