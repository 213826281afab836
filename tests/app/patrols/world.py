"""What patrols need to be sent: bases, units, a leader of a unit, an alert that was decided."""

from __future__ import annotations

from typing import Any

import psycopg
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import EAST, WEST, Staff, record
from tests.reports import body, put


def unit(
    owner: psycopg.Connection, sector_id: int, code: str, lon: float, lat: float = 0.5, kind: str = "coy",
    notice: int = 30,
) -> int:  # fmt: skip
    """A unit with a base of its own at (lon, lat)."""
    base = owner.execute(
        "INSERT INTO bases (code, name, kind, place, sector_id) VALUES (%s, %s, 'company_operating_base', "
        "ST_SetSRID(ST_MakePoint(%s, %s), 4326), %s) RETURNING id",
        [f"B-{code}", f"EXERCISE base {code}", lon, lat, sector_id],
    ).fetchone()
    assert base
    row = owner.execute(
        "INSERT INTO units (code, name, call_sign, kind, base_id, sector_id, strength, notice_to_move_minutes) "
        "VALUES (%s, %s, %s, %s, %s, %s, 120, %s) RETURNING id",
        [code, f"EXERCISE unit {code}", f"HAWK {code}", kind, base[0], sector_id, notice],
    ).fetchone()
    assert row
    return int(row[0])


def leader_of(owner: psycopg.Connection, staff: Staff, unit_id: int, sector: str = WEST) -> int:
    """The patrol commander of that sector, put into the unit."""
    person = staff.person(Role.PATROL_CDR, sector)
    with owner.transaction():
        owner.execute("UPDATE people SET unit_id = %s WHERE id = %s", [unit_id, person])
        record(owner)
    return person


def decided_alert(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, lon: float = 0.5, **under: str
) -> int:
    """An alert at (lon, 0.5), acknowledged and decided to be answered with a patrol. `under`: what the decision stands on
    beside its authority."""
    assert put(client, staff.bearer(Role.UNPOL_OPS), body(place={"lon": lon, "lat": 0.5})).status_code == 201
    row = owner.execute("SELECT max(id) FROM alerts").fetchone()
    assert row
    duty = staff.bearer(Role.WATCHKEEPER_JOC)
    for act, fields in (
        ("acknowledge", {}),
        ("decide", {"response": "patrol", "authority": "tactical_control", **under}),
    ):
        answer = client.post(f"/api/v1/alerts/{row[0]}/{act}", json=fields, headers=duty)
        assert answer.status_code == 200, answer.json
    return int(row[0])


def move(client: FlaskClient, headers: dict[str, str], patrol: int, act: str, **fields: Any) -> Any:
    return client.post(f"/api/v1/patrols/{patrol}/{act}", json=fields, headers=headers)


__all__ = ["EAST", "WEST", "decided_alert", "leader_of", "move", "unit"]
