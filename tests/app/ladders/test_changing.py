"""A ladder changes by a new version with a reason; the old one stays, and a P1 is never quiet."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask

from app.ladders import queries
from app.permissions import Role
from tests.people import Staff, csrf_of

WHY = "EXERCISE: the force commander's order"


def ladder(**changes: Any) -> dict[str, Any]:
    return {
        "priority": "P2", "then": "stay", "reason": WHY,
        "rungs": [{"post": "duty_officer", "minutes": 5}, {"post": "head_of_mission", "minutes": 7, "ways": ["sms"]}],
    } | changes  # fmt: skip


def put(app: Flask, staff: Staff, role: Role = Role.FC_STAFF, **changes: Any) -> Any:
    return app.test_client().post("/api/v1/ladders", json=ladder(**changes), headers=staff.bearer(role))


def test_the_handbook_s_ladders_are_seeded(staff: Staff) -> None:
    with staff.acting(Role.HOM):
        found = {row.priority: row for row in queries.all_in_force()}
        assert set(found) == {"P1", "P2", "P3", "P4"}
        assert [r["post"] for r in found["P1"].rungs] == [
            "duty_officer", "sector", "force_headquarters", "head_of_mission",
        ]  # fmt: skip
        assert found["P1"].quiet_from is None


def test_a_change_is_a_new_version_and_the_old_one_stays(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    assert put(app, staff).json["version"] == 2
    rows = owner.execute(
        "SELECT version, replaced_at IS NULL FROM ladders WHERE priority = 'P2' ORDER BY version"
    ).fetchall()
    assert rows == [(1, False), (2, True)]
    with staff.acting(Role.HOM):
        climbed, _id = queries.in_force("abduction", "P2")
    assert [rung.post for rung in climbed.rungs] == ["duty_officer", "head_of_mission"]


def test_a_kind_s_own_ladder_goes_before_that_of_all(app: Flask, staff: Staff) -> None:
    put(app, staff, kind="abduction")
    with staff.acting(Role.HOM):
        assert len(queries.in_force("abduction", "P2")[0].rungs) == 2
        assert len(queries.in_force("mob_risk", "P2")[0].rungs) == 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"priority": "P1", "quiet_from": 1320, "quiet_until": 360},
        {"quiet_from": 1320},
        {"rungs": []},
        {"rungs": [{"post": "sector", "minutes": 5}, {"post": "duty_officer", "minutes": 5}]},
        {"rungs": [{"post": "sector", "minutes": 0}]},
        {"reason": "."},
        {"kind": "no such kind"},
    ],
)
def test_what_makes_no_ladder_is_refused(app: Flask, staff: Staff, wrong: dict[str, Any]) -> None:
    assert put(app, staff, **wrong).status_code == 422


def test_a_change_of_what_somebody_else_has_changed_is_a_conflict(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    row = owner.execute("SELECT id FROM ladders WHERE priority = 'P2'").fetchone()
    assert row
    assert put(app, staff, seen=row[0]).status_code == 201
    assert put(app, staff, seen=row[0]).status_code == 409


def test_those_who_manage_the_mission_change_it_and_nobody_else(app: Flask, staff: Staff) -> None:
    assert put(app, staff, Role.POC_OFFICER).status_code == 201
    for role in (Role.WATCHKEEPER_JOC, Role.SECTOR_OPS, Role.SYSADMIN):
        assert put(app, staff, role).status_code == 403


def test_the_page_shows_and_changes_it(staff: Staff, owner: psycopg.Connection) -> None:
    row = owner.execute("SELECT id FROM ladders WHERE priority = 'P3'").fetchone()
    assert row
    client = staff.client(Role.FC_STAFF)
    path = f"/ladders/{row[0]}"
    sent = {
        "csrf_token": csrf_of(client, path), "seen": str(row[0]), "kind": "", "then": "tell_again", "reason": WHY,
        "quiet_from": "21:30", "quiet_until": "05:00", "post_1": "duty_officer", "minutes_1": "9", "sms_1": "y",
        "post_2": "sector", "minutes_2": "11",
    }  # fmt: skip
    wrong = client.post(path, data=sent | {"quiet_from": "25:00"})
    assert wrong.status_code == 422
    assert 'value="11"' in wrong.get_data(as_text=True), "what was typed is there again"
    assert client.post(path, data=sent).status_code == 303
    stands = owner.execute(
        'SELECT rungs, "then", quiet_from FROM ladders WHERE priority = %s AND replaced_at IS NULL', ["P3"]
    ).fetchone()
    assert stands == (
        [
            {"post": "duty_officer", "minutes": 9, "ways": ["screen", "sms"]},
            {"post": "sector", "minutes": 11, "ways": ["screen"]},
        ],
        "tell_again",
        1290,
    )
