"""A clock that runs out passes the alert on, once, whoever asks and however often."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from app.factory import create_app
from app.permissions import Role
from tests.people import Staff, record
from tests.reports import body, put
from tests.servers import Clone
from workers import queues, relay, runtime


@pytest.fixture
def worker(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application as the workers run it: on their own database role."""
    app = create_app(replace(clone.settings(), database_url=clone.url("vigil_worker")))
    monkeypatch.setattr(runtime, "worker_app", lambda: app)
    return app


def overdue_alert(app: Flask, staff: Staff, owner: psycopg.Connection) -> int:
    put(app.test_client(), staff.bearer(Role.PATROL_CDR), body())
    with owner.transaction():
        owner.execute("UPDATE alert_clocks SET due_at = now() - interval '1 minute'")
        record(owner)
    owner.execute("UPDATE outbox SET not_before = now() - interval '1 minute'")
    row = owner.execute("SELECT id FROM alerts").fetchone()
    assert row
    return int(row[0])


def run_all(owner: psycopg.Connection) -> None:
    for (outbox_id,) in owner.execute(
        "SELECT id FROM outbox WHERE finished_at IS NULL AND not_before <= now() ORDER BY id"
    ).fetchall():
        runtime.run(outbox_id)


def test_a_clock_that_ran_out_passes_the_alert_to_the_next_echelon(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = overdue_alert(app, staff, owner)
    run_all(owner)
    steps = owner.execute(
        "SELECT details->>'clock', details->>'to' FROM alert_steps WHERE kind = 'escalated' ORDER BY 1"
    ).fetchall()
    assert steps == [("acknowledge", "sector"), ("decide", "sector"), ("verify", "sector")]
    assert owner.execute("SELECT owner_echelon FROM alerts WHERE id = %s", [alert]).fetchone() == ("sector",)
    waiting = owner.execute(
        "SELECT count(*) FROM alert_clocks WHERE echelon = 'sector' AND ran_out_at IS NULL"
    ).fetchone()
    assert waiting == (3,)


def test_running_the_same_work_twice_escalates_once(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    overdue_alert(app, staff, owner)
    ids = [r[0] for r in owner.execute("SELECT id FROM outbox").fetchall()]
    for outbox_id in ids + ids:
        runtime.run(outbox_id)
    owner.execute("UPDATE outbox SET finished_at = NULL WHERE id = ANY (%s)", [ids])
    for outbox_id in ids:
        runtime.run(outbox_id)
    assert owner.execute("SELECT count(*) FROM alert_steps WHERE kind = 'escalated'").fetchone() == (3,)


def test_an_acknowledged_alert_s_clock_does_not_run_out(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = overdue_alert(app, staff, owner)
    app.test_client().post(f"/api/v1/alerts/{alert}/acknowledge", headers=staff.bearer(Role.WATCHKEEPER_JOC))
    run_all(owner)
    escalated = owner.execute("SELECT details->>'clock' FROM alert_steps WHERE kind = 'escalated' ORDER BY 1")
    assert escalated.fetchall() == [("decide",), ("verify",)]


def test_a_failing_job_is_put_back_with_a_wait_and_in_the_end_left_for_a_human(
    app: Flask, owner: psycopg.Connection, worker: Flask
) -> None:
    row = owner.execute(
        "INSERT INTO outbox (queue, job, args) VALUES ('slow', 'workers.alerts.no_such_job', '[]') RETURNING id"
    ).fetchone()
    assert row
    for _ in range(runtime.MOST_ATTEMPTS):
        owner.execute("UPDATE outbox SET enqueued_at = now() WHERE id = %s", [row[0]])
        runtime.run(row[0])
    left = owner.execute("SELECT attempts, finished_at, enqueued_at IS NULL FROM outbox").fetchone()
    assert left == (runtime.MOST_ATTEMPTS, None, False)


def test_the_relay_rings_each_row_once_and_again_when_redis_forgot_it(
    app: Flask, clone: Clone, owner: psycopg.Connection
) -> None:
    bell = queues.redis(clone.settings())
    owner.execute(
        "INSERT INTO outbox (queue, job, args) VALUES ('urgent', 'workers.alerts.escalate', '[\"1\"]')"
    )
    with psycopg.connect(clone.plain_url("vigil_worker")) as database:
        assert relay.relay_once(database, bell) == 1
        assert relay.relay_once(database, bell) == 0
        assert relay.sweep(database, bell) == 0
        owner.execute("UPDATE outbox SET enqueued_at = now() - interval '10 minutes'")
        row = owner.execute("SELECT id FROM outbox").fetchone()
        assert row
        assert relay.sweep(database, bell) == 0, "it is still queued"
        bell.flushdb()
        assert relay.sweep(database, bell) == 1
        assert relay.relay_once(database, bell) == 1


@pytest.fixture(autouse=True)
def clean_bell(clone: Clone) -> None:
    queues.redis(clone.settings()).flushdb()
