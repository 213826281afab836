"""A decision not to respond waits for its approver no longer than its clock: then the next rung is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from app.db import db
from app.documents.freezing_facts import breaches, facts
from app.documents.freezing_records import records
from app.ladders.climbing import Post
from app.permissions import Role
from tests.app.alerts.entries import WHY, entered, looked_at
from tests.people import EAST, WEST, Staff, record
from tests.reports import act
from tests.workers.told import on_watch
from workers import alerts

DUTY, APPROVER = Role.WATCHKEEPER_JOC, Role.POC_OFFICER


@pytest.fixture
def declined(client: FlaskClient, staff: Staff, owner: psycopg.Connection) -> int:
    """An alert of P1 to which somebody decided not to respond, while a duty officer who may approve it is on watch."""
    on_watch(owner, staff.person(APPROVER), "duty_officer")
    return declined_now(client, staff)


def declined_now(client: FlaskClient, staff: Staff) -> int:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty, priority="P1")
    assert act(client, duty, alert, "acknowledge").status_code == 200
    decline(client, staff, alert)
    return alert


def decline(client: FlaskClient, staff: Staff, alert: int) -> None:
    said = {"reason": "terrain_weather", "authority": "operational_control", "note": WHY}
    assert act(client, staff.bearer(DUTY), alert, "decline", **said).status_code == 200


def clocks(owner: psycopg.Connection) -> list[tuple[Any, ...]]:
    return owner.execute(
        "SELECT echelon, stopped_at IS NOT NULL, ran_out_at IS NOT NULL FROM alert_clocks WHERE clock = 'approve' "
        "ORDER BY id"
    ).fetchall()


def late(owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute(
            "UPDATE alert_clocks SET due_at = now() - interval '1 second' WHERE clock = 'approve' AND ran_out_at IS NULL"
        )
        record(owner)


def look(worker: Flask) -> None:
    with worker.app_context():
        alerts.sweep(datetime.now(UTC))
        db.session.remove()


def test_it_runs_from_the_decision_for_the_time_of_its_priority_and_the_queue_says_who_is_waited_for(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, declined: int
) -> None:
    found = looked_at(client, staff.bearer(DUTY), declined)
    (clock,) = [c for c in found["clocks"] if c["clock"] == "approve"]
    wait = datetime.fromisoformat(clock["due_at"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < wait <= timedelta(minutes=10)
    assert found["waits_for_approval_of"] == "duty_officer"
    undecided = entered(client, staff.bearer(DUTY), priority="P2")
    queue = staff.client(DUTY).get("/alerts/queue").get_data(as_text=True)
    assert "waits for the approval of Duty officer" in queue
    assert queue.index(f'id="q-{declined}"') < queue.index(f'id="q-{undecided}"'), (
        "it waits for a decision too"
    )


# Who stands where: role, his sector, post, and whether as the deputy. Where nobody may approve it climbs from the owner
# on, so that whoever comes on watch meanwhile is asked, and not past him.
WATCHES: dict[str, list[tuple[Role, str, str, bool]]] = {
    "duty_officer, with nobody on watch": [],
    "duty_officer": [(DUTY, WEST, "duty_officer", False), (APPROVER, WEST, "duty_officer", False)],
    "sector": [(DUTY, WEST, "duty_officer", False), (Role.HEAD_OF_OFFICE, WEST, "sector", False)],
    # Whoever decided is not asked, nor who has no turn yet, nor an office of elsewhere.
    "force_headquarters": [
        (DUTY, WEST, "duty_officer", False), (APPROVER, WEST, "duty_officer", True),
        (Role.HEAD_OF_OFFICE, EAST, "sector", False), (Role.FC_STAFF, WEST, "force_headquarters", True),
    ],
}  # fmt: skip


@pytest.mark.parametrize("case", WATCHES)
def test_it_begins_where_somebody_on_watch_may_approve_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, worker: Flask, case: str
) -> None:
    begins = case.split(",")[0]
    for role, sector, post, deputy in WATCHES[case]:
        on_watch(owner, staff.person(role, sector), post, deputy=deputy)
    alert = declined_now(client, staff)
    assert clocks(owner) == [(begins, False, False)]
    assert looked_at(client, staff.bearer(DUTY), alert)["waits_for_approval_of"] == begins
    late(owner)
    for _ in range(3):
        look(worker)
    climbed = [post for post, _stopped, _out in clocks(owner)]
    above = list(map(str, Post))[list(Post).index(Post(begins)) + 1 :]
    assert climbed == [begins, above[0] if above else begins], "then the next rung, once"


def test_whoever_decided_it_is_not_waited_for(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    on_watch(owner, staff.person(Role.FC_STAFF), "duty_officer")
    alert = entered(client, staff.bearer(DUTY), priority="P1")
    headers = staff.bearer(Role.FC_STAFF)
    assert act(client, headers, alert, "acknowledge").status_code == 200
    said = {"reason": "terrain_weather", "authority": "operational_control", "note": WHY}
    assert act(client, headers, alert, "decline", **said).status_code == 200
    assert clocks(owner) == [("duty_officer", False, False)]


def test_when_nobody_answers_each_rung_is_told_once_and_it_is_a_breach_of_the_report(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, worker: Flask, declined: int
) -> None:
    look(worker)
    untold = "SELECT count(*) FROM alert_clocks WHERE clock = 'approve' AND told_at IS NULL"
    assert owner.execute(untold).fetchone() == (0,), "whose turn it is hears of it at once"
    late(owner)
    for _ in range(3):
        look(worker)
    assert clocks(owner) == [("duty_officer", False, True), ("sector", False, False)]
    told = owner.execute(
        "SELECT details ->> 'to' FROM alert_steps WHERE kind = 'escalated' AND details ->> 'clock' = 'approve'"
    ).fetchall()
    assert told == [("sector",)]
    assert owner.execute(untold).fetchone() == (0,)
    assert looked_at(client, staff.bearer(DUTY), declined)["waits_for_approval_of"] == "sector"
    now = datetime.now(UTC)
    with staff.acting(Role.HOM):
        (found,) = records(now - timedelta(days=1), now + timedelta(days=1), None)
        said = facts(found, None, now)
        (breach,) = [b for b in breaches([found]) if "not responding" in b.step]
    assert "approved" in said.late and said.approved is None
    assert breach.escalated_to == "Sector headquarters"


@pytest.mark.parametrize("approve", [True, False])
def test_an_answer_stops_every_rung_and_nobody_is_told_again(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, worker: Flask, declined: int, approve: bool
) -> None:
    late(owner)
    look(worker)
    answered = act(client, staff.bearer(APPROVER), declined, "review", approve=approve, note=WHY)
    assert answered.status_code == 200
    assert answered.json["waits_for_approval_of"] is None
    late(owner)
    look(worker)
    assert [stopped for _post, stopped, _out in clocks(owner)] == [True, True]


def test_declined_once_more_after_a_refusal_it_is_chased_once_more(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, declined: int
) -> None:
    assert act(client, staff.bearer(APPROVER), declined, "review", approve=False, note=WHY).status_code == 200
    decline(client, staff, declined)
    assert [stopped for _post, stopped, _out in clocks(owner)] == [True, False]
    runs = owner.execute(
        "SELECT array_agg(run ORDER BY id) FROM alert_clocks WHERE clock = 'approve'"
    ).fetchone()
    assert runs == ([None, 2],)


def test_no_hand_on_the_row_stops_it(staff: Staff, owner: psycopg.Connection, declined: int) -> None:
    with staff.acting(DUTY), pytest.raises(DBAPIError, match="moved by a step"):
        db.session.execute(text("UPDATE alert_clocks SET stopped_at = now() WHERE clock = 'approve'"))
    assert clocks(owner) == [("duty_officer", False, False)]


@pytest.mark.parametrize("before", [True, False])
def test_made_less_urgent_by_whoever_declines_it_gives_the_approver_no_more_time(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, before: bool
) -> None:
    """Before the decision, or after it: one officer alone would put off by a day that anybody else is asked."""
    duty = staff.bearer(DUTY)
    alert = entered(client, duty, kind="hate_speech", priority="P1" if before else "P4")
    assert act(client, duty, alert, "acknowledge").status_code == 200
    graded = {"source_reliability": "C", "credibility": 3, "note": WHY}
    steps = ["P4", "decline"] if before else ["P1", "decline", "P4"]
    for step in steps:
        if step == "decline":
            decline(client, staff, alert)
        else:
            act(client, duty, alert, "triage", priority=step, **graded)
    row = owner.execute(
        "SELECT extract(epoch FROM due_at - now()) / 60 FROM alert_clocks WHERE clock = 'approve'"
    ).fetchone()
    assert row and row[0] < 11
