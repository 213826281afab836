"""Whose turn it is is told by SMS and e-mail, once; what they answer is done as the page does it, or kept for a human."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.db import db
from app.factory import create_app
from app.messages.words import answer_code, code_of
from app.permissions import Role
from app.settings import settings_of
from tests.people import WEST, Staff, record
from tests.reports import body, put
from tests.servers import WORKER, Clone
from tests.workers.told import answer, contact, on_watch, sent_to, spool
from workers import alerts, messages
from workers.gateways import Gateway, gateways

DUTY, SECOND, SECTOR, STRANGER = "+24399000001", "+24399000002", "+24399000003", "+24399999999"


class Room:
    """The clocks' and the messages' processes, one look at a time, at a time that the test sets."""

    def __init__(
        self, app: Flask, folders: Path, owner: psycopg.Connection, ways: dict[str, Gateway]
    ) -> None:
        self.app, self.folders, self.owner, self.ways = app, folders, owner, ways
        self.now = datetime.now(UTC)

    def look(self, minutes: float = 0) -> None:
        self.now += timedelta(minutes=minutes)
        with self.app.app_context():
            alerts.sweep(self.now)
            messages.sweep(self.ways, self.now)
            alerts.sweep(self.now)
            messages.sweep(self.ways, self.now)
            db.session.remove()

    def send(self) -> None:
        """As the gateway's daemon does with what lies there."""
        for path in (self.folders / "outbox").glob("OUT*"):
            path.rename(self.folders / "sent" / path.name)

    def to(self, alert: int, word: str = "OK", number: str = DUTY) -> str:
        """The answer that the message to this number asks for."""
        with self.app.app_context():
            return f"{word} {alert} {answer_code(alert, number)}"

    def said(self, folder: str = "outbox") -> dict[str, list[str]]:
        return sent_to(self.folders / folder)

    def one(self, question: str) -> tuple[object, ...] | None:
        return self.owner.execute(question).fetchone()  # type: ignore[arg-type]


@pytest.fixture
def room(clone: Clone, owner: psycopg.Connection, tmp_path: Path) -> Iterator[Room]:
    folders = spool(tmp_path)
    with WORKER.on(clone, sms_spool=folders) as app:
        yield Room(app, folders, owner, gateways(settings_of(app)))


@pytest.fixture
def watched(room: Room, staff: Staff, owner: psycopg.Connection) -> Room:
    """A duty officer, his deputy and the sector's officer on watch, each with a telephone."""
    duty, second = staff.person(Role.WATCHKEEPER_JOC), staff.person(Role.POC_OFFICER)
    sector = staff.person(Role.SECTOR_OPS)
    for person, number in ((duty, DUTY), (second, SECOND), (sector, SECTOR)):
        contact(owner, person, number)
    on_watch(owner, duty, "duty_officer")
    on_watch(owner, second, "duty_officer", deputy=True)
    on_watch(owner, sector, "sector", staff.sectors[WEST])
    return room


def test_the_duty_officer_is_told_at_once_once_and_nothing_of_the_alert(watched: Room, alert: int) -> None:
    for _ in range(3):
        watched.look()
    said = watched.said()
    assert said == {
        DUTY: [
            f"Alert {alert}: check the console. Reply {watched.to(alert)}, {watched.to(alert, 'GO')} (on the way) or "
            f"{watched.to(alert, 'NO')} (pass on)."
        ]
    }
    assert all(len(words) <= 160 and words.isascii() for words in said[DUTY])


def test_alerts_that_come_together_are_told_once_each_and_one_that_somebody_holds_at_the_next_look(
    watched: Room, app: Flask, staff: Staff, owner: psycopg.Connection, clone: Clone
) -> None:
    for _ in range(3):
        put(app.test_client(), staff.bearer(Role.PATROL_CDR), body())
    first, *others = [row[0] for row in owner.execute("SELECT id FROM alerts ORDER BY id").fetchall()]
    told = "SELECT alert_id FROM messages ORDER BY alert_id"
    with psycopg.connect(clone.plain_url("vigil_owner")) as somebody:
        somebody.execute("SELECT 1 FROM alerts WHERE id = %s FOR UPDATE", [first])
        watched.look()
        assert [row[0] for row in owner.execute(told).fetchall()] == others
    watched.look()
    assert [row[0] for row in owner.execute(told).fetchall()] == [first, *others]
    events = owner.execute(
        "SELECT count(*), count(DISTINCT subject), count(DISTINCT salt), min(details ->> 'messages') FROM ledger_events "
        "WHERE action = 'alerts.told' AND subject IN (SELECT 'alert_clocks:' || clock_id FROM messages)"
    ).fetchone()
    assert events == (3, 3, 3, "1")


def test_when_nobody_acts_the_sector_is_told_when_the_clock_runs_out(watched: Room, alert: int) -> None:
    watched.look()
    watched.send()
    watched.look(4.9)
    assert watched.said() == {}
    watched.look(0.2)
    assert set(watched.said()) == {SECTOR}
    assert watched.one("SELECT owner_echelon FROM alerts") == ("sector",)


