"""Whether what watches over the protected tables still stands as the migrations made it.

The digests of rows come from functions, tables and policies that the database's owner could bend so that they show
what was and not what is. So each of them is held here against the migrations' own text. Names are told, never content.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from app.ledger import walls

SQL = Path(__file__).parents[2] / "migrations" / "sql"
ROUTINE = re.compile(
    r"^CREATE (?:OR REPLACE )?(?:FUNCTION|PROCEDURE) vigil\.(\w+)\((.*?)\bAS (\$\w*\$)(.*?)\3",
    re.DOTALL | re.MULTILINE,
)
# What may stand after a setting in a routine's head.
CLAUSES = "SET|LANGUAGE|IMMUTABLE|STABLE|VOLATILE|STRICT|SECURITY|LEAKPROOF|PARALLEL|COST|ROWS"
# Functions that are put together or mended in place when a migration runs: their text stands in none of its files.
PUT_TOGETHER = (
    (re.compile(r"^CALL vigil\.keep_revisions\('(\w+)'", re.MULTILINE), "keep_{}"),
    (re.compile(r"^CALL vigil\.keep_presences_of\('(\w+)'", re.MULTILINE), "keep_presences_{}"),
    (re.compile(r"pg_get_functiondef\('vigil\.(\w+)\("), "{}"),
)
# Without these nothing that the log tells of a row would mean anything.
INDISPENSABLE = (
    "row_digest", "row_key", "note_changes", "refuse_unrecorded_change", "refuse_truncate", "protect",
    "refuse_unless_exporting", "fact_digests", "pending_changes", "refuse_other_past",
)  # fmt: skip
LEDGER = ("ledger_events", "ledger_changes", "ledger_leaves", "ledger_checkpoints")
# Whoever looks while the log is verified, beside vigil_ledger, as which the rows themselves are digested.
AUDITOR = (*(f"public.{table}" for table in LEDGER), "vigil.protected_tables")
NOTING = (
    "CREATE TRIGGER {0} AFTER {1} ON public.{2} REFERENCING {3} TABLE AS changed "
    "FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_changes({4})"
)
NO_TRUNCATE = (
    "CREATE TRIGGER no_truncate BEFORE TRUNCATE ON public.{} "
    "FOR EACH STATEMENT EXECUTE FUNCTION vigil.refuse_truncate()"
)
TRIGGERS = {
    ("ledger_changes", "recorded"): "CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON public.ledger_changes DEFERRABLE "
    "INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION vigil.refuse_unrecorded_change()",
    ("patrol_reports", "tell_signals"): "CREATE TRIGGER tell_signals AFTER UPDATE ON public.patrol_reports FOR EACH ROW "
    "WHEN (((new.state = 'submitted'::text) AND (old.state <> 'submitted'::text))) EXECUTE FUNCTION vigil.tell_signals()",
    ("revisions", "past_stands"): "CREATE TRIGGER past_stands BEFORE DELETE OR UPDATE ON public.revisions FOR EACH ROW "
    "EXECUTE FUNCTION vigil.refuse_other_past()",
}  # fmt: skip


@dataclass(frozen=True)
class Routine:
    """As pg_proc has it. settings: `name=value`, names in small letters."""

    source: str
    language: str
    definer: bool
    volatility: str
    strict: bool
    settings: frozenset[str]
    owner: str


@dataclass(frozen=True)
class Migrated:
    """protected: table → its key's columns. put_together: names of routines whose text is not compared."""

    protected: dict[str, list[str]]
    routines: dict[str, Routine]
    put_together: frozenset[str]

    def triggers(self) -> dict[tuple[str, str], str]:
        """(table, trigger) → its definition, in pg_get_triggerdef's words."""
        made = dict(TRIGGERS)
        for table, keys in self.protected.items():
            arguments = ", ".join(f"'{key}'" for key in keys)
            for act, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                name = f"note_{act.lower()}"
                made[table, name] = NOTING.format(name, act, table, rows, arguments)
            made[table, "no_truncate"] = NO_TRUNCATE.format(table)
        return made


