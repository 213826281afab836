"""What the owner of the database may do behind the application, with its triggers off while he does it. Each function
picks its victim by chance and names the fault that must be found."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from app.ledger.guards import as_migrated

PROTECTED = as_migrated().protected
BENT = {
    "text": "{0} || 'x'", "bigint": "{0} + 1", "boolean": "NOT {0}", "integer": "{0} + 1",
    "timestamp with time zone": "{0} + interval '1 second'", "double precision": "{0} + 1",
    "jsonb": "jsonb_build_array({0})", "bytea": "{0} || '\\x00'", "USER-DEFINED": "ST_Translate({0}, 0.001, 0)",
}  # fmt: skip
Row = dict[str, Any]


class Owner:
    """A connection as vigil_owner, and the chance by which it chooses."""

    def __init__(self, connection: psycopg.Connection[Any], rng: random.Random) -> None:
        self.connection, self.rng = connection, rng

    def run(self, statement: str, *values: object, **names: str | sql.Composable) -> list[Any]:
        parts = {k: sql.Identifier(v) if isinstance(v, str) else v for k, v in names.items()}
        found = self.connection.execute(sql.SQL(statement).format(**parts), values)  # type: ignore[arg-type]
        return found.fetchall() if found.description else []

    def tables(self, at_least: int = 1) -> list[str]:
        """Protected tables with rows, in random order."""
        full = [t for t in sorted(PROTECTED) if self.run("SELECT count(*) FROM {t}", t=t)[0][0] >= at_least]
        return self.rng.sample(full, len(full))

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        """Keys of a table's rows, in random order."""
        found = self.run("SELECT {k} FROM {t} ORDER BY 1", t=table, k=columns(PROTECTED[table]))
        return self.rng.sample(found, len(found))

    def attempt(self, table: str, statement: str, *values: object, **names: Any) -> bool:
        """The statement with the table's triggers off, unless a rule of the table that is no trigger refuses it."""
        try:
            with self.unguarded(table):
                before = self.run("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {t} t", t=table)
                self.run(statement, *values, t=table, **names)
                after = self.run("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM {t} t", t=table)
        except psycopg.Error:
            self.connection.rollback()
            return False
        return bool(before != after)

    @contextmanager
    def unguarded(self, *tables: str) -> Iterator[None]:
        for table in tables:
            self.run("ALTER TABLE {t} DISABLE TRIGGER USER", t=table)
        yield
        for table in tables:
            self.run("ALTER TABLE {t} ENABLE TRIGGER USER", t=table)
        self.connection.commit()


def columns(names: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def chosen(table: str) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL("{} = %s").format(sql.Identifier(k)) for k in PROTECTED[table])


def bendable(owner: Owner, table: str) -> list[tuple[str, str]]:
    """(column, expression that bends it), of columns that are no key, in random order."""
    found = owner.run(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'",
        table,
    )
    usable = sorted((c, BENT[kind]) for c, kind in found if kind in BENT and c not in PROTECTED[table])
    return owner.rng.sample(usable, len(usable))


def edit_a_fact(owner: Owner) -> str:
    for table in owner.tables():
        for key in owner.rows(table)[:3]:
            for column, bent in bendable(owner, table):
                name = sql.Identifier(column)
                change = sql.SQL(bent).format(name)
                if owner.attempt(
                    table, "UPDATE {t} SET {c} = {v} WHERE {k}", *key, c=name, v=change, k=chosen(table)
                ):
                    return "fact_altered"
    raise AssertionError("nothing could be edited")


def swap_two_facts(owner: Owner) -> str:
    """The contents of one column change places between two rows."""
    for table in owner.tables(at_least=2):
        one, other = owner.rows(table)[:2]
        for column, _bent in bendable(owner, table):
            name, where = sql.Identifier(column), chosen(table)
            swap = (
                "UPDATE {t} SET {c} = CASE WHEN {k} THEN (SELECT {c} FROM {t} WHERE {k}) "
                "ELSE (SELECT {c} FROM {t} WHERE {k}) END WHERE ({k}) OR ({k})"
            )
            if owner.attempt(table, swap, *one, *other, *one, *one, *other, c=name, k=where):
                return "fact_altered"
    raise AssertionError("nothing could be swapped")


def delete_a_fact(owner: Owner) -> str:
    for table in owner.tables():
        for key in owner.rows(table)[:2]:
            if owner.attempt(table, "DELETE FROM {t} WHERE {k}", *key, k=chosen(table)):
                return "fact_deleted"
    raise AssertionError("nothing could be deleted")


