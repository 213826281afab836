"""A call-back that is overdue: whoever is to make it is reminded, then the watch, each once and without a word of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask.testing import FlaskClient

from app.db import db
from app.permissions import Role
from app.settings import settings_of
from tests.app.alerts.entries import entered
from tests.people import EAST, Staff, record
from tests.reports import act
from tests.servers import WORKER, Clone
from tests.workers.test_messages import Room
from tests.workers.told import contact, on_watch, spool
from workers import call_backs, messages, telling
from workers.gateways import gateways

DUTY, SECOND = "+24399000001", "+24399000002"
QUESTION = "EXERCISE: which way did they go?"


class Calls(Room):
    def look(self, minutes: float = 0) -> None:
        self.now += timedelta(minutes=minutes)
        with self.app.app_context():
            call_backs.sweep(self.now)
            messages.sweep(self.ways, self.now)
            db.session.remove()

    def told(self) -> dict[str, int]:
        return {number: len(said) for number, said in self.said().items()}


@pytest.fixture
def room(clone: Clone, owner: psycopg.Connection, tmp_path: Path) -> Iterator[Calls]:
    folders = spool(tmp_path)
    with WORKER.on(clone, sms_spool=folders) as app:
        yield Calls(app, folders, owner, gateways(settings_of(app)))


@pytest.fixture
def alert(client: FlaskClient, staff: Staff, room: Calls, owner: psycopg.Connection) -> int:
    """An alert with a call-back of the protection adviser's, who stands watch as the duty officer's deputy."""
    for role, number, deputy in ((Role.WATCHKEEPER_JOC, DUTY, False), (Role.POC_OFFICER, SECOND, True)):
        contact(owner, staff.person(role), number)
        on_watch(owner, staff.person(role), "duty_officer", deputy=deputy)
    by = staff.bearer(Role.POC_OFFICER)
    made = entered(client, by)
    ordered = act(client, by, made, "call-back", source_code="S-2", question=QUESTION)
    assert ordered.status_code == 200
    return made


def the_one(client: FlaskClient, staff: Staff, alert: int, role: Role = Role.POC_OFFICER) -> Any:
    (found,) = client.get(f"/api/v1/alerts/{alert}", headers=staff.bearer(role)).json["call_backs"]
    return found


def hand(client: FlaskClient, staff: Staff, owner: psycopg.Connection, alert: int, to: Role) -> Any:
    row = owner.execute("SELECT id FROM watches WHERE person_id = %s", [staff.person(to)]).fetchone()
    sent = {"call_back_id": the_one(client, staff, alert)["id"], "watch_id": row[0] if row else 999}
    return act(client, staff.bearer(Role.POC_OFFICER), alert, "hand-call-back", **sent)


def test_who_ordered_it_is_reminded_when_it_is_due_and_the_watch_a_quarter_of_an_hour_later_each_once(
    client: FlaskClient, staff: Staff, room: Calls, alert: int
) -> None:
    room.look(59)
    assert room.told() == {}
    for _ in range(3):
        room.look(1)
    assert room.told() == {SECOND: 1}
    room.look(15)
    room.look(60)
    assert room.told() == {SECOND: 1, DUTY: 1}
    (words,) = room.said()[DUTY]
    assert words == f"Alert {alert}: check the console.", (
        "nothing of it, and no answer that would take the alert"
    )


def test_handed_on_the_next_one_is_reminded_instead(
    client: FlaskClient, staff: Staff, room: Calls, owner: psycopg.Connection, alert: int
) -> None:
    assert the_one(client, staff, alert)["yours"]
    assert hand(client, staff, owner, alert, Role.WATCHKEEPER_JOC).status_code == 200
    assert the_one(client, staff, alert, Role.WATCHKEEPER_JOC)["yours"]
    room.look(61)
    assert room.told() == {DUTY: 1}
    step = owner.execute("SELECT details FROM alert_steps WHERE kind = 'call_back_handed'").fetchone()
    assert step is not None and set(step[0]) == {"call_back", "watch"}


def test_it_is_handed_to_nobody_who_is_not_on_watch_there(
    client: FlaskClient, staff: Staff, room: Calls, owner: psycopg.Connection, alert: int
) -> None:
    # Neither to one who has gone home, nor to another sector's.
    assert hand(client, staff, owner, alert, Role.FC_STAFF).status_code == 422
    on_watch(owner, staff.person(Role.SECTOR_OPS, EAST), "sector", staff.sectors[EAST])
    row = owner.execute("SELECT max(id) FROM watches").fetchone()
    assert row
    sent = {"call_back_id": the_one(client, staff, alert)["id"], "watch_id": row[0]}
    assert act(client, staff.bearer(Role.POC_OFFICER), alert, "hand-call-back", **sent).status_code == 422
    assert the_one(client, staff, alert)["yours"]


def test_who_has_gone_home_is_not_rung_and_the_watch_hears_of_it_at_once(
    room: Calls, owner: psycopg.Connection, staff: Staff, alert: int
) -> None:
    with owner.transaction():
        owner.execute(
            "UPDATE watches SET ended_at = now() WHERE person_id = %s", [staff.person(Role.POC_OFFICER)]
        )
        record(owner)
    room.look(61)
    assert room.told() == {DUTY: 1}


def test_while_somebody_acts_on_the_alert_its_call_back_waits_for_the_next_look(
    room: Calls, owner: psycopg.Connection, alert: int
) -> None:
    with owner.transaction():
        owner.execute("SELECT 1 FROM alerts WHERE id = %s FOR UPDATE", [alert])
        room.look(61)
        assert room.told() == {}
    room.look()
    assert room.told() == {SECOND: 1}


@pytest.fixture
def many(client: FlaskClient, staff: Staff, alert: int) -> int:
    """How many call-backs the protection adviser has to make: more than anybody is rung of within an hour."""
    for turn in range(call_backs.MOST_AN_HOUR + 2):
        sent = {"source_code": f"S-{turn}", "question": QUESTION}
        assert act(client, staff.bearer(Role.POC_OFFICER), alert, "call-back", **sent).status_code == 200
    return call_backs.MOST_AN_HOUR + 3


def test_however_many_are_overdue_nobody_is_rung_of_them_more_than_so_often_an_hour(
    room: Calls, owner: psycopg.Connection, alert: int, many: int
) -> None:
    most = call_backs.MOST_AN_HOUR
    room.look(61)
    assert room.told() == {SECOND: most}, "he was rung: the watch is not, before its time"
    room.look(15)
    assert room.told() == {SECOND: most, DUTY: most}
    row = owner.execute(
        "SELECT count(*), count(reminded_id), count(watch_reminded_at) FROM call_backs"
    ).fetchone()
    assert row == (many, many, many)


def test_a_new_alert_goes_out_before_reminders_that_wait(
    client: FlaskClient, staff: Staff, room: Calls, owner: psycopg.Connection, many: int, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(messages, "MOST_AT_ONCE", 1)
    with room.app.app_context():
        room.now += timedelta(minutes=61)
        call_backs.sweep(room.now)
        db.session.remove()
    entered(client, staff.bearer(Role.SECTOR_OPS), priority="P1")
    with room.app.app_context():
        telling.tell_new(datetime.now(UTC))
        db.session.commit()
        messages.sweep(room.ways, room.now)
        db.session.remove()
    gone = owner.execute("SELECT clock_id IS NOT NULL FROM messages WHERE state <> 'queued'").fetchall()
    assert gone == [(True,)]


def test_what_was_answered_reminds_nobody(client: FlaskClient, staff: Staff, room: Calls, alert: int) -> None:
    done = {"call_back_id": the_one(client, staff, alert)["id"], "result": "confirms"}
    assert act(client, staff.bearer(Role.POC_OFFICER), alert, "called-back", **done).status_code == 200
    room.look(120)
    assert room.told() == {}


def test_what_is_overdue_stands_on_top_of_the_queue_and_in_the_handover(
    client: FlaskClient, staff: Staff, owner: psycopg.Connection, alert: int
) -> None:
    with owner.transaction():
        owner.execute("UPDATE call_backs SET due_at = now() - interval '1 minute'")
        record(owner)
    queue = staff.client(Role.POC_OFFICER).get("/alerts/queue").get_data(as_text=True)
    assert queue.index("1 call-back is overdue") < queue.index(f'id="q-{alert}"')
    assert "1 of them yours" in queue
    duty = staff.client(Role.WATCHKEEPER_JOC)
    assert "of them yours" not in duty.get("/alerts/queue").get_data(as_text=True)
    shift = duty.get("/handovers").get_data(as_text=True)
    assert "Call-backs to make" in shift and QUESTION not in shift
    board = duty.get("/call-backs").get_data(as_text=True)
    assert "EXERCISE poc_officer" in board
    page = staff.client(Role.POC_OFFICER).get(f"/alerts/{alert}").get_data(as_text=True)
    assert "Yours to make" in page and "EXERCISE watchkeeper_joc" in page
    assert "call-backs are overdue" not in staff.client(Role.SECTOR_OPS, EAST).get("/alerts/queue").get_data(
        as_text=True
    )
