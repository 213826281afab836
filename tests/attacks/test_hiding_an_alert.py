"""One officer alone wants that nobody sees an alert: behind another, under a lesser priority, by a hand on its row."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg.errors import IntegrityConstraintViolation

from app.db import db
from app.permissions import Role
from tests.app.alerts.entries import WHY, entered, looked_at
from tests.app.alerts.test_triage import due, taken, triage
from tests.app.console.test_console import Desk, numbers
from tests.people import Staff, record
from tests.reports import act

DUTY, FORCE = Role.WATCHKEEPER_JOC, Role.FC_STAFF
# Of no weight of its own, so that the priority is the one that was given.
CALM = {"kind": "eviction_land_dispute", "source_reliability": "F", "credibility": 6}


def merge(client: FlaskClient, headers: dict[str, str], alert: int, leader: int) -> Any:
    return act(client, headers, alert, "merge", leader_id=leader, note=WHY)


def test_an_urgent_alert_is_not_hidden_behind_a_calm_one(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    calm, urgent = (
        entered(client, duty, priority="P4", **CALM),
        entered(client, duty, priority="P1", **CALM),
    )
    assert merge(client, duty, urgent, calm).json["code"] == "less_urgent"
    assert looked_at(client, duty, urgent)["leader_id"] is None
    with pytest.raises(IntegrityConstraintViolation, match="hidden"):
        owner.execute("UPDATE alerts SET leader_id = %s WHERE id = %s", [calm, urgent])
    # Nor by making what leads urgent first, and calm again behind it.
    act(client, duty, calm, "acknowledge")
    assert triage(client, duty, calm, "P1").status_code == 200
    assert merge(client, duty, urgent, calm).status_code == 200
    assert triage(client, duty, calm, "P4").json["code"] == "less_urgent"
    with pytest.raises(IntegrityConstraintViolation, match="follows"):
        owner.execute("UPDATE alerts SET priority = 'P4' WHERE id = %s", [calm])
    assert looked_at(client, duty, calm)["priority"] == "P1"


def test_nothing_is_hidden_behind_what_was_decided_not_to_be_answered(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    dead, new = (entered(client, duty, priority="P2", **CALM) for _n in range(2))
    for name, fields in (
        ("acknowledge", {}),
        ("act-at-once", {"note": WHY}),
        ("decline", {"reason": "not_credible", "authority": "standing_order", "note": WHY}),
    ):
        assert act(client, duty, dead, name, **fields).status_code == 200
    assert merge(client, duty, new, dead).json["code"] == "not_answered"
    with pytest.raises(IntegrityConstraintViolation, match="hidden"):
        owner.execute("UPDATE alerts SET leader_id = %s WHERE id = %s", [dead, new])


def test_at_the_console_the_more_urgent_of_the_two_leads(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    desk = Desk(staff, DUTY)
    desk.sent(**CALM, priority="P4")
    ((first, _leader, _code),) = numbers(owner)
    assert desk.sent(**CALM, priority="P1", same_as=str(first)).status_code == 303
    (_, old_follows, _), (new, new_follows, _) = numbers(owner)
    assert (old_follows, new_follows) == (new, None)
    duty = staff.bearer(DUTY)
    for name, fields in (
        ("acknowledge", {}),
        ("act-at-once", {"note": WHY}),
        ("decline", {"reason": "other", "authority": "standing_order", "note": WHY}),
    ):
        assert act(client, duty, new, name, **fields).status_code == 200
    # What can't be merged is stored all the same where life is in danger.
    assert desk.sent(**CALM, priority="P1", same_as=str(new)).status_code == 303
    assert desk.sent(**CALM, priority="P3", same_as=str(new), seen=str(new)).status_code == 422
    assert [leader for _id, leader, _code in numbers(owner)] == [new, None, None]


def test_lowering_its_priority_puts_off_nobody_s_hearing_of_it(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = taken(client, duty, priority="P1", **CALM)
    for priority in ("P4", "P3", "P4"):
        assert triage(client, duty, alert, priority).status_code == 200
    assert due(owner, alert, "decide") < 11


@pytest.mark.parametrize(
    "change",
    [
        "alerts SET status = 'closed'", "alerts SET decision = 'not_respond', non_response_reason = 'duplicate'",
        "alerts SET outcome = 'false_alarm'", "alerts SET source_reliability = 'A', credibility = 1",
        "alert_clocks SET stopped_at = now()", "alert_clocks SET due_at = now() + interval '1 year'",
        "alert_clocks SET ran_out_at = now()", "alert_clocks SET passed_on_by_id = vigil.person_id()",
    ],
)  # fmt: skip
def test_a_hand_on_the_rows_closes_nothing_and_stops_no_clock(
    client: FlaskClient, staff: Staff, change: str
) -> None:
    alert = taken(client, staff.bearer(DUTY))
    of = "id" if change.startswith("alerts") else "clock <> 'acknowledge' AND alert_id"
    with staff.acting(FORCE), pytest.raises(Exception, match=r"by a step of|permission denied"):
        db.session.connection().exec_driver_sql(f"UPDATE {change} WHERE {of} = {alert}")


def test_whose_words_an_alert_holds_is_a_code_and_never_a_name(client: FlaskClient, staff: Staff) -> None:
    sent = {
        "kind": "abduction", "priority": "P3", "channel": "hotline", "verbatim": "EXERCISE",
        "place": {"lon": 0.5, "lat": 0.5},
    }  # fmt: skip
    for name in ("Mr Smith of the market", "+243 99 000 0001"):
        answer = client.post("/api/v1/alerts", json=sent | {"source_code": name}, headers=staff.bearer(DUTY))
        assert answer.status_code == 422
        assert name not in answer.get_data(as_text=True)
    page = staff.client(DUTY)
    assert "never a name" in page.get("/console").get_data(as_text=True)


def test_a_number_is_shown_in_the_transaction_that_records_the_look(
    staff: Staff, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        owner.execute(
            "INSERT INTO replies (gateway_key, received_at, sender, words, result) "
            "VALUES ('k', now(), '+24399000009', 'EXERCISE: help', 'unknown')"
        )
        record(owner)
    row = owner.execute("SELECT id FROM replies").fetchone()
    assert row
    with staff.acting(DUTY):
        silently = db.session.connection().exec_driver_sql("SELECT vigil.sender_of(%s)", (row[0],))
        assert silently.scalar() is None
