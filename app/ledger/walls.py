"""All triggers and policies as the migrations leave them: which there are, what they run and whom they concern.

`walls.json` was read from a freshly migrated database; a test holds the two together, and says how the file is written
when a migration changes something. Conditions are compared by whether there is one, since versions of PostgreSQL write
them otherwise; the text of what the log itself stands on is compared in guards.py.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path

from sqlalchemy import Connection, text

FILE = Path(__file__).parent / "walls.json"
Walls = dict[str, dict[str, str]]

# Of a partitioned table the parent alone: what stands on a month's part was put there with it.
TRIGGERS = """SELECT c.relname || '.' || t.tgname AS name,
        concat_ws(' ', p.proname, t.tgtype, CASE WHEN t.tgdeferrable THEN 'deferrable' END,
            CASE WHEN t.tgqual IS NOT NULL THEN 'when' END,
            (SELECT string_agg(a.attname, ',' ORDER BY a.attname) FROM pg_attribute a
             WHERE a.attrelid = t.tgrelid AND a.attnum = ANY (t.tgattr::int2[]))) AS kind
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE c.relnamespace IN ('public'::regnamespace, 'vigil'::regnamespace) AND NOT t.tgisinternal AND t.tgparentid = 0
    ORDER BY 1"""
POLICIES = """SELECT p.tablename || '.' || p.policyname AS name,
        concat_ws(' ', lower(p.permissive), lower(p.cmd),
            (SELECT string_agg(r::text, ',' ORDER BY r) FROM unnest(p.roles) r),
            CASE WHEN p.qual IS NOT NULL THEN 'using' END, CASE WHEN p.with_check IS NOT NULL THEN 'check' END) AS kind
    FROM pg_policies p WHERE p.schemaname IN ('public', 'vigil') ORDER BY 1"""


def standing(connection: Connection) -> Walls:
    """What stands in this database: kind of wall → `table.name` → its kind."""
    return {
        kind: {row.name: row.kind for row in connection.execute(text(query))}
        for kind, query in (("triggers", TRIGGERS), ("policies", POLICIES))
    }


@cache
def as_migrated() -> Walls:
    found: Walls = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def fallen(connection: Connection, apart: Collection[str]) -> Iterator[str]:
    """A sentence for each that was put there, dropped or replaced by no migration. apart: `table.name` of triggers that
    are looked at elsewhere."""
    now = standing(connection)
    for kind, word in (("triggers", "Trigger"), ("policies", "Policy")):
        made, here = as_migrated()[kind], now[kind]
        for key in sorted((made.keys() | here.keys()) - set(apart)):
            table, _dot, name = key.partition(".")
            if key not in made:
                yield f"{word} {name} of table {table} was put there by no migration."
            elif key not in here:
                yield f"{word} {name} of table {table} was dropped."
            elif here[key] != made[key]:
                yield f"{word} {name} of table {table} was replaced."
