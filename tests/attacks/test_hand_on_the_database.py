"""Somebody runs SQL of his own under a role of the house: what he can't do even then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from psycopg.errors import InsufficientPrivilege, IntegrityConstraintViolation

from app.db import ENTER
from app.permissions import Permission, Role, Viewer
from tests.people import EAST, WEST, Staff
from tests.reports import body, put
from tests.servers import Clone

ADD_EVENT = "INSERT INTO ledger_events (at, action, subject, body, actor_id) VALUES (now(), 'x.y', 'alerts:1', '{}', %s)"
STEP = "INSERT INTO alert_steps (alert_id, kind, at, by_id) VALUES (%s, %s, now(), %s)"


@contextmanager
def acting(
    staff: Staff, role: Role, sector: str = WEST, narrowed: frozenset[Permission] | None = None
) -> Iterator[tuple[psycopg.Connection, int]]:
    """A connection of the application's role with such a person's context, and the person's id."""
    person = staff.person(role, sector)
    viewer = Viewer(person, role, frozenset({staff.sectors[sector]}), frozenset({"north"}), narrowed)
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        c.execute(ENTER, viewer.as_database_context())
        yield c, person
        c.rollback()


@pytest.fixture
def alert(app: Flask, staff: Staff, owner: psycopg.Connection) -> int:
    put(app.test_client(), staff.bearer(Role.CLA), body())
    row = owner.execute("SELECT id FROM alerts").fetchone()
    assert row
    return int(row[0])


@pytest.fixture
def led(staff: Staff, owner: psycopg.Connection, alert: int) -> int:
    """The alert, once a patrol was sent to it."""
    with owner.transaction():
        owner.execute("INSERT INTO units (code, name, call_sign, kind) VALUES ('U', 'U', 'U', 'coy')")
        owner.execute(
            "INSERT INTO patrols (call_sign, unit_id, leader_id, alert_id, purpose, planned_start, planned_end, "
            "sector_id) SELECT 'U-1', id, %s, %s, 'presence', now(), now(), %s FROM units",
            [staff.person(Role.PATROL_CDR), alert, staff.sectors[WEST]],
        )
        owner.execute("UPDATE alerts SET status = 'tasked'")
        owner.execute(ADD_EVENT, [None])
    return alert


