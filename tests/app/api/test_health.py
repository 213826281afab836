"""Health: a yes or a no, from what each part does; told to everybody, and nothing else with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from app.api.readiness import JOBS, head
from app.outbox import MOST_ATTEMPTS
from app.permissions import Role
from tests.people import Staff, record
from tests.servers import Clone
from workers.runtime import JOBS as ALL_JOBS

SEQUENCER_LOCK = 741852963


@contextmanager
def sequencer(clone: Clone) -> Iterator[psycopg.Connection]:
    """The sequencer's mark: a session lock, held for as long as it runs; and nothing waits for a number."""
    with psycopg.connect(clone.plain_url("vigil_sequencer"), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [SEQUENCER_LOCK])
        yield connection
        # At the end of a session the server lets a lock go a moment after the client has gone.
        connection.execute("SELECT pg_advisory_unlock_all()")


@pytest.fixture
def numbered(owner: psycopg.Connection) -> None:
    """Events of the migration have their numbers, as after the sequencer's first round."""
    owner.execute("UPDATE ledger_events SET leaf_index = id")


def ready(app: Flask) -> tuple[int, object]:
    answer = app.test_client().get("/health/ready")
    return answer.status_code, answer.get_json()


def test_the_process_answers_whatever_else_is_broken(app: Flask, clone: Clone) -> None:
    clone.drop()
    answer = app.test_client().get("/health/live")
    assert (answer.status_code, answer.get_json()) == (200, {"live": True})


@pytest.mark.usefixtures("numbered")
def test_with_all_parts_working_it_is_ready(app: Flask, clone: Clone) -> None:
    with sequencer(clone):
        assert ready(app) == (200, {"ready": True})


@pytest.mark.usefixtures("numbered")
def test_without_the_sequencer_it_is_not(app: Flask, clone: Clone) -> None:
    assert ready(app) == (503, {"ready": False})
    with sequencer(clone):
        assert ready(app)[0] == 200
    assert ready(app)[0] == 503


@pytest.mark.usefixtures("numbered")
def test_a_sequencer_of_another_database_does_not_count(app: Flask, template_database: str, tmp_path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "other").mkdir()
    other = Clone.of(template_database, tmp_path / "other")
    try:
        with sequencer(other):
            assert ready(app)[0] == 503
    finally:
        other.drop()


@pytest.mark.usefixtures("numbered")
def test_an_event_that_waits_too_long_for_its_number_is_a_fault(
    app: Flask, clone: Clone, owner: psycopg.Connection
) -> None:
    waits = "INSERT INTO ledger_events (at, action, subject, body) VALUES (now() - %s::interval, 'x', 'x:1', '{}')"
    with sequencer(clone):
        owner.execute(waits, ["5 seconds"])
        assert ready(app)[0] == 200
        owner.execute(waits, ["61 seconds"])
        assert ready(app)[0] == 503


@pytest.mark.usefixtures("numbered")
def test_work_that_nobody_takes_is_a_fault(app: Flask, clone: Clone, owner: psycopg.Connection) -> None:
    with sequencer(clone):
        asked = (
            "INSERT INTO outbox (queue, job, args, not_before) "
            "VALUES ('slow', 'workers.x', '[]', now() + %s::interval)"
        )
        owner.execute(asked, ["1 hour"])
        assert ready(app)[0] == 200
        owner.execute(asked, ["-61 seconds"])
        assert ready(app)[0] == 503
        owner.execute("UPDATE outbox SET enqueued_at = now()")
        assert ready(app)[0] == 200


