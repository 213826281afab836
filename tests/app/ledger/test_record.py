"""Recording: an event with the fact, or no fact. Every protected table refuses a change that recorded nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from app.db import db
from app.ledger import canonical
from app.ledger.actions import event_row, record
from app.ledger.guards import as_migrated
from app.permissions import Role
from tests import servers
from tests.people import Staff
from tests.servers import Clone

PROTECTED = as_migrated().protected
KEYS = {
    "bigint": 7, "integer": 7, "uuid": UUID(int=7), "text": "seven", "bytea": "\\x07",
    "timestamp with time zone": "2007-07-07T07:07:07+00:00",
}  # fmt: skip


@pytest.fixture(scope="module")
def bare(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[psycopg.Connection]:
    """A database whose protected tables take any row: what is left of their rules is the ledger's."""
    clone = Clone.of(template_database, tmp_path_factory.mktemp("bare"))
    with psycopg.connect(clone.plain_url("vigil_owner")) as owner:
        found = owner.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint JOIN vigil.protected_tables t "
            "ON conrelid = t.table_name::regclass WHERE contype IN ('f', 'c')"
        ).fetchall()
        for table, name in found:
            owner.execute(
                sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(
                    sql.Identifier(table), sql.Identifier(name)
                )
            )
        for table, column in owner.execute(
            "SELECT table_name, column_name FROM information_schema.columns c JOIN vigil.protected_tables t "
            "USING (table_name) WHERE is_nullable = 'NO' AND is_identity = 'NO' AND NOT column_name = ANY (t.key_columns)"
        ).fetchall():
            owner.execute(
                sql.SQL("ALTER TABLE {} ALTER {} DROP NOT NULL").format(
                    sql.Identifier(table), sql.Identifier(column)
                )
            )
        # Nor do other tables keep up with a row of one table alone.
        for table, name in owner.execute(
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger JOIN vigil.protected_tables t "
            "ON tgrelid = t.table_name::regclass WHERE NOT tgisinternal AND tgname NOT IN "
            "('note_insert', 'note_update', 'note_delete', 'no_truncate')"
        ).fetchall():
            disable = sql.SQL("ALTER TABLE {} DISABLE TRIGGER {}")
            owner.execute(disable.format(sql.Identifier(table), sql.Identifier(name)))
        owner.commit()
        yield owner
    clone.drop()


def note(owner: psycopg.Connection) -> None:
    row = event_row("tests.changed", "tests:0", None, None, datetime.now(UTC))
    owner.execute(
        "INSERT INTO ledger_events (at, action, subject, body) VALUES (%(at)s, %(action)s, %(subject)s, %(body)s)",
        row,
    )


def test_the_protected_tables_are_those_of_the_migrations(owner: psycopg.Connection) -> None:
    declared = owner.execute("SELECT table_name, key_columns FROM vigil.protected_tables").fetchall()
    assert dict(declared) == PROTECTED
    assert len(PROTECTED) > 20


@pytest.mark.parametrize("table", sorted(PROTECTED))
def test_a_change_that_recorded_nothing_is_refused_at_commit(bare: psycopg.Connection, table: str) -> None:
    keys = PROTECTED[table]
    bare.rollback()
    types = dict(
        bare.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO' "
            "UNION SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND "
            "column_name = ANY (%s)",
            [table, table, keys],
        ).fetchall()
    )
    column = next((c for c in types if c not in keys), keys[0])
    values = {key: KEYS[types[key]] for key in keys}
    names = sql.SQL(", ").join(map(sql.Identifier, keys))
    slots = sql.SQL(", ").join(map(sql.Placeholder, keys))
    chosen = sql.SQL(" AND ").join(
        sql.SQL("{} = {}").format(sql.Identifier(k), sql.Placeholder(k)) for k in keys
    )
    name = sql.Identifier(table)
    add = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})").format(name, names, slots)
    change = sql.SQL("UPDATE {} SET {} = {} WHERE {}").format(
        name, sql.Identifier(column), sql.Identifier(column), chosen
    )
    remove = sql.SQL("DELETE FROM {} WHERE {}").format(name, chosen)
    for statement in (add, change, remove):
        bare.execute(statement, values)
        with pytest.raises(psycopg.errors.IntegrityError, match=f"change of table {table} was not recorded"):
            bare.commit()
        bare.rollback()
        bare.execute(statement, values)
        note(bare)
        bare.commit()
    key = "/".join(str(values[k]) for k in keys)
    noted = bare.execute(
        "SELECT op, digest IS NULL FROM ledger_changes WHERE table_name = %s AND row_key = %s ORDER BY id",
        [table, key],
    ).fetchall()
    assert noted == [("I", False), ("U", False), ("D", True)]


