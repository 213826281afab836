"""All triggers and policies stand as the migrations left them, whoever owns the database."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from sqlalchemy import create_engine

from app.ledger import guards, walls
from tests.servers import Clone


def broken(clone: Clone) -> list[str]:
    engine = create_engine(clone.url("vigil_auditor"))
    try:
        with engine.connect() as connection:
            return list(guards.broken(connection))
    finally:
        engine.dispose()


def test_the_file_holds_what_the_migrations_make(clone: Clone) -> None:
    engine = create_engine(clone.url("vigil_owner"))
    with engine.connect() as connection:
        now = walls.standing(connection)
    engine.dispose()
    assert now == walls.as_migrated(), "after a migration: `bin/flask ledger walls > app/ledger/walls.json`"
    assert len(now["triggers"]) > 150 and len(now["policies"]) > 150
    assert broken(clone) == []


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DROP TRIGGER takes_two ON people", "Trigger takes_two of table people was dropped."),
        (
            "CREATE TRIGGER z BEFORE INSERT ON ledger_events FOR EACH ROW EXECUTE FUNCTION vigil.count_report()",
            "Trigger z of table ledger_events was put there by no migration.",
        ),
        (
            "DROP TRIGGER leader_stands ON alerts; CREATE TRIGGER leader_stands BEFORE UPDATE ON alerts FOR EACH ROW "
            "WHEN (false) EXECUTE FUNCTION vigil.refuse_wrong_leader()",
            "Trigger leader_stands of table alerts was replaced.",
        ),
        (
            "CREATE POLICY everything ON havens FOR SELECT TO vigil_app USING (true)",
            "Policy everything of table havens was put there by no migration.",
        ),
        ("DROP POLICY visits_sealed ON positions", "Policy visits_sealed of table positions was dropped."),
        (
            "DROP POLICY visits_told ON positions; CREATE POLICY visits_told ON positions FOR INSERT TO vigil_app "
            "WITH CHECK (true)",
            "Policy visits_told of table positions was replaced.",
        ),
    ],
)
def test_what_the_owner_puts_drops_or_bends_is_told(
    app: Flask, clone: Clone, owner: psycopg.Connection, statement: str, sentence: str
) -> None:
    for part in statement.split("; "):
        owner.execute(part)
    assert broken(clone) == [sentence]