def insert_a_fact(owner: Owner) -> str:
    """A copy of a row under another key."""
    word = f"x{owner.rng.randrange(10**6)}"
    others = {"id": owner.rng.randrange(10_000, 20_000)} | dict.fromkeys(
        ("key", "compartment", "alert_key", "code"), word
    )
    copy = (
        "INSERT INTO {t} OVERRIDING SYSTEM VALUE SELECT (jsonb_populate_record(t, %s)).* FROM {t} t WHERE {k} "
        "ON CONFLICT DO NOTHING"
    )
    for table in owner.tables():
        for key in owner.rows(table)[:2]:
            if owner.attempt(table, copy, Jsonb(others), *key, k=chosen(table)):
                return "fact_inserted"
    raise AssertionError("nothing could be inserted")


def truncate_facts(owner: Owner) -> str:
    for table in owner.tables():
        if owner.attempt(table, "TRUNCATE {t}"):
            return "fact_deleted"
    raise AssertionError("nothing could be truncated")


def hide_facts_behind_a_policy(owner: Owner) -> str:
    table = owner.tables()[0]
    owner.run("DROP POLICY ledger ON {t}", t=table)
    return "fact_deleted"


def add_facts_by_inheritance(owner: Owner) -> str:
    owner.run("CREATE TABLE more_incidents () INHERITS (incidents)")
    owner.run(
        "INSERT INTO more_incidents (id, kind, occurred_from, occurred_to, place) "
        "VALUES (777, 'killing', now(), now(), 'SRID=4326;POINT(0.5 0.5)')"
    )
    return "fact_inserted"


def edit_without_an_event(owner: Owner) -> str:
    """The triggers that note changes stay on, and only the one that demands an event is off."""
    with owner.unguarded("ledger_changes"):
        owner.run(
            "UPDATE havens SET occupancy = occupancy + 1 WHERE code = %s",
            owner.rng.choice(["H0", "H1", "H2"]),
        )
    return "fact_altered"


def change_a_salt(owner: Owner) -> str:
    owner.run("UPDATE ledger_changes SET salt = sha256(salt) WHERE table_name = 'incidents'")
    return "fact_altered"


def forget_a_salt(owner: Owner) -> str:
    owner.run("UPDATE ledger_changes SET salt = NULL WHERE table_name = 'havens'")
    return "seal_missing"


def change_a_noted_digest(owner: Owner) -> str:
    owner.run("UPDATE ledger_changes SET digest = sha256(digest) WHERE table_name = 'havens'")
    return "event_altered"


def edit_an_entry_as_shown(owner: Owner) -> str:
    change = owner.rng.choice(
        [
            "actor_id = 999", "role = 'auditor'", "subject = 'alerts:999'", "at = at - interval '1 hour'",
            "action = 'alerts.closed'", "body = body || ' '", "details = jsonb_build_object('status', 'closed')",
        ]
    )  # fmt: skip
    last = "(SELECT max(id) FROM ledger_events WHERE action = 'alerts.decided')"
    owner.run(f"UPDATE ledger_events SET {change} WHERE id = {last}")
    return "event_altered"


def delete_an_entry_as_shown(owner: Owner) -> str:
    owner.run("DELETE FROM ledger_events WHERE leaf_index = %s", owner.rng.randrange(10))
    return "event_altered"


def leave_a_trigger_off(owner: Owner) -> str:
    table = owner.rng.choice(sorted(PROTECTED))
    how = owner.rng.choice(["ALTER TABLE {t} DISABLE TRIGGER {n}", "DROP TRIGGER {n} ON {t}"])
    owner.run(how, t=table, n=owner.rng.choice(["note_insert", "note_update", "note_delete", "no_truncate"]))
    return "guard_missing"


def leave_the_demand_for_events_off(owner: Owner) -> str:
    owner.run("ALTER TABLE ledger_changes DISABLE TRIGGER recorded")
    return "guard_missing"


def replace_a_function(owner: Owner) -> str:
    """By one that does the same: what it does in other hours is not known."""
    owner.run(
        "CREATE OR REPLACE FUNCTION vigil.row_digest(salt bytea, content jsonb) RETURNS bytea LANGUAGE sql IMMUTABLE "
        "AS $$ SELECT sha256(salt || convert_to(jsonb_strip_nulls(content)::text, 'UTF8')) $$"
    )
    return "guard_missing"