@pytest.mark.parametrize(
    "stale",
    ["UPDATE contacts SET tested_at = now() - interval '8 days' WHERE address = %s",
     "UPDATE watches w SET ways = '{screen,email}' FROM contacts c WHERE c.person_id = w.person_id AND c.address = %s"],
)  # fmt: skip
def test_nobody_is_told_by_a_contact_that_he_does_not_stand_watch_with(
    watched: Room, alert: int, stale: str
) -> None:
    with watched.owner.transaction():
        watched.owner.execute(stale, [DUTY])
        record(watched.owner)
    watched.look()
    assert set(watched.said()) == {SECOND}


def test_ok_acknowledges_under_that_person_s_name_and_stops_the_ladder(
    watched: Room, alert: int, staff: Staff
) -> None:
    watched.look()
    answer(watched.folders / "inbox", DUTY, f" {watched.to(alert).lower()} ")
    watched.look()
    assert watched.one("SELECT status, owner_id FROM alerts") == (
        "acknowledged", staff.person(Role.WATCHKEEPER_JOC),
    )  # fmt: skip
    step = watched.one("SELECT by_id, details->>'by' FROM alert_steps WHERE kind = 'acknowledged'")
    assert step == (staff.person(Role.WATCHKEEPER_JOC), "sms")
    told = watched.one(
        "SELECT actor_id, details->>'by' FROM ledger_events WHERE action = 'alerts.acknowledged'"
    )
    assert told == (staff.person(Role.WATCHKEEPER_JOC), "sms")
    assert list((watched.folders / "inbox").iterdir()) == [], "what was said does not lie about"
    watched.look(30)
    chased = watched.one("SELECT count(*) FROM alert_clocks WHERE clock = 'acknowledge'")
    assert chased == (1,)


def test_no_tells_the_deputy_at_once_and_his_no_the_next_rung(watched: Room, alert: int) -> None:
    watched.look()
    answer(watched.folders / "inbox", DUTY, watched.to(alert, "NO"))
    watched.look(0.1)
    assert set(watched.said()) == {DUTY, SECOND}
    assert watched.one("SELECT status FROM alerts") == ("received",)
    answer(watched.folders / "inbox", SECOND, watched.to(alert, "NO", SECOND), 1)
    watched.look(0.1)
    assert set(watched.said()) == {DUTY, SECOND, SECTOR}
    assert watched.one("SELECT owner_echelon, status FROM alerts") == ("sector", "received")
    limit = "due_at = (SELECT received_at + interval '5 minutes' FROM alerts)"
    turn = (
        f"SELECT {limit}, ran_out_at < due_at FROM alert_clocks WHERE clock = 'acknowledge' AND rung IS NULL"
    )
    assert watched.one(turn) == (True, True), "the limit stands, whoever had the turn"


def test_what_nobody_took_on_the_way_the_head_of_mission_takes(
    watched: Room, alert: int, staff: Staff, owner: psycopg.Connection
) -> None:
    head, last = staff.person(Role.HOM), "+24399000009"
    contact(owner, head, last)
    on_watch(owner, head, "head_of_mission")
    for _ in range(6):
        watched.look(5.1)
        watched.send()
    assert last in watched.said("sent")
    queue = staff.client(Role.HOM).get("/alerts/queue").get_data(as_text=True)
    assert '<span class="q-climbed">Head of mission</span>' in queue
    answer(watched.folders / "inbox", last, watched.to(alert, number=last))
    watched.look()
    assert watched.one("SELECT status, owner_id FROM alerts") == ("acknowledged", head)


def test_go_acknowledges_and_says_that_somebody_is_on_the_way(watched: Room, alert: int) -> None:
    watched.look()
    answer(watched.folders / "inbox", DUTY, watched.to(alert, "GO"))
    watched.look()
    kinds = watched.owner.execute("SELECT kind, details->>'by' FROM alert_steps ORDER BY id").fetchall()
    assert kinds[-2:] == [("acknowledged", "sms"), ("immediate_action", "sms")]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (STRANGER, "OK {alert}"),
        (SECTOR, "OK {alert}"),
        (DUTY, "OK 999999"),
        (DUTY, "OK {alert}"),
        (DUTY, "OK {alert} 0"),
        (DUTY, "attack at the ferry"),
        (DUTY, ""),
    ],
)
def test_what_can_t_be_placed_is_kept_for_a_human_and_answered_with_nothing(
    watched: Room, alert: int, staff: Staff, number: str, words: str
) -> None:
    watched.look()
    before = watched.said()
    sent = words.format(alert=alert)
    answer(watched.folders / "inbox", number, sent)
    watched.look()
    assert watched.said() == before
    assert watched.one("SELECT status FROM alerts") == ("received",)
    assert watched.one("SELECT result, words, sender FROM replies") == ("unknown", sent, number)
    page = staff.client(Role.WATCHKEEPER_JOC).get("/messages/replies").get_data(as_text=True)
    assert "I have seen to it" in page
    assert number not in page


