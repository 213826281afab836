"""A reporter says by SQL why his report raised no alert: not what stops the page of all who look, nor what is not so."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from flask import Flask
from psycopg.errors import CheckViolation

from app.db import ENTER
from app.permissions import Role, Viewer
from tests.attacks.test_hand_on_the_database import acting
from tests.people import WEST, Staff, record
from tests.reports import body, put

KEEP = "SELECT vigil.keep_unraised(%s, 10, %s, '[]')"


def filed(app: Flask, staff: Staff, kind: str) -> str:
    report_id = str(uuid4())
    assert put(app.test_client(), staff.bearer(Role.CLA), body(kind=kind), report_id).status_code == 201
    return report_id


def test_why_a_report_raised_no_alert_is_sentences(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    report_id = filed(app, staff, "all_quiet")
    with owner.transaction():
        owner.execute("DELETE FROM report_weighings")
        owner.execute("DELETE FROM unraised_reports")
        record(owner)
    with acting(staff, Role.CLA) as (c, _person):
        for said in ("null", "5", '"lies"', "{}", "[null]", '["so", 5]', '[["so"]]', '["so", {"so": 1}]'):
            with pytest.raises(CheckViolation), c.transaction():
                c.execute(KEEP, [report_id, said])
        c.execute(KEEP, [report_id, '["so", "and so"]'])


def test_a_report_that_raised_its_alert_is_not_put_among_those_that_wait(app: Flask, staff: Staff) -> None:
    report_id = filed(app, staff, "attack_under_way")
    duty = staff.person(Role.WATCHKEEPER_JOC)
    with acting(staff, Role.CLA) as (c, _person):
        c.execute(KEEP, [report_id, '["lies"]'])
        reads = Viewer(duty, Role.WATCHKEEPER_JOC, frozenset({staff.sectors[WEST]}), frozenset({"north"}))
        c.execute(ENTER, reads.as_database_context())
        assert c.execute("SELECT count(*) FROM field_reports").fetchone() == (1,)
        assert c.execute("SELECT count(*) FROM unraised_reports").fetchone() == (0,)
