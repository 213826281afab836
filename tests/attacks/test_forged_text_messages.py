"""A forged sender, a captured telephone, somebody else's number: what a text message can't do."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app.messages.words import code_of
from app.permissions import Role
from tests.app.watches.test_watches import gateway
from tests.people import Staff, record
from tests.workers.test_messages import DUTY, Room, room, watched
from tests.workers.told import answer, spool
from workers.gateways import GammuFolders
from workers.replies import ANSWER

__all__ = ["gateway", "room", "watched"]


@pytest.fixture
def tested(room: Room, staff: Staff, owner: psycopg.Connection) -> tuple[Room, str]:
    """A contact to which a test went out, and its code."""
    with owner.transaction():
        owner.execute(
            "WITH c AS (INSERT INTO contacts (person_id, route, address) VALUES (%s, 'sms', %s) "
            "RETURNING id, person_id), m AS (INSERT INTO messages (purpose, route, person_id, contact_id) "
            "SELECT 'test', 'sms', person_id, id FROM c RETURNING id) SELECT 1",
            [staff.person(Role.WATCHKEEPER_JOC), DUTY],
        )
        owner.execute("UPDATE contacts SET test_id = (SELECT id FROM messages)")
        record(owner)
    row = owner.execute("SELECT id FROM messages").fetchone()
    assert row
    with room.app.app_context():
        return room, code_of(row[0])


def test_the_code_of_a_test_counts_once(tested: tuple[Room, str]) -> None:
    room, code = tested
    answer(room.folders / "inbox", DUTY, code)
    room.look()
    before = room.one("SELECT tested_at FROM contacts")
    answer(room.folders / "inbox", DUTY, code, 1)
    room.look(60)
    assert before is not None and before[0] is not None
    assert room.one("SELECT tested_at FROM contacts") == before, "the same words again test nothing"
    assert room.owner.execute("SELECT result FROM replies ORDER BY id").fetchall() == [
        ("done",),
        ("unknown",),
    ]


def test_codes_are_not_guessed_by_text_message(tested: tuple[Room, str]) -> None:
    room, code = tested
    for n in range(5):
        answer(room.folders / "inbox", DUTY, f"{(int(code) + 1 + n) % 10**6:06d}", n)
    answer(room.folders / "inbox", DUTY, code, 9)
    room.look()
    assert room.one("SELECT tested_at, wrong_codes FROM contacts") == (None, 5)


def test_the_code_of_a_test_does_not_keep(tested: tuple[Room, str]) -> None:
    room, code = tested
    with room.owner.transaction():
        room.owner.execute("UPDATE messages SET made_at = now() - interval '25 hours'")
        record(room.owner)
    answer(room.folders / "inbox", DUTY, code)
    room.look()
    assert room.one("SELECT tested_at FROM contacts") == (None,)


def test_a_number_is_not_flooded_by_removing_and_adding_it_again(
    app: Flask, staff: Staff, gateway: Path
) -> None:
    headers, client = staff.bearer(Role.WATCHKEEPER_JOC), app.test_client()
    codes = []
    for _ in range(7):
        sent = {"route": "sms", "address": DUTY}
        made = client.post("/api/v1/contacts", json=sent, headers=headers).json
        assert made is not None
        codes.append(client.post(f"/api/v1/contacts/{made['id']}/test", headers=headers).status_code)
        client.post(f"/api/v1/contacts/{made['id']}/remove", headers=headers)
    assert codes == [200] * 5 + [429] * 2


def test_a_forged_sender_answers_nothing(watched: Room, alert: int) -> None:
    watched.look()
    right = watched.to(alert)
    code = int(right[-4:])
    for n in range(5):
        answer(watched.folders / "inbox", DUTY, f"GO {alert} {(code + 1 + n) % 10**4:04d}", n)
    watched.look()
    assert watched.one("SELECT status FROM alerts") == ("received",)
    assert watched.one("SELECT DISTINCT result, why FROM replies") == ("unknown", "wrong_code")
    answer(watched.folders / "inbox", DUTY, right, 9)
    watched.look()
    assert watched.one("SELECT status FROM alerts") == ("received",), "nor is the code guessed"


def test_a_captured_telephone_says_a_thing_once(watched: Room, alert: int) -> None:
    watched.look()
    for n, word in enumerate(("GO", "GO", "NO", "NO")):
        answer(watched.folders / "inbox", DUTY, watched.to(alert, word), n)
    watched.look()
    found = watched.owner.execute("SELECT asked, result, why FROM replies ORDER BY id").fetchall()
    assert [f[:2] for f in found] == [("GO", "done"), ("GO", "refused"), ("NO", "done"), ("NO", "refused")]
    assert {f[2] for f in found} == {"", "said_before"}


def test_only_the_words_that_were_told_are_understood() -> None:
    assert ANSWER.fullmatch("ok 143") is not None
    # The sign of the kelvin folds to a k, and would be understood as neither OK nor NO: that is, as GO.
    assert ANSWER.fullmatch("O\N{KELVIN SIGN} 143") is None
    assert ANSWER.fullmatch("OK \N{ARABIC-INDIC DIGIT ONE}") is None


def test_odd_files_of_the_gateway_stop_nothing_and_odd_senders_are_read(tmp_path: Path) -> None:
    inbox = spool(tmp_path) / "inbox"
    written = (datetime.now(UTC) - timedelta(minutes=1)).timestamp()
    for name, words in (
        ("IN00010101_000000_00_+24399000001_00.txt", b"before the years begin"),
        ("IN20261121_140503_01_Aid office_00.txt", b"EXERCISE: help"),
        ("IN20261121_140503_02_+24399000001_00.txt", b"x" * 500_000),
        (os.fsdecode(b"IN20261121_140503_03_\xff\xfe_00.txt"), b"EXERCISE: who is this"),
    ):
        path = inbox / name
        path.write_bytes(words)
        os.utime(path, (written, written))
    pipe = inbox / "IN20261121_140503_04_+24399000001_00.txt"
    os.mkfifo(pipe)
    os.utime(pipe, (written, written))
    found = list(GammuFolders(inbox.parent).incoming())
    assert [(r.sender, len(r.words)) for r in found if len(r.key) == 64][-3:] == [
        ("Aid office", 14), ("+24399000001", 2000), ("??", 21),
    ]  # fmt: skip
