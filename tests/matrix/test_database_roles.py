"""What each of the database's own roles may do, whoever acts through it."""

from __future__ import annotations

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege

from tests.matrix.world import World

SERVING = ("vigil_app", "vigil_worker", "vigil_keyholder", "vigil_sequencer", "vigil_auditor")
NARROW = ("vigil_weigher", "vigil_ledger")
LEDGER = ("ledger_events", "ledger_changes", "ledger_leaves", "ledger_checkpoints", "ledger_verifications")
# The sequencer gives an event and its changes their place in the log, once.
NUMBERS = {
    ("vigil_sequencer", "ledger_events", "leaf_index"),
    ("vigil_sequencer", "ledger_changes", "leaf_index"),
}


def granted(world: World, role: str, tables: tuple[str, ...], what: str) -> set[tuple[str, str, str]]:
    found = world.owner.execute(
        "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "WHERE c.relname = ANY (%s) AND has_column_privilege(%s, c.oid, a.attnum, %s)",
        [list(tables), role, what],
    )
    return {(role, table, column) for table, column in found}


@pytest.mark.parametrize("role", [*SERVING, *NARROW])
def test_nobody_but_the_owner_rewrites_the_ledger(world: World, role: str) -> None:
    rewrites = granted(world, role, LEDGER, "UPDATE")
    assert rewrites == {n for n in NUMBERS if n[0] == role}
    for table in LEDGER:
        for what in ("DELETE", "TRUNCATE"):
            row = world.owner.execute(
                "SELECT has_table_privilege(%s, %s, %s)", [role, table, what]
            ).fetchone()
            assert row == (False,), (role, table, what)


def test_no_role_that_serves_requests_owns_anything_or_goes_past_a_policy(world: World) -> None:
    rows = world.owner.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) AND (rolsuper OR rolbypassrls OR rolcreaterole)",
        [["vigil_owner", *SERVING, *NARROW]],
    ).fetchall()
    assert rows == []
    owners = world.owner.execute(
        "SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class c WHERE relnamespace = 'public'::regnamespace "
        "AND relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (SELECT 1 FROM pg_depend d "
        "WHERE d.objid = c.oid AND d.classid = 'pg_class'::regclass AND d.deptype = 'e')"
    ).fetchall()
    assert owners == [("vigil_owner",)]


def test_every_policy_is_forced_on_the_owner_too(world: World) -> None:
    unforced = world.owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relispartition AND NOT (relrowsecurity AND relforcerowsecurity) ORDER BY 1"
    ).fetchall()
    # None of these tells of a person.
    assert [r[0] for r in unforced] == [
        "alembic_version", "ledger_checkpoints", "ledger_verifications", "spatial_ref_sys",
    ]  # fmt: skip


@pytest.mark.parametrize("role", ["vigil_app", "vigil_worker"])
def test_the_application_reads_no_password_s_hash(world: World, role: str) -> None:
    readable = {column for _role, _table, column in granted(world, role, ("people",), "SELECT")}
    assert readable & {"password_hash", "totp_secret"} == set()
    with psycopg.connect(world.clone.plain_url(role)) as c, pytest.raises(InsufficientPrivilege):
        c.execute("SELECT password_hash FROM people")


@pytest.mark.parametrize("role", SERVING)
def test_no_role_becomes_a_stronger_one(world: World, role: str) -> None:
    # A job acts for a person through the application's role, which may less than the worker's.
    may = {"vigil_worker": {"vigil_app"}}.get(role, set())
    for other in {"vigil_owner", "postgres", *SERVING, *NARROW} - {role} - may:
        with psycopg.connect(world.clone.plain_url(role)) as c, pytest.raises(InsufficientPrivilege):
            c.execute(f"SET ROLE {other}")  # type: ignore[arg-type]


TOLD_BY_THE_DATABASE = (
    ("check_in_plans", "recorded_at"), ("check_ins", "recorded_at"),
    ("alert_sources", "at"), ("call_backs", "ordered_at"), ("sources", "added_at"),
    ("alert_steps", "recorded_at"), ("defender_notes", "at"), ("defenders", "registered_at"), ("documents", "ordered_at"),
    ("downloads", "at"), ("handovers", "written_at"), ("haven_changes", "at"),
    ("haven_records", "at"), ("haven_inspections", "at"), ("haven_stocks", "at"), ("haven_headcounts", "at"),
    ("haven_compromise_steps", "at"), ("haven_corrections", "at"), ("haven_corrections", "place_before"),
    ("imports", "at"),
    ("incident_verifications", "at"), ("incidents", "recorded_at"), ("patrols", "created_at"),
    ("positions", "received_at"), ("report_conflicts", "received_at"), ("saved_views", "kept_at"),
    ("ladders", "made_at"), ("watches", "begun_at"), ("contacts", "added_at"), ("messages", "made_at"),
    ("rule_lapses", "recorded_at"), ("rule_versions", "at"), ("surfaces", "made_at"), ("surface_scores", "scored_at"),
    ("alert_scores", "scored_at"),
    ("rules", "created_at"), ("taskings", "ordered_at"), ("mixes", "at"), ("draws", "sealed_at"), ("draws", "due_at"),
    ("threats", "opened_at"), ("tracked", "created_at"), ("trackers", "created_at"),
)  # fmt: skip


@pytest.mark.parametrize("role", ["vigil_app", "vigil_worker"])
@pytest.mark.parametrize(("table", "column"), TOLD_BY_THE_DATABASE)
def test_nobody_who_serves_writes_when_something_was_written_down(
    world: World, role: str, table: str, column: str
) -> None:
    for what in ("INSERT", "UPDATE"):
        row = world.owner.execute(
            "SELECT has_column_privilege(%s, %s, %s, %s)", [role, table, column, what]
        ).fetchone()
        assert row == (False,), what


def test_partitions_of_positions_are_reached_through_their_policies_alone(world: World) -> None:
    parts = world.owner.execute(
        "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'positions'::regclass"
    ).fetchall()
    assert len(parts) >= 4
    for (part,) in parts:
        for role in SERVING:
            for what in ("SELECT", "INSERT", "UPDATE", "DELETE"):
                row = world.owner.execute(
                    "SELECT has_table_privilege(%s, %s, %s)", [role, part, what]
                ).fetchone()
                assert row == (False,), (role, part, what)


def test_functions_that_see_more_than_their_caller_are_handed_out_by_name(world: World) -> None:
    """SECURITY DEFINER and PUBLIC together would open to everybody what only a few lines were meant to see."""
    public = world.owner.execute(
        "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'vigil'::regnamespace AND p.prosecdef "
        "AND p.prorettype <> 'trigger'::regtype AND has_function_privilege('public', p.oid, 'EXECUTE')"
    ).fetchall()
    assert public == []
