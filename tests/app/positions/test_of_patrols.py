"""Positions come late, doubled and out of order; the newest one is always the newest."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.db import db
from app.errors import Invalid
from app.permissions import Permission, Role
from app.positions.actions import report_positions
from app.positions.body import Fix
from tests.people import EAST, Staff


def fixes(*minutes: float, lon: float = 0.5) -> list[dict[str, Any]]:
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        {"at": (now - timedelta(minutes=m)).isoformat(), "lon": lon, "lat": 0.5, "accuracy_metres": 8.5}
        for m in minutes
    ]


def post(client: FlaskClient, headers: dict[str, str], patrol: int, sent: Any) -> Any:
    return client.post(f"/api/v1/patrols/{patrol}/positions", json={"positions": sent}, headers=headers)


def test_a_batch_is_stored_once_however_often_it_is_sent(
    client: FlaskClient, staff: Staff, patrol: int, owner: psycopg.Connection
) -> None:
    leader, batch = staff.bearer(Role.PATROL_CDR), fixes(30, 10, 20)
    first = post(client, leader, patrol, batch)
    assert (first.status_code, first.json["stored"], first.json["known"]) == (201, 3, 0)
    again = post(client, leader, patrol, batch)
    assert (again.status_code, again.json["stored"], again.json["known"]) == (200, 0, 3)
    older = post(client, leader, patrol, fixes(50, 40))
    assert older.json["stored"] == 2
    newest = owner.execute("SELECT at FROM latest_positions").fetchone()
    assert newest and newest[0].isoformat() == batch[1]["at"]
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (5,)


@pytest.mark.parametrize(("role", "sector", "status"), [
    (Role.SECTOR_OPS, "WEST", 201), (Role.FC_STAFF, "WEST", 201), (Role.SECTOR_OPS, EAST, 404),
    (Role.PATROL_CDR, EAST, 404), (Role.WATCHKEEPER_JOC, "WEST", 403), (Role.ANALYST_JMAC, "WEST", 403),
])  # fmt: skip
def test_only_the_leader_and_planners_of_the_sector_report_positions(
    client: FlaskClient, staff: Staff, patrol: int, role: Role, sector: str, status: int
) -> None:
    assert post(client, staff.bearer(role, sector), patrol, fixes(1)).status_code == status


def test_the_database_refuses_positions_from_others_by_itself(staff: Staff, patrol: int) -> None:
    for role in (Role.WATCHKEEPER_JOC, Role.ANALYST_JMAC):
        with staff.acting(role):
            with pytest.raises(Exception, match="row-level security"):
                db.session.execute(
                    db.text(
                        "INSERT INTO positions (tracked_id, at, place) SELECT id, now(), 'SRID=4326;POINT(0 0)' "
                        "FROM tracked WHERE patrol_id = :p"
                    ),
                    {"p": patrol},
                )


def test_a_narrowed_token_can_only_report(client: FlaskClient, staff: Staff, patrol: int) -> None:
    device = staff.bearer(Role.PATROL_CDR, scopes=[Permission.FILE_REPORTS, Permission.LEAD_PATROLS])
    assert post(client, device, patrol, fixes(1)).status_code == 201
    without = staff.bearer(Role.PATROL_CDR, scopes=[Permission.FILE_REPORTS])
    assert post(client, without, patrol, fixes(1)).status_code == 404


def test_times_to_come_and_months_that_are_gone_are_refused_by_name(
    client: FlaskClient, staff: Staff, patrol: int, owner: psycopg.Connection
) -> None:
    leader = staff.bearer(Role.PATROL_CDR)
    batch = fixes(5, -30, 60 * 24 * 400)
    answer = post(client, leader, patrol, batch)
    assert answer.status_code == 422
    assert set(answer.json["fields"]) == {"positions.1.at", "positions.2.at"}
    assert owner.execute("SELECT count(*) FROM positions").fetchone() == (0,)


@pytest.mark.parametrize("wrong", [
    [], [{"at": "2026-11-21T10:00:00", "lon": 0, "lat": 0}], [{"at": "now", "lon": 0, "lat": 0}],
    [{"at": "2026-11-21T10:00:00Z", "lon": 181, "lat": 0}], [{"at": "2026-11-21T10:00:00Z", "lon": 0}],
    [{"at": "0001-01-01T00:00:00+14:00", "lon": 0, "lat": 0}], [{"at": "9999-12-31T23:59:59-12:00", "lon": 0, "lat": 0}],
    [{"at": "2026-11-21T10:00:00Z", "lon": 0, "lat": 0, "accuracy_metres": -1}], fixes(1) * 501, "x", None,
])  # fmt: skip
def test_what_is_no_batch_of_positions_is_refused(
    client: FlaskClient, staff: Staff, patrol: int, wrong: Any
) -> None:
    assert post(client, staff.bearer(Role.PATROL_CDR), patrol, wrong).status_code == 422


@given(data=st.data())
@settings(
    max_examples=15, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_latest_position_only_moves_forward(staff: Staff, patrol: int, data: st.DataObject) -> None:
    now = datetime.now(UTC)
    minutes = data.draw(st.lists(st.integers(0, 300), min_size=1, max_size=12))
    all_fixes = [Fix(at=now - timedelta(minutes=m), lon=m / 100, lat=0.5) for m in minutes]
    with staff.acting(Role.PATROL_CDR):
        latest = None
        sent: list[Fix] = []
        while all_fixes:
            cut = random.Random(len(all_fixes)).randint(1, len(all_fixes))
            batch, all_fixes = all_fixes[:cut], all_fixes[cut:]
            sent += batch
            stored = report_positions(patrol, batch)
            assert stored.stored + stored.known == len(batch)
            assert latest is None or stored.latest_at >= latest
            latest = stored.latest_at
            assert latest == max(f.at for f in sent)
        kept = db.session.execute(db.text("SELECT count(*), max(at) FROM positions")).one()
        assert tuple(kept) == (len({f.at for f in sent}), latest)
        db.session.rollback()


def test_a_position_of_the_last_minutes_is_no_future(staff: Staff, patrol: int) -> None:
    with staff.acting(Role.PATROL_CDR):
        report_positions(patrol, [Fix(at=datetime.now(UTC) + timedelta(seconds=30), lon=0.5, lat=0.5)])
        with pytest.raises(Invalid):
            report_positions(patrol, [Fix(at=datetime.now(UTC) + timedelta(minutes=3), lon=0.5, lat=0.5)])