@pytest.mark.usefixtures("numbered")
def test_rules_that_are_on_and_have_not_looked_for_long_are_a_fault(
    app: Flask, clone: Clone, staff: Staff, owner: psycopg.Connection
) -> None:
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO rules (kind, created_by_id, enabled_by_id, enabled_at) "
            "VALUES ('overdue', %(by)s, %(by)s, now() - interval '100 seconds') RETURNING id",
            {"by": staff.person(Role.POC_OFFICER)},
        ).fetchone()
        assert row
        record(owner)
    owner.execute("UPDATE ledger_events SET leaf_index = id")
    with sequencer(clone):
        assert ready(app)[0] == 200, "its first look is due within half a minute"
        owner.execute("INSERT INTO rule_watches (rule_id, version, ran_at) VALUES (%s, 1, now())", [row[0]])
        with owner.transaction():
            owner.execute("UPDATE rules SET enabled_at = now() - interval '1 day'")
            record(owner)
        owner.execute("UPDATE ledger_events SET leaf_index = id WHERE leaf_index IS NULL")
        assert ready(app)[0] == 200
        owner.execute("UPDATE rule_watches SET ran_at = now() - interval '121 seconds'")
        assert ready(app)[0] == 503
        with owner.transaction():
            owner.execute("UPDATE rules SET enabled_at = NULL, enabled_by_id = NULL")
            record(owner)
        owner.execute("UPDATE ledger_events SET leaf_index = id WHERE leaf_index IS NULL")
        assert ready(app)[0] == 200, "nothing watches that should"


@pytest.mark.usefixtures("numbered")
def test_work_that_was_given_up_is_shown_to_those_who_run_the_place_and_holds_nothing_up(
    app: Flask, clone: Clone, staff: Staff, owner: psycopg.Connection
) -> None:
    def page(role: Role, path: str) -> str:
        return staff.client(role).get(path).get_data(as_text=True)

    places = ((Role.FC_STAFF, "/mission"), (Role.SYSADMIN, "/people"))
    assert all('id="given-up"' not in page(*place) for place in places)
    tried = (
        "INSERT INTO outbox (queue, job, args, attempts, not_before, enqueued_at) "
        "VALUES ('slow', 'workers.ledger.verify', '[]', %s, now() - interval '1 hour', now() - interval '20 min')"
    )
    for attempts in (MOST_ATTEMPTS, MOST_ATTEMPTS):
        owner.execute(tried, [attempts])
    with sequencer(clone):
        assert ready(app)[0] == 200
    for place in places:
        told = page(*place)
        assert "Work that was given up" in told
        assert "Verifying the log</strong>: 2, last tried" in told


@pytest.mark.usefixtures("numbered")
def test_without_redis_it_is_not_ready_and_the_pages_work(app: Flask, clone: Clone, staff: Staff) -> None:
    settings = app.extensions["vigil_settings"]
    app.extensions["vigil_settings"] = replace(settings, redis_url="unix:///nowhere/redis.sock")
    with sequencer(clone):
        assert ready(app) == (503, {"ready": False})
        assert staff.client(Role.HOM).get("/account").status_code == 200


@pytest.mark.usefixtures("numbered")
def test_a_database_behind_the_code_is_not_ready(app: Flask, clone: Clone, owner: psycopg.Connection) -> None:
    with sequencer(clone):
        owner.execute("UPDATE alembic_version SET version_num = '0001'")
        assert ready(app) == (503, {"ready": False})


def test_without_a_database_it_is_not_ready(app: Flask, clone: Clone) -> None:
    clone.drop()
    assert ready(app) == (503, {"ready": False})


def test_the_head_is_the_newest_migration(owner: psycopg.Connection) -> None:
    assert owner.execute("SELECT version_num FROM alembic_version").fetchone() == (head(),)


def test_every_job_has_a_name_in_words() -> None:
    assert set(JOBS) == ALL_JOBS


@pytest.mark.usefixtures("numbered")
def test_clocks_that_nobody_lets_run_out_make_it_unready(
    app: Flask, clone: Clone, owner: psycopg.Connection, alert: int
) -> None:
    def due(ago: str) -> None:
        with owner.transaction():
            owner.execute(
                "UPDATE alert_clocks SET due_at = now() - %s::interval WHERE clock = 'verify'", [ago]
            )
            record(owner)
        owner.execute("UPDATE ledger_events SET leaf_index = id")

    with sequencer(clone):
        due("30 seconds")
        assert ready(app)[0] == 200
        due("2 minutes")
        assert ready(app) == (503, {"ready": False})