@cache
def as_migrated() -> Migrated:
    """What the migrations' SQL makes; of what is made twice the last word counts."""
    protected: dict[str, list[str]] = {}
    texts: dict[str, tuple[str, str]] = {}
    owners: dict[str, str] = {}
    put_together: set[str] = set()
    for file in sorted(SQL.glob("*.sql")):
        if file.name.endswith("_down.sql"):
            continue
        script = file.read_text(encoding="utf-8")
        for arguments in re.findall(r"^CALL vigil\.protect\((.*)\);", script, re.MULTILINE):
            table, *keys = re.findall(r"'(\w+)'", arguments)
            protected[table] = keys
        for pattern, name in PUT_TOGETHER:
            put_together |= {name.format(each) for each in pattern.findall(script)}
        owners |= dict(
            re.findall(r"^ALTER FUNCTION vigil\.(\w+)\(.*\) OWNER TO (\w+);", script, re.MULTILINE)
        )
        texts |= {each[1]: (each[2], each[4]) for each in ROUTINE.finditer(script)}
    routines = {
        name: routine(head, source, owners.get(name, "vigil_owner"))
        for name, (head, source) in texts.items()
        if name not in put_together
    }
    return Migrated(protected, routines, frozenset(put_together))


def routine(head: str, source: str, owner: str) -> Routine:
    """`head`: all between a routine's name and its text."""
    head = " ".join(head.split())
    language = re.search(r"\bLANGUAGE (\w+)", head)
    settings = re.findall(rf"\bSET (\w+) = (.+?)(?= (?:{CLAUSES})\b|$)", head)
    return Routine(
        source,
        language[1] if language else "",
        "SECURITY DEFINER" in head,
        next((word[0].lower() for word in ("IMMUTABLE", "STABLE") if f" {word}" in head), "v"),
        " STRICT" in head,
        frozenset(f"{name.lower()}={value.strip().strip(chr(39))}" for name, value in settings),
        owner,
    )


def broken(connection: Connection) -> Iterator[str]:
    """Sentences, one for each guard that does not stand as it was made."""
    made = as_migrated()
    yield from declared(connection, made)
    yield from triggers(connection, made)
    yield from routines(connection, made)
    yield from tables(connection, made)
    yield from policies(connection, made)
    yield from walls.fallen(connection, {".".join(key) for key in made.triggers()})
    yield from paths(connection)


def declared(connection: Connection, made: Migrated) -> Iterator[str]:
    found = {
        r.table_name: list(r.key_columns)
        for r in asked(connection, "SELECT table_name, key_columns FROM vigil.protected_tables")
    }
    for table in sorted(set(made.protected) | set(found)):
        if found.get(table) != made.protected.get(table):
            yield f"Table {table} is not declared as protected in the way it was."


TRIGGERS_NOW = """SELECT c.relname AS table_name, t.tgname AS name, pg_get_triggerdef(t.oid) AS definition,
        t.tgenabled IN ('O', 'A') AS fires,  -- D is disabled, R fires on replicas alone
        p.pronamespace = 'vigil'::regnamespace AS ours
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal ORDER BY c.relname, t.tgname"""


def triggers(connection: Connection, made: Migrated) -> Iterator[str]:
    wanted, standing = made.triggers(), set()
    for each in asked(connection, TRIGGERS_NOW):
        key = (each.table_name, each.name)
        if not each.ours:
            yield f"Trigger {each.name} of table {each.table_name} runs a function that no migration made."
        elif each.fires and wanted.get(key, each.definition) == each.definition:
            standing.add(key)
        elif key not in wanted:
            yield f"Trigger {each.name} of table {each.table_name} was disabled."
    for table, name in sorted(set(wanted) - standing):
        yield f"Trigger {name} of table {table} was dropped, disabled or replaced."


ROUTINES_NOW = """SELECT p.proname AS name, p.prosrc AS source, l.lanname AS language, p.prosecdef AS definer,
        p.provolatile::text AS volatility, p.proisstrict AS strict, coalesce(p.proconfig, '{}') AS settings,
        pg_get_userbyid(p.proowner) AS owner
    FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
    WHERE p.pronamespace = 'vigil'::regnamespace ORDER BY p.proname, p.oid"""


def routines(connection: Connection, made: Migrated) -> Iterator[str]:
    """Of each name one stands, with all that decides what it does: one beside it, of other arguments, could be the one
    that is called."""
    standing: set[str] = set()
    for each in asked(connection, ROUTINES_NOW):
        settings = (entry.partition("=") for entry in each.settings)
        found = Routine(
            each.source, each.language, each.definer, each.volatility, each.strict,
            frozenset(f"{name.lower()}={value}" for name, _equals, value in settings), each.owner,
        )  # fmt: skip
        if each.name in standing:
            yield f"Function {each.name} stands twice, and the migrations made one."
        elif each.name not in made.routines and each.name not in made.put_together:
            yield f"Function {each.name} was made by no migration."
        elif made.routines.get(each.name, found) != found:
            yield f"Function {each.name} is not the one that the migrations made."
        standing.add(each.name)
    for name in sorted(set(INDISPENSABLE) - standing):
        yield f"Function {name} is not the one that the migrations made: it is gone."


