"""The second wall without the first: as the application's role, by SQL, with a viewer's context and no application."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import Connection, sql
from psycopg.errors import InsufficientPrivilege, UniqueViolation

from app.permissions import Role
from tests.matrix.changes import ADDS, CHANGES, TAKES_AWAY
from tests.matrix.lookers import LOOKERS, Looker
from tests.matrix.tables import READS, Rules
from tests.matrix.world import World
from tests.people import WEST

# What stands open in any case: the mission's name, its clocks' times, the signed heads of the log (made to be handed
# out), and what a cluster keeps of itself.
TELLS_OF_NOBODY = {
    "mission_identity", "procedures", "ledger_checkpoints", "alembic_version", "spatial_ref_sys", "geometry_columns",
}  # fmt: skip
MOST_COPIES = 3
ENTER = "SELECT vigil.enter(%s, %s, %s, %s, %s)"
as_each = pytest.mark.parametrize("looker", LOOKERS, ids=str)


@pytest.fixture
def nobody(world: World) -> Iterator[Connection]:
    """The application's role before anybody has signed in; nothing of it is ever committed."""
    with psycopg.connect(world.clone.plain_url("vigil_app")) as connection:
        yield connection
        connection.rollback()


def as_looker(world: World, connection: Connection, looker: Looker) -> None:
    connection.execute(ENTER, world.viewer(looker).as_database_context())


def key_of(world: World, table: str) -> str:
    """The primary key's columns, as SQL text of one value."""
    found = world.owner.execute(
        "SELECT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) "
        "WHERE i.indrelid = %s::regclass AND i.indisprimary ORDER BY 1", [table],
    )  # fmt: skip
    return " || '/' || ".join(f'"{row[0]}"::text' for row in found)


def open_rows(world: World, looker: Looker, table: str, rules: Rules, among: str = "") -> set[str]:
    """Keys of the rows that these rules open, by what the owner reads of them."""
    person, own_sector = world.person(looker), world.staff.sectors[WEST]
    found = set()
    for rule in rules:
        rows = world.owner.execute(f"SELECT {key_of(world, table)}, {rule.columns()} FROM {table} {among}")  # type: ignore[arg-type]
        found |= {key for key, *row in rows if rule.met(looker, person, tuple(row), own_sector)}
    return found


def test_every_table_of_ours_has_its_rules(world: World) -> None:
    assert set(READS) == set(world.tables())
    assert set(CHANGES) | set(ADDS) <= set(READS)


@as_each
def test_rows_are_read_by_whom_the_table_says(world: World, nobody: Connection, looker: Looker) -> None:
    as_looker(world, nobody, looker)
    wrong = {}
    for table, rules in READS.items():
        expected = open_rows(world, looker, table, rules)
        try:
            with nobody.transaction():
                seen = {r[0] for r in nobody.execute(f"SELECT {key_of(world, table)} FROM {table}")}  # type: ignore[arg-type]
        except InsufficientPrivilege:
            seen = set()
        if seen != expected:
            wrong[table] = {"too many": seen - expected, "too few": expected - seen}
    assert wrong == {}


def tried(connection: Connection, statement: str) -> int:
    """How many rows the statement would touch; 0 where it is refused."""
    try:
        with connection.transaction(force_rollback=True):
            return connection.execute(statement).rowcount  # type: ignore[arg-type]
    except InsufficientPrivilege:
        return 0


@as_each
def test_rows_are_changed_by_whom_the_table_says(world: World, nobody: Connection, looker: Looker) -> None:
    as_looker(world, nobody, looker)
    wrong = {}
    for table, (change, rules) in CHANGES.items():
        changed, expected = (
            tried(nobody, f"UPDATE {table} SET {change}"),
            open_rows(world, looker, table, rules),
        )
        if changed != len(expected):
            wrong[table] = (changed, len(expected))
    assert wrong == {}


@as_each
def test_rows_are_taken_away_by_whom_the_table_says(world: World, nobody: Connection, looker: Looker) -> None:
    as_looker(world, nobody, looker)
    for table, rules in TAKES_AWAY.items():
        assert tried(nobody, f"DELETE FROM {table}") == len(open_rows(world, looker, table, rules))


