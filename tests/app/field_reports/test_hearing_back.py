"""Whoever sent a report sees on its page what became of it, and what an officer wrote back; reading it counts as told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from flask.testing import FlaskClient

from app.measures import queries as measures
from app.measures.catalogue import measure_of
from app.measures.periods import Period
from app.permissions import Role
from tests.app.alerts.entries import entered
from tests.people import EAST, Staff, csrf_of
from tests.reports import act, body, defender_near, put

DUTY, LEADER = Role.WATCHKEEPER_JOC, Role.PATROL_CDR
WHY = "EXERCISE: said in a sentence why."
BACK = "EXERCISE: thank you, a patrol went there and all is calm"


@pytest.fixture
def report(client: FlaskClient, staff: Staff) -> str:
    """A report of an attack, which raises an alert anywhere."""
    made = str(uuid4())
    assert put(client, staff.bearer(LEADER), body(), made).status_code == 201
    return made


def alert_of(owner: psycopg.Connection) -> int:
    row = owner.execute("SELECT id FROM alerts").fetchone()
    assert row
    return int(row[0])


def seen(staff: Staff, report: str, role: Role = LEADER) -> str:
    return staff.client(role).get(f"/reports/{report}").get_data(as_text=True)


def do(client: FlaskClient, staff: Staff, alert: int, name: str, role: Role = DUTY, **fields: Any) -> None:
    answer = act(client, staff.bearer(role), alert, name, **fields)
    assert answer.status_code == 200, answer.json


def told(staff: Staff) -> tuple[float, float]:
    now = datetime.now(UTC)
    with staff.acting(Role.HOM):
        found = measures.totals(
            [measure_of("feedback")], Period(now - timedelta(days=1), now + timedelta(days=1))
        )
    return found["feedback"].numerator, found["feedback"].denominator


def read(staff: Staff, report: str, role: Role = LEADER, sector: str = "WEST") -> int:
    client = staff.client(role, sector)
    sent = {"csrf_token": csrf_of(client, "/account")}
    return client.post(f"/reports/{report}/heard", data=sent).status_code


def test_the_reporter_sees_how_far_it_is_and_nothing_of_the_alert(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, report: str
) -> None:
    alert = alert_of(owner)
    assert "It was received." in seen(staff, report)
    do(client, staff, alert, "acknowledge")
    assert "Somebody has seen it" in seen(staff, report)
    decline = {"reason": "terrain_weather", "authority": "operational_control", "note": WHY}
    do(client, staff, alert, "decline", **decline)
    assert "It is being checked" in seen(staff, report), "not before somebody else approved it"
    do(client, staff, alert, "review", Role.POC_OFFICER, approve=True)
    page = seen(staff, report)
    assert "decided not to respond" in page
    assert not [word for word in (WHY, "Terrain", f"/alerts/{alert}") if word in page]
    assert "What became of it" not in seen(staff, report, DUTY), "it is the reporter’s page"


def test_what_was_written_back_counts_as_told_once_it_was_read_by_a_press_of_its_own(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, report: str
) -> None:
    alert = alert_of(owner)
    do(client, staff, alert, "acknowledge")
    do(client, staff, alert, "decide", response="monitoring_only", authority="operational_control", note=WHY)
    assert read(staff, report) == 409, "there is nothing to read yet"
    do(client, staff, alert, "feedback", told=False, note=WHY, for_reporter=BACK)
    assert BACK in seen(staff, report) and told(staff) == (0, 1), "looking alone says nothing"
    assert read(staff, report, LEADER, EAST) == 404, "nobody reads it in another’s name"
    assert read(staff, report, DUTY) == 403
    assert read(staff, report) == 303
    assert told(staff) == (1, 1)
    assert read(staff, report) == 409, "once"
    assert "You have read it" in seen(staff, report)
    chain = client.get(f"/api/v1/alerts/{alert}", headers=staff.bearer(DUTY)).json["steps"]
    assert [(s["by_role"], s["details"]["told"]) for s in chain if s["kind"] == "feedback"] == [
        ("watchkeeper_joc", False), ("patrol_cdr", True),
    ]  # fmt: skip
    assert BACK not in str(owner.execute("SELECT body, details FROM ledger_events").fetchall())


def test_words_that_nobody_has_read_yet_need_the_reason_why_the_source_was_not_told(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, report: str
) -> None:
    alert = alert_of(owner)
    do(client, staff, alert, "acknowledge")
    do(client, staff, alert, "decide", response="monitoring_only", authority="operational_control", note=WHY)
    answer = act(client, staff.bearer(DUTY), alert, "feedback", told=False, note="", for_reporter="x")
    assert answer.status_code == 422


def test_once_the_alert_is_opened_again_the_old_words_are_neither_shown_nor_read(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, report: str
) -> None:
    alert = alert_of(owner)
    do(client, staff, alert, "acknowledge")
    decline = {"reason": "terrain_weather", "authority": "operational_control", "note": WHY}
    do(client, staff, alert, "decline", **decline)
    do(client, staff, alert, "review", Role.POC_OFFICER, approve=True)
    do(client, staff, alert, "feedback", told=False, note=WHY, for_reporter=BACK)
    do(client, staff, alert, "close", lesson="")
    assert BACK in seen(staff, report)
    do(client, staff, alert, "reopen", note=WHY)
    assert BACK not in seen(staff, report) and read(staff, report) == 409
    do(client, staff, alert, "decline", **decline)
    do(client, staff, alert, "review", Role.POC_OFFICER, approve=True)
    assert act(client, staff.bearer(DUTY), alert, "close", lesson="").json["code"] == "no_feedback"
    do(client, staff, alert, "feedback", told=False, note=WHY, for_reporter=f"{BACK} now")
    assert f"{BACK} now" in seen(staff, report) and read(staff, report) == 303


def test_of_what_raises_an_alert_near_a_defender_alone_nothing_is_told_until_an_officer_writes_back(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    weak, near = str(uuid4()), str(uuid4())
    sent = body(kind="displacement", source_reliability="E", credibility=5)
    assert put(client, staff.bearer(LEADER), sent, weak).status_code == 201
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    defender_near(owner, staff.sectors["WEST"], band="extreme")
    assert put(client, staff.bearer(LEADER), sent, near).status_code == 201
    alert = alert_of(owner)
    do(client, staff, alert, "acknowledge")
    assert "It was received." in seen(staff, weak) and "It was received." in seen(staff, near)
    do(client, staff, alert, "decline", reason="not_credible", authority="operational_control", note=WHY)
    assert "It was received." in seen(staff, near)
    do(client, staff, alert, "feedback", told=False, note=WHY, for_reporter=BACK)
    assert "It is being checked" in seen(staff, near) and BACK in seen(staff, near)


def test_words_for_a_reporter_are_refused_where_nobody_sent_a_report(
    client: FlaskClient, staff: Staff
) -> None:
    alert = entered(client, staff.bearer(DUTY))
    answer = act(client, staff.bearer(DUTY), alert, "feedback", told=False, note=WHY, for_reporter=BACK)
    assert answer.status_code == 422