TABLES_NOW = """SELECT w.name, coalesce(c.relkind = 'r' AND c.relpersistence = 'p', false) AS plain,
        EXISTS (SELECT FROM pg_rewrite r WHERE r.ev_class = c.oid) AS ruled,
        EXISTS (SELECT FROM pg_inherits i WHERE c.oid IN (i.inhparent, i.inhrelid)) AS shared,
        c.relrowsecurity AND c.relforcerowsecurity AS walled,
        -- to_jsonb asks a type that PostgreSQL doesn't bring for a cast of its own.
        EXISTS (SELECT FROM pg_attribute a JOIN pg_type y ON y.oid = a.atttypid
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                AND y.typnamespace <> 'pg_catalog'::regnamespace AND NOT EXISTS (
                    SELECT FROM pg_depend d WHERE d.classid = 'pg_type'::regclass AND d.objid = y.oid AND d.deptype = 'e')
        ) AS of_strange_types
    FROM unnest(CAST(:names AS text[])) AS w (name) LEFT JOIN pg_class c ON c.oid = to_regclass(w.name) ORDER BY w.name"""


def tables(connection: Connection, made: Migrated) -> Iterator[str]:
    """Tables, and no views or heirs in their place: what is digested is what people read."""
    protected = [f"public.{table}" for table in made.protected]
    for each in asked(connection, TABLES_NOW, names=[*protected, *AUDITOR]):
        name = each.name.partition(".")[2]
        if not each.plain:
            yield f"Table {name} is not the plain table that it was."
        elif each.ruled or each.shared or each.of_strange_types:
            yield f"Table {name} has rules, heirs or types that no migration gave it."
        elif each.name in protected and not each.walled:
            yield f"Table {name} stands without its policies."


POLICIES_NOW = """SELECT w.name, w.role FROM unnest(CAST(:names AS text[]), CAST(:roles AS text[])) AS w (name, role)
    JOIN pg_class c ON c.oid = to_regclass(w.name) JOIN pg_roles r ON r.rolname = w.role
    WHERE c.relrowsecurity AND (
        NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polpermissive AND p.polcmd IN ('r', '*')
                    AND r.oid = ANY (p.polroles) AND pg_get_expr(p.polqual, p.polrelid) = 'true')
        OR EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND NOT p.polpermissive AND p.polcmd IN ('r', '*')
                   AND (r.oid = ANY (p.polroles) OR 0 = ANY (p.polroles))))
    ORDER BY w.name, w.role"""


def policies(connection: Connection, made: Migrated) -> Iterator[str]:
    """No row is kept from those as whom the log is verified."""
    looks = [(f"public.{table}", "vigil_ledger") for table in (*made.protected, *LEDGER[:2])]
    looks += [(table, "vigil_auditor") for table in AUDITOR]
    names, roles = zip(*looks, strict=True)
    for each in asked(connection, POLICIES_NOW, names=list(names), roles=list(roles)):
        yield f"A policy of table {each.name.partition('.')[2]} keeps rows from {each.role}."


SETTINGS_NOW = """SELECT DISTINCT split_part(e.entry, '=', 1) AS name
    FROM pg_db_role_setting s, unnest(s.setconfig) AS e (entry)
    WHERE s.setdatabase IN (0, (SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))
    AND (s.setrole = 0 OR pg_get_userbyid(s.setrole) LIKE 'vigil\\_%')
    AND split_part(e.entry, '=', 1) IN ('search_path', 'row_security', 'session_replication_role') ORDER BY 1"""
SCHEMAS_NOW = """SELECT n.nspname AS name FROM pg_namespace n
    WHERE n.nspname IN (SELECT r.rolname FROM pg_roles r WHERE r.rolname LIKE 'vigil\\_%') ORDER BY 1"""
STRANGERS_NOW = """SELECT DISTINCT p.proname AS name FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND NOT EXISTS (
        SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
    ORDER BY 1"""


def paths(connection: Connection) -> Iterator[str]:
    """Names mean what they meant: nothing stands before the house's tables, or fits better than what is there."""
    for each in asked(connection, SETTINGS_NOW):
        yield f"The setting {each.name} was given to the database or to one of its roles."
    for each in asked(connection, SCHEMAS_NOW):
        yield f"The schema {each.name} stands before the house's own for the role of that name."
    for each in asked(connection, STRANGERS_NOW):
        yield f"The function public.{each.name} was made by no migration and by no extension."


def asked(connection: Connection, query: str, **values: Any) -> list[Any]:
    return list(connection.execute(text(query), values))