def test_what_no_rule_names_is_granted_to_nobody(nobody: Connection) -> None:
    granted = {
        "UPDATE": set(CHANGES), "INSERT": set(ADDS), "DELETE": set(TAKES_AWAY), "TRUNCATE": set(), "TRIGGER": set(),
    }  # fmt: skip
    for what, tables in granted.items():
        check = (
            "has_table_privilege" if what in ("DELETE", "TRUNCATE", "TRIGGER") else "has_any_column_privilege"
        )
        found = nobody.execute(
            f"SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') "
            f"AND {check}(oid, '{what}') AND relname NOT IN ('spatial_ref_sys')"
        )
        assert {row[0] for row in found} == tables, what


def copied(world: World, table: str, own: str | None, person: int | None) -> list[tuple[str, str]]:
    """(key, row as text) of the rows of a table, with the looker's id in the column that must hold it."""
    row = f"jsonb_populate_record(t, jsonb_build_object('{own}', {person or 'NULL::int'}))" if own else "t"
    found = world.owner.execute(
        f"SELECT {key_of(world, table)}, ({row})::text FROM {table} t ORDER BY 1 DESC"
    )  # type: ignore[arg-type]
    return [(key, text) for key, text in found]


def added(connection: Connection, table: str, row: str, at: str = "now()") -> bool:
    """Whether the row would be taken, but for what only the database tells. Policies are asked before keys, so that a key
    that stands says: it would."""
    columns = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND has_column_privilege(attrelid, attnum, 'INSERT')",
        [table],
    ).fetchall()
    # An event is tied to the transaction that it is written in, a report and its alert to the hour.
    statement = sql.SQL(
        "INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM jsonb_populate_record(%s::{0}, "
        "jsonb_build_object('txid', pg_current_xact_id()::text, 'received_at', {2}, 'raised_at', {2}))"
    ).format(sql.Identifier(table), sql.SQL(", ").join(sql.Identifier(c[0]) for c in columns), sql.SQL(at))  # type: ignore[arg-type]
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement, [row])
    except InsufficientPrivilege:
        return False
    except UniqueViolation:
        return True
    return True


@pytest.mark.parametrize("table", ["alerts", "field_reports"])
def test_a_report_and_its_alert_are_not_written_into_the_past(
    world: World, nobody: Connection, table: str
) -> None:
    looker = Looker(Role.WATCHKEEPER_JOC)
    as_looker(world, nobody, looker)
    own, rules = ADDS[table]
    allowed = open_rows(world, looker, table, rules)
    row = next(row for key, row in copied(world, table, own, world.person(looker)) if key in allowed)
    assert added(nobody, table, row)
    for at in ("now() - interval '1 hour'", "now() + interval '1 hour'"):
        assert not added(nobody, table, row, at), at


@as_each
def test_rows_are_added_by_whom_the_table_says(world: World, nobody: Connection, looker: Looker) -> None:
    as_looker(world, nobody, looker)
    wrong, person = [], world.person(looker)
    for table, (own, rules) in ADDS.items():
        allowed, asked = open_rows(world, looker, table, rules), {True: 0, False: 0}
        for key, row in copied(world, table, own, person):
            asked[key in allowed] += 1
            if asked[key in allowed] <= MOST_COPIES and added(nobody, table, row) != (key in allowed):
                wrong.append((table, key, "refused" if key in allowed else "taken"))
    assert wrong == []


@as_each
def test_nobody_writes_in_another_s_name(world: World, nobody: Connection, looker: Looker) -> None:
    as_looker(world, nobody, looker)
    for table, (own, _rules) in ADDS.items():
        if own is not None:
            stranger = world.person(Looker(Role.HOM if looker.role is not Role.HOM else Role.FC_STAFF))
            (_key, row), *_ = copied(world, table, own, stranger)
            assert not added(nobody, table, row), table


def test_before_anybody_has_signed_in_there_is_nothing(world: World, nobody: Connection) -> None:
    filled = set()
    readable = nobody.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v') "
        "AND has_table_privilege(oid, 'SELECT')"
    )
    for (table,) in readable.fetchall():
        row = nobody.execute(f'SELECT count(*) FROM "{table}"').fetchone()  # type: ignore[arg-type]
        filled |= {table} if row and row[0] else set()
    assert filled == TELLS_OF_NOBODY


def test_before_anybody_has_signed_in_nothing_is_written(world: World, nobody: Connection) -> None:
    taken = {
        table
        for table, (own, _rules) in ADDS.items()
        if any(added(nobody, table, row) for _key, row in copied(world, table, own, None))
    }
    # A sign-in that failed is counted, and recorded with nobody as its actor.
    assert taken == {"sign_in_failures", "ledger_events"}
    assert [t for t, (change, _rules) in CHANGES.items() if tried(nobody, f"UPDATE {t} SET {change}")] == []
