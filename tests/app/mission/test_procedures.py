"""The standing procedures: seeded, changed within bounds and with a reason, and working at once."""

from __future__ import annotations

import hashlib
import json

import psycopg
import pytest
import rfc8785
from flask import Flask

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.mission import actions, queries, wording
from app.mission.procedures import PLAIN, SEEDS, WARNING
from app.permissions import Role
from geo.warning_weights import Thresholds
from tests.people import Staff

REASON = "The force commander's order of this week"


def test_the_migration_seeds_what_the_code_says(owner: psycopg.Connection) -> None:
    rows = owner.execute("SELECT key, value, unit FROM procedures").fetchall()
    assert {tuple(row) for row in rows} == {(s.key, s.value, s.unit) for s in SEEDS.values()}


def test_every_value_and_unit_has_its_words(app: Flask) -> None:
    with app.test_request_context():
        said = [wording.procedure(key) for key in SEEDS]
    assert len(set(said)) == len(SEEDS) and not any(
        words in SEEDS or words.startswith(WARNING) for words in said
    )
    assert "Verify a P2: until it is answered whether it is true" in said
    assert "Near a haven: where half of the points are left" in said
    assert {s.unit for s in SEEDS.values()} == set(wording.UNITS)
    assert set(wording.PROCEDURES) == {s.key for s in PLAIN} | {"feedback_hours"}


def test_the_seeding_is_recorded_in_canonical_bytes(owner: psycopg.Connection) -> None:
    row = owner.execute(
        "SELECT body, at FROM ledger_events WHERE action = 'mission.procedures_seeded'"
    ).fetchone()
    assert row
    body = json.loads(row[0])
    assert rfc8785.dumps(body) == bytes(row[0])
    assert body["actor"] == "system"
    changes = owner.execute("SELECT count(*) FROM ledger_changes WHERE table_name = 'procedures'").fetchone()
    assert changes == (len(SEEDS),)


def test_the_seeds_keep_their_own_bounds() -> None:
    for seed in SEEDS.values():
        assert seed.least <= seed.value <= seed.most, seed.key


def test_the_seeded_weights_are_those_of_the_warning() -> None:
    assert queries.thresholds_of({s.key: s.value for s in SEEDS.values()}) == Thresholds()


def test_a_changed_value_works_and_is_recorded_with_its_reason(
    staff: Staff, owner: psycopg.Connection
) -> None:
    with staff.acting(Role.POC_OFFICER):
        assert queries.procedures()["acknowledge_minutes_p1"] == 5
        actions.change_procedure("acknowledge_minutes_p1", 3, REASON)
        db.session.commit()
        assert queries.procedures()["acknowledge_minutes_p1"] == 3
    row = owner.execute(
        "SELECT subject, details, salt, body FROM ledger_events WHERE action = 'mission.procedure_changed'"
    ).fetchone()
    assert row
    assert row[0] == "procedures:acknowledge_minutes_p1"
    assert row[1] == {"from": 5.0, "to": 3.0, "reason": REASON}
    assert (
        json.loads(row[3])["details_commitment"] == hashlib.sha256(row[2] + rfc8785.dumps(row[1])).hexdigest()
    )


def test_another_process_sees_the_change_within_five_seconds(
    staff: Staff, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1000.0]
    monkeypatch.setattr("app.mission.queries.time.monotonic", lambda: clock[0])
    with staff.acting(Role.POC_OFFICER):
        assert queries.procedures()["feedback_hours"] == 72
        with owner.transaction():
            owner.execute("UPDATE procedures SET value = 48 WHERE key = 'feedback_hours'")
            owner.execute(
                "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 't:0', '{}')"
            )
        clock[0] += 4.9
        assert queries.procedures()["feedback_hours"] == 72
        clock[0] += 0.2
        assert queries.procedures()["feedback_hours"] == 48


def test_a_worker_without_a_viewer_keeps_command_s_times(
    app: Flask, staff: Staff, owner: psycopg.Connection
) -> None:
    with staff.acting(Role.FC_STAFF):
        actions.change_procedure("decide_minutes_p2", 45, REASON)
        db.session.commit()
    queries_app = app
    with queries_app.app_context():
        queries.forget_procedures()
        assert queries.procedures()["decide_minutes_p2"] == 45


def test_a_key_that_the_database_lacks_has_its_seed(staff: Staff, owner: psycopg.Connection) -> None:
    with owner.transaction():
        owner.execute("DELETE FROM procedures WHERE key = 'recent_incident_days'")
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 't:0', '{}')"
        )
    with staff.acting(Role.POC_OFFICER):
        assert queries.procedures()["recent_incident_days"] == 14


def test_weights_that_command_sets_weigh_the_next_report(staff: Staff) -> None:
    with staff.acting(Role.POC_OFFICER):
        actions.change_procedure("warning.near.haven.half_metres", 9_000, REASON)
        actions.change_procedure("warning.p2", 55, REASON)
        db.session.commit()
        assert queries.thresholds().p2 == 55
        assert queries.thresholds().near["haven"].half_metres == 9_000
        assert queries.thresholds() is queries.thresholds()


def test_weights_that_contradict_each_other_are_refused(staff: Staff) -> None:
    with staff.acting(Role.POC_OFFICER):
        with pytest.raises(Invalid) as refusal:
            actions.change_procedure("warning.p2", 99, REASON)
        assert "contradicts" in refusal.value.fields["value"]


@pytest.mark.parametrize("value", [0.5, 10_081, -1, float("nan"), float("inf")])
def test_a_value_out_of_bounds_is_refused(staff: Staff, value: float) -> None:
    with staff.acting(Role.POC_OFFICER), pytest.raises(Invalid):
        actions.change_procedure("acknowledge_minutes_p1", value, REASON)


def test_a_change_needs_a_reason_a_right_and_a_key_that_exists(staff: Staff) -> None:
    with staff.acting(Role.POC_OFFICER):
        with pytest.raises(Invalid):
            actions.change_procedure("feedback_hours", 48, "  because ")
        with pytest.raises(NotFound):
            actions.change_procedure("moon_phase", 1, REASON)
    with staff.acting(Role.HOM), pytest.raises(NotAllowed):
        actions.change_procedure("feedback_hours", 48, REASON)


def test_what_somebody_else_changed_meanwhile_is_not_overwritten(staff: Staff) -> None:
    with staff.acting(Role.POC_OFFICER):
        actions.change_procedure("feedback_hours", 48, REASON, expected=72)
        with pytest.raises(Conflict):
            actions.change_procedure("feedback_hours", 24, REASON, expected=72)


def test_the_database_too_refuses_a_change_by_others(staff: Staff) -> None:
    from sqlalchemy import text

    with staff.acting(Role.HOM):
        changed = db.session.execute(text("UPDATE procedures SET value = 1"))
        assert changed.rowcount == 0  # type: ignore[attr-defined]