FACTS: tuple[Callable[[Owner], str], ...] = (
    edit_a_fact, swap_two_facts, delete_a_fact, insert_a_fact, truncate_facts, hide_facts_behind_a_policy,
    add_facts_by_inheritance, edit_without_an_event, change_a_salt, forget_a_salt, change_a_noted_digest,
    edit_an_entry_as_shown, delete_an_entry_as_shown, leave_a_trigger_off, leave_the_demand_for_events_off,
    replace_a_function,
)  # fmt: skip


# What would keep a change from being found, and not only what changes: each returns words that must be told.


def changed_unseen(owner: Owner, change: str = "occupancy = 987654") -> None:
    with owner.unguarded("havens"):
        owner.run(f"UPDATE havens SET {change} WHERE code = 'H1'")


def lead_the_function_to_a_copy(owner: Owner) -> str:
    owner.run("CREATE SCHEMA e")
    owner.run("CREATE TABLE e.havens AS SELECT * FROM havens")
    owner.run("GRANT USAGE ON SCHEMA e TO vigil_ledger; GRANT SELECT ON e.havens TO vigil_ledger")
    owner.run("ALTER FUNCTION vigil.fact_digests() SET search_path = e, public, vigil, pg_temp")
    changed_unseen(owner)
    return "Function fact_digests is not the one that the migrations made."


def put_the_true_function_beside_another(owner: Owner) -> str:
    """The true text stands under the same name, with an argument, and is called by nobody."""
    ((text,),) = owner.run("SELECT prosrc FROM pg_proc WHERE proname = 'row_digest'")
    owner.run(
        "CREATE OR REPLACE FUNCTION vigil.row_digest(salt bytea, content jsonb) RETURNS bytea LANGUAGE sql STABLE AS $$ "
        "SELECT sha256(salt || convert_to(replace(jsonb_strip_nulls(content)::text, '987654', '0'), 'UTF8')) $$"
    )
    owner.run(
        "CREATE FUNCTION vigil.row_digest(salt bytea, content jsonb, no_matter text) RETURNS bytea LANGUAGE sql "
        f"STABLE AS $${text}$$"
    )
    changed_unseen(owner)
    return "Function row_digest stands twice"


def hang_triggers_on_another_function_of_that_name(owner: Owner) -> str:
    owner.run(
        "CREATE FUNCTION public.note_changes() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'"
    )
    owner.run("DROP TRIGGER note_update ON havens")
    owner.run(
        "CREATE TRIGGER note_update AFTER UPDATE ON havens REFERENCING NEW TABLE AS changed "
        "FOR EACH STATEMENT EXECUTE FUNCTION public.note_changes('id')"
    )
    return "Trigger note_update of table havens runs a function that no migration made."


def name_a_column_like_the_row(owner: Owner) -> str:
    """In `to_jsonb(t)` a column of that name is meant, where there is one: it holds each row as it was."""
    before = dict(owner.run("SELECT id, to_jsonb(h) FROM havens h"))
    owner.run("ALTER TABLE havens ADD COLUMN t jsonb")
    with owner.unguarded("havens"):
        for id, row in before.items():
            owner.run("UPDATE havens SET t = %s WHERE id = %s", Jsonb(row), id)
    changed_unseen(owner)
    return "changed behind the log"


def fit_an_argument_better(owner: Owner) -> str:
    """PostgreSQL's own convert_to takes a name for the encoding; one that takes text fits a literal better."""
    owner.run(
        "CREATE FUNCTION public.convert_to(text, text) RETURNS bytea LANGUAGE sql STABLE AS "
        "$$ SELECT pg_catalog.convert_to(replace($1, '987654', '0'), $2::name) $$"
    )
    changed_unseen(owner)
    return "The function public.convert_to was made by no migration and by no extension."


def hide_a_row_from_the_log(owner: Owner) -> str:
    with owner.unguarded("incidents"):
        owner.run(
            "INSERT INTO incidents (id, kind, occurred_from, occurred_to, place) OVERRIDING SYSTEM VALUE "
            "VALUES (77777, 'killing', now(), now(), 'SRID=4326;POINT(0.5 0.5)')"
        )
    owner.run("ALTER POLICY ledger ON incidents USING (id <> 77777)")
    return "A policy of table incidents keeps rows from vigil_ledger."


def hide_an_entry_from_the_auditor(owner: Owner) -> str:
    """People are shown an entry that the log never had."""
    owner.run(
        "INSERT INTO ledger_events (at, action, subject, body, leaf_index) "
        "VALUES (now(), 'alerts.closed', 'alerts:1', 'x', 99999)"
    )
    owner.run(
        "CREATE POLICY quiet ON ledger_events AS RESTRICTIVE FOR SELECT TO vigil_auditor USING (leaf_index <> 99999)"
    )
    return "A policy of table ledger_events keeps rows from vigil_auditor."