def refused(connection: psycopg.Connection, statement: str, arguments: list[object]) -> bool:
    """Whether it is refused, or touches nothing."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement, arguments).rowcount == 0  # type: ignore[arg-type]
    except InsufficientPrivilege:
        return True


def test_the_leader_of_a_patrol_reports_movement_and_nothing_else(staff: Staff, led: int) -> None:
    with acting(staff, Role.PATROL_CDR) as (c, person):
        moved = "UPDATE alerts SET status = 'responding', version = version + 1 WHERE id = %s"
        assert refused(c, moved, [led]), "without its step"
        with c.transaction(force_rollback=True):
            c.execute(STEP, [led, "departed", person])
            assert not refused(c, moved, [led])
        for change in (
            "status = 'closed'", "outcome = 'threat_averted'", "decision = 'not_respond'", "priority = 'P4'",
            "verbatim = 'nothing happened'", "status = 'responding', owner_echelon = 'sector'",
        ):  # fmt: skip
            assert refused(c, f"UPDATE alerts SET {change} WHERE id = %s", [led]), change
        assert not refused(c, STEP, [led, "departed", person])
        for kind in ("closed", "non_response_approved", "verified", "note", "raised"):
            assert refused(c, STEP, [led, kind, person]), kind


def test_a_leader_has_no_part_in_alerts_to_which_nobody_sent_him(staff: Staff, alert: int) -> None:
    with acting(staff, Role.PATROL_CDR) as (c, person):
        assert refused(c, "UPDATE alerts SET status = 'responding' WHERE id = %s", [alert])
        assert refused(c, STEP, [alert, "departed", person])


def test_whoever_declined_does_not_approve_it_by_sql(staff: Staff, alert: int) -> None:
    with acting(staff, Role.FC_STAFF) as (c, person):
        with c.transaction(force_rollback=True):
            c.execute(STEP, [alert, "declined", person])
            assert refused(c, STEP, [alert, "non_response_approved", person])
    with acting(staff, Role.WATCHKEEPER_JOC) as (c, person):
        assert refused(c, STEP, [alert, "non_response_approved", person]), "not his to approve"
    with acting(staff, Role.UNPOL_OPS) as (c, person):
        assert refused(c, "UPDATE alerts SET decision = 'not_respond' WHERE id = %s", [alert]), (
            "not his to decide"
        )


def test_what_was_told_and_where_is_rewritten_by_nobody(staff: Staff, led: int) -> None:
    with acting(staff, Role.HOM) as (c, _person):
        for change in (
            "alerts SET verbatim = 'x'", "alerts SET received_at = now()", "alerts SET reasons = '[]'",
            "alerts SET reporter_id = NULL", "alerts SET place = 'SRID=4326;POINT(0 0)'", "patrols SET leader_id = NULL",
            "patrols SET task = 'x'", "field_reports SET what = 'x'", "alert_steps SET note = 'x'",
            "consents SET until = 'infinity'", "risk_assessments SET band = 'ordinary'",
        ):  # fmt: skip
            assert refused(c, f"UPDATE {change}", []), change


def test_nobody_writes_under_another_s_name_or_in_another_sector(staff: Staff, alert: int) -> None:
    other = staff.person(Role.HOM)
    with acting(staff, Role.SECTOR_OPS, EAST) as (c, person):
        assert refused(c, STEP, [alert, "acknowledged", person])
        assert refused(c, ADD_EVENT, [other])
    with acting(staff, Role.SECTOR_OPS) as (c, person):
        assert refused(c, STEP, [alert, "acknowledged", other])
        assert not refused(c, STEP, [alert, "acknowledged", person])


def test_an_event_takes_no_other_transaction_s_changes_on_itself(staff: Staff, clone: Clone) -> None:
    stolen = ADD_EVENT.replace("body, actor_id", "body, actor_id, txid").replace("%s)", "%s, '4711'::xid8)")
    with acting(staff, Role.HOM) as (c, person):
        assert refused(c, stolen, [person])
    with psycopg.connect(clone.plain_url("vigil_worker")) as c:
        assert refused(c, stolen, [None])
        assert not refused(c, ADD_EVENT, [None])
        c.rollback()


def test_a_worker_records_in_nobody_s_name(staff: Staff, clone: Clone) -> None:
    person = staff.person(Role.HOM)
    with psycopg.connect(clone.plain_url("vigil_worker")) as c:
        assert refused(c, ADD_EVENT, [person])


@pytest.mark.parametrize("role", ["vigil_app", "vigil_worker", "vigil_keyholder", "vigil_auditor"])
def test_nobody_hangs_the_log_s_own_functions_on_a_table_of_his(clone: Clone, role: str) -> None:
    with psycopg.connect(clone.plain_url(role)) as c:
        try:
            c.execute("CREATE TEMP TABLE alerts (id bigint, status text)")
        except InsufficientPrivilege:
            return
        with pytest.raises(InsufficientPrivilege):
            c.execute(
                "CREATE TRIGGER forge AFTER INSERT ON pg_temp.alerts REFERENCING NEW TABLE AS changed "
                "FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_changes('id')"
            )


def test_functions_that_see_more_look_into_no_table_of_the_caller_s(owner: psycopg.Connection) -> None:
    rows = owner.execute(
        "SELECT oid::regprocedure::text, proconfig FROM pg_proc "
        "WHERE pronamespace = 'vigil'::regnamespace AND prosecdef"
    ).fetchall()
    assert rows
    for name, settings in rows:
        path = [s.removeprefix("search_path=") for s in settings or [] if s.startswith("search_path=")]
        # The log's own look for nothing outside PostgreSQL and name the rest with its schema.
        assert path in (["public, vigil, pg_temp"], ["pg_catalog, pg_temp"]), name


def test_numbers_are_drawn_by_lot_for_three_tables_and_no_other(
    staff: Staff, owner: psycopg.Connection
) -> None:
    """Of another it would tell how much that holds, and by refusing which numbers are taken."""
    with acting(staff, Role.PATROL_CDR) as (c, _person):
        for table in ("havens", "evacuations", "siting_studies"):
            assert c.execute("SELECT vigil.id_by_lot(%s)", [table]).fetchone()
        for table in ("people", "draw_seeds", "pg_class"):
            with pytest.raises(InsufficientPrivilege), c.transaction():
                c.execute("SELECT vigil.id_by_lot(%s)", [table])
    eye = owner.execute(
        "SELECT pg_get_userbyid(proowner) FROM pg_proc WHERE oid = 'vigil.id_by_lot(regclass)'::regprocedure"
    ).fetchone()
    assert eye == ("vigil_weigher",)
    reads = owner.execute(
        "SELECT column_name FROM information_schema.column_privileges WHERE grantee = 'vigil_weigher' "
        "AND table_name IN ('evacuations', 'siting_studies') AND privilege_type = 'SELECT'"
    ).fetchall()
    assert reads == [("id",), ("id",)]


def test_the_auditor_s_role_reads_digests_and_no_salts(clone: Clone) -> None:
    with psycopg.connect(clone.plain_url("vigil_auditor")) as c:
        c.execute("SELECT digest FROM ledger_changes")
        with pytest.raises(InsufficientPrivilege):
            c.execute("SELECT salt FROM ledger_changes")


def test_a_session_slipped_in_is_refused_or_found(staff: Staff, owner: psycopg.Connection) -> None:
    """With one, the owner of the database could sign in as a supervisor, and look at what is sealed in that name."""
    slipped = (
        "INSERT INTO sessions (token_hash, person_id, expires_at) VALUES ('\\x00', %s, now() + '1 hour')"
    )
    with pytest.raises(IntegrityConstraintViolation):
        owner.execute(slipped, [staff.person(Role.HR_CASE_SUPERVISOR)])
    found = owner.execute("SELECT 1 FROM vigil.protected_tables WHERE table_name = 'sessions'").fetchone()
    assert found == (1,)


def test_a_call_back_is_born_in_nobody_else_s_hands_and_handed_on_by_those_who_handle_the_alert(
    staff: Staff, owner: psycopg.Connection, alert: int
) -> None:
    with owner.transaction():
        owner.execute(
            "INSERT INTO sources (code, kind, known_by, contactable, contact_held_by, added_by_id) "
            "VALUES ('S-1', 'caller', 'code_word', true, 'nobody', %s)",
            [staff.person(Role.HOM)],
        )
        owner.execute(ADD_EVENT, [None])
    order = (
        "INSERT INTO call_backs (alert_id, source_id, question, due_at, ordered_by_id, {0}) "
        "SELECT %s, id, 'x', now(), %s, {1} FROM sources"
    )
    with acting(staff, Role.WATCHKEEPER_JOC) as (c, person):
        assert not refused(c, order.format("answer", "''"), [alert, person])
        for column, value in (
            ("handed_to_id", person), ("reminded_id", person), ("watch_reminded_at", "now()"),
        ):  # fmt: skip
            assert refused(c, order.format(column, value), [alert, person]), column
        assert not refused(c, STEP, [alert, "call_back_handed", person])
    handles = frozenset({Permission.READ_ALERTS, Permission.HANDLE_ALERTS, Permission.READ_SOURCES})
    with acting(staff, Role.WATCHKEEPER_JOC, narrowed=handles) as (c, person):
        assert refused(c, order.format("answer", "''"), [alert, person]), "a token that keeps no sources"
    with acting(staff, Role.HOM) as (c, person):
        assert refused(c, STEP, [alert, "call_back_handed", person]), "he decides, and handles none"