@pytest.mark.parametrize("table", ["alerts", "people", "alert_steps"])
def test_a_protected_table_is_never_truncated(owner: psycopg.Connection, table: str) -> None:
    with pytest.raises(psycopg.errors.RaiseException, match="never truncated"):
        owner.execute(sql.SQL("TRUNCATE {} CASCADE").format(sql.Identifier(table)))


def test_an_old_event_of_the_same_transaction_number_does_not_vouch_for_a_change(
    owner: psycopg.Connection,
) -> None:
    """As in a cluster restored from a dump, where transactions are numbered anew."""
    owner.autocommit = False
    owner.execute("UPDATE procedures SET value = value + 1")
    note(owner)
    owner.execute("UPDATE ledger_events SET leaf_index = 900 + id WHERE txid = pg_current_xact_id()")
    with pytest.raises(psycopg.errors.IntegrityError, match="was not recorded"):
        owner.commit()


def test_an_event_holds_ids_and_codes_and_only_a_commitment_to_its_details(staff: Staff) -> None:
    with staff.acting(Role.HOM) as who:
        record("alerts.decided", "alerts", 143, {"response": "patrol"})
        db.session.commit()
    with psycopg.connect(staff.clone.plain_url("vigil_owner"), row_factory=psycopg.rows.dict_row) as c:
        row = c.execute("SELECT * FROM ledger_events WHERE action = 'alerts.decided'").fetchone()
    assert row
    body = json.loads(row["body"])
    assert canonical.dumps(body) == row["body"]
    assert body["subject"] == row["subject"] == "alerts:143"
    assert body["actor"] == f"person:{who.person_id}"
    assert (body["role"], body["v"]) == ("hom", 1)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", body["at"])
    assert b"patrol" not in row["body"]
    assert canonical.opens(row["details"], row["salt"], bytes.fromhex(body["details_commitment"]))
    assert not canonical.opens({"response": "escort"}, row["salt"], bytes.fromhex(body["details_commitment"]))


def test_a_viewer_adds_events_in_no_other_name(staff: Staff) -> None:
    other = staff.person(Role.LEGAL)
    with staff.acting(Role.HOM):
        row = event_row("alerts.decided", "alerts:1", None, None, datetime.now(UTC)) | {"actor_id": other}
        with pytest.raises(Exception, match="row-level security"):
            db.session.execute(db.text("INSERT INTO ledger_events (at, action, subject, actor_id, body) "
                                       "VALUES (:at, :action, :subject, :actor_id, :body)"), row)  # fmt: skip


@pytest.mark.parametrize("role", servers.ROLES[1:])
def test_no_serving_role_changes_what_was_recorded(clone: Clone, role: str) -> None:
    with psycopg.connect(clone.plain_url(f"vigil_{role}"), autocommit=True) as c:
        for table in ("ledger_events", "ledger_changes", "ledger_leaves", "ledger_checkpoints"):
            for statement in ("DELETE FROM {}", "TRUNCATE {}"):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    c.execute(sql.SQL(statement).format(sql.Identifier(table)))
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute("UPDATE ledger_events SET body = ''")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            c.execute("UPDATE ledger_leaves SET body = ''")
