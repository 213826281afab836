"""Views of the map that are kept: one's own, and those left for whoever takes the shift over."""

from __future__ import annotations

import json

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.people import WEST, Staff, csrf_of

CONTENT = {"lon": 0.5, "lat": 0.5, "zoom": 8, "layers": ["alerts"], "query": "grade=B", "drawn": []}


def keep(browser: FlaskClient, name: str) -> int:
    form = {
        "name": name,
        "for_shift": "y",
        "content": json.dumps(CONTENT),
        "csrf_token": csrf_of(browser, "/map"),
    }
    answer = browser.post("/map/views", data=form)
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return int(answer.location.split("/")[-1].split("?")[0])


def test_a_view_for_the_shift_is_read_by_those_who_stand_shifts_and_by_no_phone_in_the_field(
    staff: Staff,
) -> None:
    made = keep(staff.client(Role.WATCHKEEPER_JOC), "EXERCISE market road")
    for role, found in (
        (Role.FC_STAFF, True),
        (Role.SECTOR_OPS, True),
        (Role.PATROL_CDR, False),
        (Role.CLA, False),
    ):
        browser = staff.client(role, WEST)
        assert browser.get(f"/map/views/{made}").status_code == (200 if found else 404), role
        assert ("EXERCISE market road" in browser.get("/map").get_data(as_text=True)) is found, role


@pytest.mark.parametrize("role", [Role.PATROL_CDR, Role.CLA])
def test_whoever_stands_no_shift_keeps_views_for_himself(
    staff: Staff, owner: psycopg.Connection, role: Role
) -> None:
    browser = staff.client(role)
    assert 'name="for_shift"' not in browser.get("/map").get_data(as_text=True)
    keep(browser, "EXERCISE mine")
    assert owner.execute("SELECT for_shift FROM saved_views").fetchall() == [(False,)]
