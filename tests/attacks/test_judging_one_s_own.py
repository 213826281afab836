"""Whoever sent one of two bodies says which of them holds; whoever counts looks at names reads why they were taken."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text

from app.db import db
from app.permissions import Role
from tests.people import Staff, csrf_of, record
from tests.reports import body, defender_near, put

SECRET = "EXERCISE: her brother was asked about her"


def conflict(app: Flask, staff: Staff, owner: psycopg.Connection, first: Role, second: Role) -> int:
    client, report_id = app.test_client(), str(uuid4())
    assert put(client, staff.bearer(first), body(), report_id).status_code == 201
    assert put(client, staff.bearer(second), body(what="EXERCISE: otherwise"), report_id).status_code == 409
    row = owner.execute("SELECT id FROM report_conflicts").fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (Role.SECTOR_OPS, Role.SECTOR_OPS), (Role.SECTOR_OPS, Role.PATROL_CDR), (Role.PATROL_CDR, Role.SECTOR_OPS),
    ],
)  # fmt: skip
def test_nobody_settles_a_conflict_over_what_he_sent_himself(
    app: Flask, staff: Staff, owner: psycopg.Connection, first: Role, second: Role
) -> None:
    number = conflict(app, staff, owner, first, second)
    own, other = staff.client(Role.SECTOR_OPS), staff.client(Role.WATCHKEEPER_JOC)
    report = owner.execute("SELECT id FROM field_reports").fetchone()
    assert report
    assert "I have compared them" not in own.get(f"/reports/{report[0]}").get_data(as_text=True)
    assert "I have compared them" in other.get(f"/reports/{report[0]}").get_data(as_text=True)
    path = f"/reports/conflicts/{number}/settle"
    refused = own.post(path, data={"csrf_token": csrf_of(own)})
    assert refused.status_code == 403
    assert "Another officer compares them" in refused.get_data(as_text=True)
    with staff.acting(Role.SECTOR_OPS):
        by_sql = db.session.execute(text("UPDATE report_conflicts SET settled_at = now()"))
        assert by_sql.rowcount == 0  # type: ignore[attr-defined]
    assert other.post(path, data={"csrf_token": csrf_of(other)}).status_code == 303


def look(staff: Staff, owner: psycopg.Connection) -> int:
    looker = staff.person(Role.HR_OFFICER)
    defender = defender_near(owner, staff.sectors["WEST"])
    with owner.transaction():
        owner.execute(
            "INSERT INTO unmaskings (defender_id, fields, by_id, role, reason) "
            "VALUES (%s, '{name}', %s, 'hr_officer', %s)",
            [defender, looker, SECRET],
        )
        record(owner)
    return looker


@pytest.mark.parametrize("role", [Role.HOM, Role.FC_STAFF, Role.POC_OFFICER, Role.LEGAL, Role.AUDITOR])
def test_whoever_reads_the_log_counts_looks_and_reads_no_reason(
    staff: Staff, owner: psycopg.Connection, role: Role
) -> None:
    look(staff, owner)
    counts = "SELECT * FROM vigil.looks_by_role('-infinity', 'infinity')"
    with staff.acting(role):
        assert db.session.execute(text("SELECT reason FROM unmaskings")).all() == []
        assert list(db.session.execute(text(counts))) == [("hr_officer", 1, 0)]
    assert "identity unmasked" in staff.client(role).get("/accountability").get_data(as_text=True)


def test_supervisors_and_whoever_looked_read_the_reason(staff: Staff, owner: psycopg.Connection) -> None:
    look(staff, owner)
    for role in (Role.HR_CASE_SUPERVISOR, Role.HR_OFFICER):
        with staff.acting(role):
            assert db.session.execute(text("SELECT reason FROM unmaskings")).scalars().all() == [SECRET]
    assert "her brother" in staff.client(Role.HR_CASE_SUPERVISOR).get("/defenders/unmaskings").get_data(
        as_text=True
    )


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.WATCHKEEPER_JOC, Role.PATROL_CDR])
def test_others_do_not_even_learn_how_many(staff: Staff, owner: psycopg.Connection, role: Role) -> None:
    look(staff, owner)
    with staff.acting(role):
        assert (
            db.session.execute(text("SELECT * FROM vigil.looks_by_role('-infinity', 'infinity')")).all() == []
        )
