"""A clock that runs out passes the alert on, once, whoever asks and however often."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from flask import Flask

from app.db import db
from app.permissions import Role
from tests.app.alerts.entries import WHY, entered
from tests.people import Staff, record
from tests.reports import act, body, put
from tests.servers import Clone
from workers import alerts, queues, relay, runtime


def overdue_alert(app: Flask, staff: Staff, owner: psycopg.Connection) -> int:
    put(app.test_client(), staff.bearer(Role.PATROL_CDR), body())
    with owner.transaction():
        owner.execute("UPDATE alert_clocks SET due_at = now() - interval '1 minute'")
        record(owner)
    row = owner.execute("SELECT id FROM alerts").fetchone()
    assert row
    return int(row[0])


def look(worker: Flask) -> None:
    """As the clocks' process looks each second."""
    with worker.app_context():
        alerts.sweep(datetime.now(UTC))
        db.session.remove()


def test_a_clock_that_ran_out_passes_the_alert_to_the_next_echelon(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = overdue_alert(app, staff, owner)
    look(worker)
    steps = owner.execute(
        "SELECT details->>'clock', details->>'to' FROM alert_steps WHERE kind = 'escalated' ORDER BY 1"
    ).fetchall()
    assert steps == [("acknowledge", "sector"), ("decide", "sector"), ("verify", "sector")]
    assert owner.execute("SELECT owner_echelon FROM alerts WHERE id = %s", [alert]).fetchone() == ("sector",)
    waiting = owner.execute(
        "SELECT count(*) FROM alert_clocks WHERE echelon = 'sector' AND ran_out_at IS NULL"
    ).fetchone()
    assert waiting == (3,)


def test_looking_again_escalates_once(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    overdue_alert(app, staff, owner)
    for _ in range(2):
        look(worker)
    assert owner.execute("SELECT count(*) FROM alert_steps WHERE kind = 'escalated'").fetchone() == (3,)


def test_an_owner_is_never_a_lower_echelon_than_before(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = overdue_alert(app, staff, owner)
    with owner.transaction():
        owner.execute(
            "UPDATE alert_clocks SET due_at = now() + interval '1 hour' WHERE clock <> 'acknowledge'"
        )
        record(owner)
    for _ in range(2):
        look(worker)
        with owner.transaction():
            owner.execute(
                "UPDATE alert_clocks SET due_at = now() - interval '1 minute' WHERE clock = 'acknowledge'"
            )
            record(owner)
    with owner.transaction():
        owner.execute("UPDATE alert_clocks SET due_at = now() - interval '1 minute' WHERE clock = 'decide'")
        record(owner)
    look(worker)
    found = owner.execute("SELECT owner_echelon FROM alerts WHERE id = %s", [alert]).fetchone()
    assert found == ("head_of_mission",)


def test_an_acknowledged_alert_s_clock_does_not_run_out(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    alert = overdue_alert(app, staff, owner)
    app.test_client().post(f"/api/v1/alerts/{alert}/acknowledge", headers=staff.bearer(Role.WATCHKEEPER_JOC))
    look(worker)
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
    owner.execute("INSERT INTO outbox (queue, job, args) VALUES ('slow', 'workers.ledger.verify', '[]')")
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


def test_a_clock_of_what_follows_another_alert_waits_until_it_stands_alone_again(
    app: Flask, staff: Staff, owner: psycopg.Connection, worker: Flask
) -> None:
    client, duty = app.test_client(), staff.bearer(Role.WATCHKEEPER_JOC)
    leader, follower = entered(client, duty), entered(client, duty)
    assert act(client, duty, follower, "merge", leader_id=leader, note=WHY).status_code == 200
    with owner.transaction():
        owner.execute("UPDATE alert_clocks SET due_at = now() - interval '1 minute'")
        record(owner)

    def escalated() -> list[int]:
        found = "SELECT DISTINCT alert_id FROM alert_steps WHERE kind = 'escalated' ORDER BY 1"
        return [row[0] for row in owner.execute(found)]

    look(worker)
    assert escalated() == [leader]
    assert act(client, duty, follower, "part", note=WHY).status_code == 200
    look(worker)
    assert escalated() == [leader, follower]
