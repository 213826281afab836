"""The sequencer: killed at any moment it loses and doubles nothing; on a log that is not as it left it, it refuses."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from app.ledger import keeping, sequencing
from app.ledger.actions import event_row
from app.ledger.sequencing import Refused, Sequencer
from tests.app.ledger import standing
from tests.servers import ROOT, Clone

EVENT = (
    "INSERT INTO ledger_events (at, action, subject, body) VALUES (%(at)s, %(action)s, %(subject)s, %(body)s)"
)


def act(connection: psycopg.Connection, events: int = 1, changes: int = 1) -> None:
    """One transaction of the mission's work, as the owner: changes of a protected row and the events that tell."""
    with connection.transaction():
        for n in range(max(events, changes)):
            if n < changes:
                connection.execute(
                    "UPDATE procedures SET value = value + 1 WHERE key LIKE 'clock.%%'", prepare=False
                )
            if n < events:
                row = event_row("mission.procedure_changed", f"procedures:{n}", None, None, datetime.now(UTC))
                connection.execute(EVENT, row)


@contextmanager
def running(clone: Clone) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "workers.sequencer"], cwd=ROOT, env=os.environ | clone.environment(),
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        assert process.stderr
        process.stderr.close()


def until(true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.05)


def count(connection: psycopg.Connection, query: str) -> int:
    row = connection.execute(query).fetchone()
    assert row
    return int(row[0])


def waiting(connection: psycopg.Connection) -> int:
    return count(connection, "SELECT count(*) FROM ledger_events WHERE leaf_index IS NULL")


def lock_is_held(connection: psycopg.Connection) -> bool:
    row = connection.execute("SELECT sequencer FROM vigil.readiness(8)").fetchone()
    assert row
    return bool(row[0])


def assert_each_once(owner: psycopg.Connection) -> None:
    """Indices without gaps; each event in one leaf; a transaction's changes in the leaf of its first event."""
    leaves = owner.execute("SELECT index, body FROM ledger_leaves ORDER BY index").fetchall()
    assert [index for index, _ in leaves] == list(range(len(leaves)))
    told = [json.loads(bytes(body)) for _, body in leaves]
    events = owner.execute(
        "SELECT leaf_index, body, txid::text FROM ledger_events ORDER BY leaf_index"
    ).fetchall()
    assert [index for index, _, _ in events] == list(range(len(leaves)))
    assert [json.loads(bytes(body)) for _, body, _ in events] == [leaf["event"] for leaf in told]
    first: dict[str, int] = {}
    for index, _, txid in events:
        first.setdefault(txid, index)
    changes = owner.execute("SELECT id, txid::text, leaf_index FROM ledger_changes").fetchall()
    assert all(first[txid] == index for _, txid, index in changes)
    assert sorted(change["n"] for leaf in told for change in leaf["changes"]) == sorted(
        n for n, _, _ in changes
    )


@pytest.mark.committing
def test_killed_and_restarted_it_loses_and_doubles_nothing(clone: Clone, owner: psycopg.Connection) -> None:
    standing.make_keys(clone)
    rng = random.Random(48211)
    done = threading.Event()
    written = 0

    def write() -> None:
        nonlocal written
        with psycopg.connect(clone.plain_url("vigil_owner"), autocommit=True) as connection:
            while not done.is_set():
                act(connection, events=rng.randint(1, 5), changes=rng.randint(0, 3))
                written += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(4):
            with running(clone) as process:
                until(lambda: lock_is_held(owner))
                time.sleep(rng.uniform(0.0, 1.2))
                process.kill()
            until(lambda: not lock_is_held(owner))
    finally:
        done.set()
        writer.join()
    with running(clone) as process:
        until(lambda: waiting(owner) == 0)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert written > 50
    assert count(owner, "SELECT count(*) FROM ledger_changes") > 50
    assert_each_once(owner)
    result = standing.verify(clone)
    assert result.ok, result.sentences


class Mortal(psycopg.Connection[Any]):
    """A connection whose process dies at its n-th statement."""

    left = 0

    def execute(self, *arguments: Any, **options: Any) -> Any:
        if self.left == 0:
            self.close()
            raise psycopg.OperationalError("killed")
        self.left -= 1
        return super().execute(*arguments, **options)