def stand_before_the_log(owner: Owner) -> str:
    """A schema that bears a role's name is looked into first by that role."""
    owner.run("CREATE SCHEMA vigil_auditor")
    owner.run("CREATE TABLE vigil_auditor.ledger_events AS SELECT * FROM ledger_events")
    owner.run("GRANT USAGE ON SCHEMA vigil_auditor TO vigil_auditor")
    owner.run("GRANT SELECT ON vigil_auditor.ledger_events TO vigil_auditor")
    edit_an_entry_as_shown(owner)
    return "The schema vigil_auditor stands before the house's own"


def give_the_database_a_path(owner: Owner) -> str:
    owner.run("CREATE SCHEMA e")
    owner.run("CREATE TABLE e.ledger_events AS SELECT * FROM ledger_events")
    owner.run("GRANT USAGE ON SCHEMA e TO PUBLIC; GRANT SELECT ON e.ledger_events TO PUBLIC")
    owner.run("ALTER DATABASE {d} SET search_path = e, public", d=owner.connection.info.dbname)
    edit_an_entry_as_shown(owner)
    return "The setting search_path was given to the database"


def swallow_changes_by_a_rule(owner: Owner) -> str:
    owner.run("CREATE RULE quiet AS ON UPDATE TO havens DO INSTEAD NOTHING")
    return "Table havens has rules, heirs or types that no migration gave it."


def bring_a_type_of_one_s_own(owner: Owner) -> str:
    """to_jsonb asks such a type for its cast to json, which may say anything."""
    owner.run("CREATE TYPE public.mood AS ENUM ('calm')")
    owner.run("ALTER TABLE havens ADD COLUMN mood public.mood")
    return "Table havens has rules, heirs or types that no migration gave it."


def put_a_view_in_the_table_s_place(owner: Owner) -> str:
    owner.run("ALTER TABLE vigil.protected_tables RENAME TO declared")
    owner.run("CREATE VIEW vigil.protected_tables AS SELECT * FROM vigil.declared")
    owner.run("GRANT SELECT ON vigil.protected_tables TO vigil_ledger, vigil_auditor, vigil_app")
    return "Table protected_tables is not the plain table that it was."


def take_a_table_s_policies_off(owner: Owner) -> str:
    owner.run("ALTER TABLE havens DISABLE ROW LEVEL SECURITY")
    return "Table havens stands without its policies."


def let_the_past_be_rewritten(owner: Owner) -> str:
    owner.run("DROP TRIGGER past_stands ON revisions")
    owner.run(
        "CREATE TRIGGER past_stands BEFORE UPDATE OR DELETE ON revisions FOR EACH ROW WHEN (false) "
        "EXECUTE FUNCTION vigil.refuse_other_past()"
    )
    return "Trigger past_stands of table revisions was dropped, disabled or replaced."


def rewrite_the_past(owner: Owner) -> str:
    """What the room knew of a haven at some moment is another thing now."""
    with owner.unguarded("revisions"):
        changed = owner.run(
            "UPDATE revisions SET content = content || '{{\"capacity_night\": 987}}' WHERE layer = 'havens' RETURNING 1"
        )
    assert changed
    return "changed behind the log"


def leave_any_trigger_off(owner: Owner) -> str:
    owner.run("ALTER TABLE alerts DISABLE TRIGGER stepped_state")
    return "Trigger stepped_state of table alerts was disabled."


def change_a_function_that_is_not_the_log_s(owner: Owner) -> str:
    owner.run("ALTER FUNCTION vigil.open_seed(bigint) SET search_path = e, public, vigil, pg_temp")
    return "Function open_seed is not the one that the migrations made."


BLINDINGS: tuple[Callable[[Owner], str], ...] = (
    lead_the_function_to_a_copy, put_the_true_function_beside_another, hang_triggers_on_another_function_of_that_name,
    name_a_column_like_the_row, fit_an_argument_better, hide_a_row_from_the_log, hide_an_entry_from_the_auditor,
    stand_before_the_log, give_the_database_a_path, swallow_changes_by_a_rule, bring_a_type_of_one_s_own,
    put_a_view_in_the_table_s_place, take_a_table_s_policies_off, let_the_past_be_rewritten, rewrite_the_past,
    leave_any_trigger_off, change_a_function_that_is_not_the_log_s,
)  # fmt: skip
