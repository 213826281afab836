"""An SMS that nobody could place becomes an alert without being typed again, and waits no longer."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from app.permissions import Role
from tests.app.console.test_console import Desk
from tests.people import Staff, record

WORDS = "EXERCISE: THEY COME OVER THE RIVER"


@pytest.fixture
def reply(owner: psycopg.Connection, staff: Staff) -> int:
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO replies (gateway_key, received_at, sender, words, result) "
            "VALUES ('k', now(), '+24399000001', %s, 'unknown') RETURNING id", [WORDS],
        ).fetchone()  # fmt: skip
        record(owner)
    assert row
    return int(row[0])


def placed(owner: psycopg.Connection) -> Any:
    return owner.execute("SELECT entered_as_id, looked_by_id FROM replies").fetchone()


def test_its_words_stand_in_the_entry_and_its_number_alone_in_the_address(staff: Staff, reply: int) -> None:
    duty = staff.client(Role.WATCHKEEPER_JOC)
    assert f'href="/console?reply={reply}"' in duty.get("/messages/replies").get_data(as_text=True)
    page = duty.get(f"/console?reply={reply}").get_data(as_text=True)
    assert WORDS in page and '<option selected value="sms">' in page
    assert WORDS not in staff.client(Role.SECTOR_OPS).get(f"/console?reply={reply}").get_data(as_text=True)


def test_what_is_stored_is_placed_with_its_alert(staff: Staff, owner: psycopg.Connection, reply: int) -> None:
    desk = Desk(staff, Role.WATCHKEEPER_JOC)
    answer = desk.sent(verbatim=WORDS, channel="sms", reply=str(reply))
    assert (answer.status_code, answer.location) == (303, "/console?channel=sms")
    (alert,) = owner.execute("SELECT id FROM alerts").fetchone() or (0,)
    assert placed(owner) == (alert, staff.person(Role.WATCHKEEPER_JOC))
    listed = desk.browser.get("/messages/replies").get_data(as_text=True)
    assert f"entered as alert {alert}" in listed and "Enter as an alert" not in listed
    assert "nobody has seen to" not in desk.browser.get("/alerts/queue").get_data(as_text=True)
    action = "messages.entered_as_alert"
    assert owner.execute("SELECT count(*) FROM ledger_events WHERE action = %s", [action]).fetchone() == (1,)


def test_sent_again_it_is_the_same_alert_and_another_of_the_same_message_is_refused(
    staff: Staff, owner: psycopg.Connection, reply: int
) -> None:
    desk = Desk(staff, Role.WATCHKEEPER_JOC)
    own = "6b7f3f9e-3f0c-4a0e-9f5e-000000000001"
    assert [desk.sent(id=own, reply=str(reply)).status_code for _turn in range(2)] == [303, 303]
    second = desk.sent(place="0.9, 0.9", verbatim=WORDS, priority="P2", reply=str(reply))
    assert second.status_code == 422 and "was made of this SMS already" in second.get_data(as_text=True)
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (1,)


def test_what_somebody_has_seen_to_becomes_no_alert(
    staff: Staff, owner: psycopg.Connection, reply: int
) -> None:
    desk = Desk(staff, Role.WATCHKEEPER_JOC)
    desk.browser.post(f"/messages/replies/{reply}/looked", data={"csrf_token": desk.token})
    assert WORDS not in desk.browser.get(f"/console?reply={reply}").get_data(as_text=True)
    assert desk.sent(reply=str(reply)).status_code == 422
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,)


def test_danger_to_life_is_stored_though_somebody_has_seen_to_the_message(
    staff: Staff, owner: psycopg.Connection, reply: int
) -> None:
    desk = Desk(staff, Role.WATCHKEEPER_JOC)
    desk.browser.post(f"/messages/replies/{reply}/looked", data={"csrf_token": desk.token})
    answer = desk.sent(priority="P1", reply=str(reply))
    assert answer.status_code == 303
    assert "Somebody has seen to this already." in desk.browser.get(answer.location).get_data(as_text=True)
    assert owner.execute("SELECT priority FROM alerts").fetchall() == [("P1",)]
    assert placed(owner)[0] is None


def test_whoever_reads_no_messages_enters_none(staff: Staff, owner: psycopg.Connection, reply: int) -> None:
    answer = Desk(staff, Role.SECTOR_OPS).sent(reply=str(reply))
    assert answer.status_code >= 400
    assert owner.execute("SELECT count(*) FROM alerts").fetchone() == (0,)
    assert placed(owner) == (None, None)