def test_cut_off_at_any_statement_it_leaves_all_of_a_batch_or_nothing(
    clone: Clone, owner: psycopg.Connection
) -> None:
    signer = standing.make_keys(clone)
    deaths = 0
    for last in range(40):
        act(owner, events=2, changes=2)
        with Mortal.connect(clone.plain_url("vigil_sequencer"), autocommit=True) as connection:
            assert isinstance(connection, Mortal)
            connection.left = last % 20
            sequencer = Sequencer(connection, signer, standing.kept_file(clone))
            try:
                sequencer.take_up()
                sequencer.step()
            except psycopg.OperationalError:
                deaths += 1
        size = count(owner, "SELECT count(*) FROM ledger_leaves")
        assert count(owner, "SELECT coalesce(max(size), 0) FROM ledger_checkpoints") == size
    assert 10 < deaths < 40
    standing.sequence(clone)
    assert_each_once(owner)
    assert standing.verify(clone).ok


def test_told_to_stop_it_first_brings_in_what_was_committed(clone: Clone, owner: psycopg.Connection) -> None:
    standing.make_keys(clone)
    with running(clone) as process:
        until(lambda: lock_is_held(owner) and waiting(owner) == 0)
        for _ in range(50):
            act(owner)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert waiting(owner) == 0
    assert not lock_is_held(owner)


def test_it_comes_back_when_the_database_does(clone: Clone, owner: psycopg.Connection) -> None:
    standing.make_keys(clone)
    with running(clone):
        until(lambda: lock_is_held(owner))
        with psycopg.connect(clone.plain_url("vigil_sequencer"), autocommit=True) as same_role:
            ended = same_role.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND application_name = 'vigil sequencer'"
            ).fetchall()
        assert ended == [(True,)]
        act(owner)
        until(lambda: waiting(owner) == 0)
        until(lambda: lock_is_held(owner))


def test_a_second_sequencer_stands_by_until_the_first_ends(clone: Clone, owner: psycopg.Connection) -> None:
    standing.make_keys(clone)
    with running(clone) as first:
        until(lambda: lock_is_held(owner))
        with running(clone) as second:
            act(owner)
            until(lambda: waiting(owner) == 0)
            first.kill()
            first.wait()
            act(owner)
            until(lambda: waiting(owner) == 0)
            assert second.poll() is None
    assert_each_once(owner)


def test_on_a_log_that_was_bent_it_refuses_and_readiness_fails(
    clone: Clone, owner: psycopg.Connection
) -> None:
    act(owner)
    standing.sequence(clone)
    owner.execute("DELETE FROM ledger_leaves")
    with running(clone) as process:
        assert process.stderr
        line = json.loads(process.stderr.readline())
        assert line["levelname"] == "CRITICAL" and "entries are missing" in line["message"]
        time.sleep(0.3)
        assert not lock_is_held(owner)
        act(owner)
        assert waiting(owner) > 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0


BENDINGS = {
    "UPDATE ledger_leaves SET hash = sha256(hash) WHERE index = 1": "not those that were signed",
    "DELETE FROM ledger_leaves WHERE index = 0": "missing",
    "DELETE FROM ledger_leaves WHERE index = (SELECT max(index) FROM ledger_leaves)": "missing at the end",
    "INSERT INTO ledger_leaves SELECT max(index) + 1, 'x', sha256('x') FROM ledger_leaves": "somebody else has written",
    "DELETE FROM ledger_checkpoints": "no checkpoint",
    "DELETE FROM ledger_checkpoints WHERE size = (SELECT max(size) FROM ledger_checkpoints)": "holds no checkpoint of",
    "UPDATE ledger_checkpoints SET root = sha256(root)": "another size or root",
    "UPDATE ledger_checkpoints SET note = replace(note, 'time', 'Time')": "can't be used",
}


@pytest.mark.parametrize("bending", BENDINGS)
def test_it_goes_on_from_nothing_that_was_not_signed(
    clone: Clone, owner: psycopg.Connection, bending: str
) -> None:
    for _ in range(3):
        act(owner)
        standing.sequence(clone)
    owner.execute(bending)
    with pytest.raises(Refused, match=BENDINGS[bending]):
        standing.sequence(clone)