def test_an_ok_after_somebody_has_acted_is_refused_as_on_the_page(
    watched: Room, alert: int, staff: Staff, app: Flask
) -> None:
    watched.look()
    app.test_client().post(f"/api/v1/alerts/{alert}/acknowledge", headers=staff.bearer(Role.FC_STAFF))
    answer(watched.folders / "inbox", DUTY, watched.to(alert, "OK"))
    watched.look()
    assert watched.one("SELECT result, why FROM replies") == ("refused", "wrong_state")
    assert watched.one("SELECT owner_id FROM alerts") == (staff.person(Role.FC_STAFF),)


def test_an_account_that_was_shut_acts_no_more_by_sms(watched: Room, alert: int, staff: Staff) -> None:
    watched.look()
    with watched.owner.transaction():
        watched.owner.execute(
            "UPDATE people SET disabled_at = now() WHERE id = %s", [staff.person(Role.WATCHKEEPER_JOC)]
        )
        record(watched.owner)
    answer(watched.folders / "inbox", DUTY, watched.to(alert, "OK"))
    watched.look()
    assert watched.one("SELECT result, why FROM replies") == ("refused", "no_account")
    assert watched.one("SELECT status FROM alerts") == ("received",)


def test_a_message_that_the_gateway_could_not_send_tells_the_deputy(watched: Room, alert: int) -> None:
    watched.look()
    (path,) = (watched.folders / "outbox").glob("OUT*")
    path.rename(watched.folders / "error" / path.name)
    watched.look(0.1)
    assert set(watched.said()) == {SECOND}
    assert watched.one("SELECT count(*) FROM messages WHERE state = 'failed'") == (1,)


def test_what_lies_in_the_gateway_too_long_counts_as_not_sent(watched: Room, alert: int) -> None:
    watched.look()
    watched.look(3.1)
    assert set(watched.said()) == {DUTY, SECOND}


def test_what_the_daemon_has_taken_is_sent_and_not_written_again(watched: Room, alert: int) -> None:
    watched.look()
    watched.send()
    # As if the process had died before it could say that it had handed it over.
    with watched.owner.transaction():
        watched.owner.execute("UPDATE messages SET state = 'queued'")
        record(watched.owner)
    watched.look()
    assert watched.said() == {}
    assert watched.one("SELECT state FROM messages") == ("sent",)


def test_in_the_quiet_hours_the_screen_tells_and_the_telephone_waits(
    watched: Room, staff: Staff, alert: int
) -> None:
    soon = datetime.now(UTC) + timedelta(hours=1)
    with watched.owner.transaction():
        watched.owner.execute("UPDATE alerts SET priority = 'P2'")
        watched.owner.execute(
            "UPDATE ladders SET quiet_from = %s, quiet_until = %s WHERE priority = 'P2'",
            [(soon.hour * 60 + soon.minute + 1320) % 1440, soon.hour * 60 + soon.minute],
        )
        record(watched.owner)
    watched.look()
    assert watched.said() == {}
    assert watched.one("SELECT state, not_before > now() FROM messages") == ("queued", True)
    watched.look(1)
    assert watched.said() == {}


def test_nothing_is_sent_where_no_gateway_is_set_up(watched: Room, clone: Clone, alert: int) -> None:
    app = create_app(replace(clone.settings(), database_url=clone.url("vigil_worker")))
    with app.app_context():
        alerts.sweep(datetime.now(UTC))
        alerts.sweep(datetime.now(UTC) + timedelta(minutes=6))
        db.session.remove()
        db.engine.dispose()
    assert watched.one("SELECT count(*) FROM messages") == (0,)
    assert watched.one("SELECT owner_echelon FROM alerts") == ("sector",)


def test_a_code_by_sms_tests_the_contact(room: Room, staff: Staff, owner: psycopg.Connection) -> None:
    with staff.acting(Role.WATCHKEEPER_JOC) as who:
        with owner.transaction():
            row = owner.execute(
                "INSERT INTO contacts (person_id, route, address) VALUES (%s, 'sms', %s) RETURNING id",
                [who.person_id, DUTY],
            ).fetchone()
            assert row
            test = owner.execute(
                "INSERT INTO messages (purpose, route, person_id, contact_id) VALUES ('test', 'sms', %s, %s) "
                "RETURNING id", [who.person_id, row[0]],
            ).fetchone()  # fmt: skip
            assert test
            owner.execute("UPDATE contacts SET test_id = %s", [test[0]])
            record(owner)
        code = code_of(test[0])
    room.look(0.1)
    assert room.said() == {DUTY: [f"Test {code}: type this code on the watch page, or reply with it."]}
    answer(room.folders / "inbox", DUTY, "000000" if code != "000000" else "111111")
    answer(room.folders / "inbox", DUTY, f"Test {code}", 1)
    room.look()
    tried = "SELECT tested_at IS NOT NULL, wrong_codes, test_id FROM contacts"
    assert room.one(tried) == (True, 1, None)
    answer(room.folders / "inbox", DUTY, f"Test {code}", 2)
    room.look()
    results = owner.execute("SELECT result FROM replies ORDER BY id").fetchall()
    assert results == [("unknown",), ("done",), ("unknown",)], "a code tests once"
