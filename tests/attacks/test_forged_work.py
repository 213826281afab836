"""Whoever can write a row of the outbox: it must not make the workers do anything but their own few jobs."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from flask import Flask

from tests.servers import Clone
from workers.solves import SEARCHES


@pytest.fixture
def worker(app: Flask, clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Any:
    for name, value in clone.environment().items():
        monkeypatch.setenv(name, value)
    from workers import runtime

    runtime.worker_app.cache_clear()
    yield runtime
    runtime.worker_app.cache_clear()


def asked(owner: psycopg.Connection, job: str, args: str) -> int:
    row = owner.execute(
        "INSERT INTO outbox (queue, job, args) VALUES ('slow', %s, %s) RETURNING id", [job, args]
    ).fetchone()
    assert row
    return int(row[0])


@pytest.mark.parametrize(
    ("job", "args"),
    [
        # Any name that a worker's module has imported would do.
        ("workers.alerts.record", '["alerts.closed", "alerts", "1", {"status": "closed"}]'),
        ("workers.alerts.later", '["workers.alerts.sweep", "1"]'),
        ("workers.documents.fail", '[1, "unexpected"]'),
        ("workers.runtime.import_module", '["antigravity"]'),
        ("workers.relay.connect", '["host=127.0.0.1 port=9"]'),
        ("workers.runtime.do", "[1]"),
        ("os.system", '["true"]'),
        ("workers.alerts", "[]"),
        ("", "[]"),
    ],
)
def test_a_job_that_is_not_on_the_list_is_not_done(
    worker: Any, owner: psycopg.Connection, job: str, args: str
) -> None:
    number = asked(owner, job, args)
    worker.run(number)
    left = owner.execute("SELECT finished_at, attempts FROM outbox WHERE id = %s", [number]).fetchone()
    assert left == (None, 1)
    forged = owner.execute("SELECT count(*) FROM ledger_events WHERE action = 'alerts.closed'").fetchone()
    assert forged == (0,)
    assert owner.execute("SELECT count(*) FROM outbox").fetchone() == (1,)


def test_every_job_that_is_asked_for_anywhere_is_on_the_list(worker: Any) -> None:
    from pathlib import Path
    from re import findall

    root = Path(worker.__file__).parent.parent
    named = {
        job
        for part in ("app", "workers", "migrations/sql")
        for file in (root / part).rglob("*")
        if file.suffix in (".py", ".sql")
        for job in findall(r"""["'](workers\.(?!runtime)\w+\.\w+)["']""", file.read_text())
    }
    # Asked for by migrations of old; 0019 ends what waits of them.
    gone = {"workers.alerts.escalate", "workers.rules.watch"}
    # What `workers.solves.run` calls, chosen by the search's own row.
    assert named - gone - set(SEARCHES.values()) == set(worker.JOBS)


def test_a_job_on_the_list_is_done(worker: Any, owner: psycopg.Connection) -> None:
    number = asked(owner, "workers.upkeep.make_partitions", "[]")
    worker.run(number)
    done = owner.execute("SELECT finished_at IS NOT NULL FROM outbox WHERE id = %s", [number]).fetchone()
    assert done == (True,)