def test_a_kept_checkpoint_of_another_key_is_refused(clone: Clone) -> None:
    standing.sequence(clone)
    kept = standing.kept_file(clone)
    kept.write_text(kept.read_text().replace("time 20", "time 19"))
    with pytest.raises(Refused, match="can't be used"):
        standing.sequence(clone)


def test_a_note_that_was_committed_and_not_kept_is_kept_at_the_next_start(
    clone: Clone, owner: psycopg.Connection
) -> None:
    standing.sequence(clone)
    before = standing.kept_file(clone).read_text()
    act(owner)
    size = standing.sequence(clone)
    after = standing.kept_file(clone).read_text()
    standing.kept_file(clone).write_text(
        before + after[len(before) : len(before) + 40]
    )  # and the last one is torn
    assert standing.sequence(clone) == size
    assert standing.kept_file(clone).read_text() == after
    assert standing.kept_file(clone).stat().st_mode & 0o777 == 0o600


def test_an_empty_log_is_signed_too(clone: Clone, owner: psycopg.Connection) -> None:
    owner.execute("ALTER TABLE ledger_events DISABLE TRIGGER USER")
    owner.execute("DELETE FROM ledger_events")
    owner.execute("ALTER TABLE ledger_events ENABLE TRIGGER USER")
    assert standing.sequence(clone) == 0
    assert len(keeping.NOTE.findall(standing.kept_file(clone).read_text())) == 1


def test_a_batch_never_cuts_a_transaction(
    clone: Clone, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sequencing, "BATCH", 4)
    for events in (3, 3, 1, 6, 2):
        act(owner, events=events, changes=2)
    signer = standing.make_keys(clone)
    with psycopg.connect(clone.plain_url("vigil_sequencer"), autocommit=True) as connection:
        sequencer = Sequencer(connection, signer, standing.kept_file(clone))
        sequencer.take_up()
        sizes = []
        while taken := sequencer.step():
            sizes.append(taken)
    assert len(sizes) > 2
    assert_each_once(owner)
    checkpoints = owner.execute("SELECT size FROM ledger_checkpoints ORDER BY size").fetchall()
    ends = owner.execute("SELECT max(leaf_index) + 1 FROM ledger_events GROUP BY txid").fetchall()
    assert {size for (size,) in checkpoints} <= {0, *(end for (end,) in ends)}
    assert standing.verify(clone).ok


def test_an_event_that_is_none_can_not_blind_the_log(clone: Clone, owner: psycopg.Connection) -> None:
    for body in (b"", b"not json", b"[]", b'{"v":1}', b'{"v":1.5}', b"\xff\xfe", b"[" * 100_000):
        owner.execute(
            EVENT, {"at": datetime.now(UTC), "action": "alerts.closed", "subject": "alerts:1", "body": body}
        )
    row = event_row("alerts.closed", "alerts:1", None, None, datetime.now(UTC))
    owner.execute(EVENT, row | {"action": "alerts.raised"})  # the column says other than the body
    standing.sequence(clone)
    result = standing.verify(clone)
    assert result.ok, result.sentences
    told = owner.execute(
        "SELECT convert_from(body, 'UTF8') FROM ledger_leaves ORDER BY index DESC LIMIT 8"
    ).fetchall()
    assert all('"action":"ledger.unreadable_event"' in body for (body,) in told)


def test_what_the_database_gives_back_is_what_is_signed(clone: Clone, owner: psycopg.Connection) -> None:
    owner.execute(
        "CREATE FUNCTION bend() RETURNS trigger LANGUAGE plpgsql "
        "AS $$ BEGIN NEW.body := NEW.body || ' '; RETURN NEW; END $$"
    )
    owner.execute("CREATE TRIGGER bend BEFORE INSERT ON ledger_leaves FOR EACH ROW EXECUTE FUNCTION bend()")
    act(owner)
    with pytest.raises(Refused, match="other bytes back"):
        standing.sequence(clone)
    assert count(owner, "SELECT count(*) FROM ledger_leaves") == 0
