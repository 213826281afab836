"""A source is asked again by a time: ordered once, answered once, the overdue first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.permissions import Role
from tests.app.alerts.entries import entered, looked_at
from tests.people import EAST, Staff, record
from tests.reports import act

DUTY, OPS, HOM = Role.WATCHKEEPER_JOC, Role.SECTOR_OPS, Role.HOM


def order(client: FlaskClient, headers: dict[str, str], alert: int, **changes: Any) -> Any:
    sent = {"source_code": "S-2", "question": "EXERCISE: which way did they go?"} | changes
    return act(client, headers, alert, "call-back", **sent)


def test_a_call_back_is_ordered_done_and_stands_in_the_chain(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty)
    (ordered,) = order(client, duty, alert).json["call_backs"]
    wait = datetime.fromisoformat(ordered["due_at"]) - datetime.now(UTC)
    assert timedelta(minutes=58) < wait <= timedelta(hours=1)
    done = {"call_back_id": ordered["id"], "result": "confirms", "answer": "EXERCISE: north"}
    answered = act(client, duty, alert, "called-back", **done).json
    assert [(c["source_code"], c["result"]) for c in answered["call_backs"]] == [("S-2", "confirms")]
    assert [s["kind"] for s in answered["steps"]] == ["raised", "call_back_ordered", "called_back"]
    assert act(client, duty, alert, "called-back", **done).status_code == 409, "once"
    steps = owner.execute("SELECT count(*) FROM alert_steps WHERE kind = 'called_back'").fetchone()
    assert steps == (1,)


def test_what_is_refused_stores_nothing(client: FlaskClient, staff: Staff) -> None:
    duty = staff.bearer(DUTY)
    alert, other = entered(client, duty), entered(client, duty)
    late = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    past = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    for fields in (
        {"question": ""},
        {"source_code": "Mr Smith of the market"},
        {"due_at": late},
        {"due_at": past},
    ):
        assert order(client, duty, alert, **fields).status_code == 422
    assert order(client, staff.bearer(HOM), alert).status_code == 403
    assert order(client, staff.bearer(OPS, EAST), alert).status_code == 404
    (mine,) = order(client, duty, alert).json["call_backs"]
    wrong = act(client, duty, other, "called-back", call_back_id=mine["id"], result="confirms")
    assert wrong.status_code == 409
    denied = act(client, duty, alert, "called-back", call_back_id=mine["id"], result="denies", answer="no")
    assert denied.status_code == 422, "a denial says what was said"
    assert [c["result"] for c in looked_at(client, duty, alert)["call_backs"]] == [None]


def test_the_page_shows_the_longest_overdue_first(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    alert = entered(client, duty)
    for code in ("S-1", "S-2"):
        order(client, duty, alert, source_code=code)
    with owner.transaction():
        owner.execute(
            "UPDATE call_backs SET due_at = now() - interval '2 hours' WHERE source_id = "
            "(SELECT id FROM sources WHERE code = 'S-2')"
        )
        record(owner)
    page = staff.client(DUTY).get("/call-backs").get_data(as_text=True)
    assert page.index("S-2") < page.index("S-1")
    assert "overdue by" in page
    waiting = client.get("/api/v1/call-backs", headers=staff.bearer(OPS, EAST)).json["waiting"]
    assert waiting == [], "another sector's calls are nobody else's"


def test_of_an_alert_that_was_closed_nobody_is_to_call_any_more(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection
) -> None:
    duty = staff.bearer(DUTY)
    for code in ("S-1", "S-2"):
        order(client, duty, entered(client, duty), source_code=code)
    with owner.transaction():
        owner.execute("UPDATE alerts SET status = 'closed' WHERE id = (SELECT min(id) FROM alerts)")
        record(owner)
    (left,) = client.get("/api/v1/call-backs", headers=duty).json["waiting"]
    assert left["source_code"] == "S-2"
    page = staff.client(DUTY).get("/call-backs").get_data(as_text=True)
    assert "S-2" in page and "S-1" not in page


@pytest.mark.parametrize("change", ["question = 'x'", "due_at = now()", "done_by_id = ordered_by_id + 1"])
def test_what_was_ordered_is_not_rewritten(client: FlaskClient, staff: Staff, change: str) -> None:
    from app.db import db

    duty = staff.bearer(DUTY)
    order(client, duty, entered(client, duty))
    with staff.acting(DUTY), pytest.raises(Exception, match=r"permission denied|row-level security|violates"):
        db.session.connection().exec_driver_sql(f"UPDATE call_backs SET {change}")
