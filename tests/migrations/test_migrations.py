"""The schema: what the models say is what the migrations make, up and down, and nothing stands unguarded."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from app import every_model
from app.db import Base
from app.permissions import Role
from tests import servers
from tests.people import Staff, record

assert every_model.__all__


def alembic(clone: servers.Clone, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"VIGIL_OWNER_DATABASE_URL": clone.url("vigil_owner")}
    return subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini", *arguments],
        cwd=servers.ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip


def test_models_and_migrations_say_the_same(clone: servers.Clone) -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi:app", "db", "check"],
        cwd=servers.ROOT, env=os.environ | clone.environment(), capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_index_of_the_models_exists(owner: psycopg.Connection) -> None:
    """Expression indexes can't be compared by reflection; without those in metres a search reads whole tables."""
    made = {
        r[0] for r in owner.execute("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'").fetchall()
    }
    wanted = {str(i.name) for t in Base.metadata.tables.values() for i in t.indexes}
    assert wanted <= made


def test_the_migrations_go_down_and_up_again_with_data_in_the_tables(
    clone: servers.Clone, staff: Staff, owner: psycopg.Connection
) -> None:
    staff.person(Role.HOM)
    owner.close()
    for step in (("downgrade", "base"), ("upgrade", "head")):
        done = alembic(clone, *step)
        assert done.returncode == 0, done.stderr
    with psycopg.connect(clone.plain_url("vigil_owner")) as again:
        assert again.execute("SELECT count(*) FROM people").fetchone() == (0,)


def test_each_migration_goes_up_from_the_one_before(
    clone: servers.Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All in this process: a new one for each step would take longer than the steps."""
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))
    monkeypatch.chdir(servers.ROOT)
    config = Config("migrations/alembic.ini")
    revisions = [step.revision for step in ScriptDirectory.from_config(config).walk_revisions()][::-1]
    assert len(revisions) > 16
    command.downgrade(config, "base")
    for revision in revisions:
        command.upgrade(config, revision)
        command.downgrade(config, "-1")
        command.upgrade(config, revision)


def test_plans_of_evacuations_from_before_name_the_havens_that_they_tell_of(
    clone: servers.Clone, staff: Staff, owner: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def haven(code: str) -> int:
        row = owner.execute(
            "INSERT INTO havens (code, name, kind, place, capacity_day, capacity_night, state, exposure) VALUES "
            "(%s, %s, 'base_shelter', ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326), 9, 9, 'open', 'mission') RETURNING id",
            [code, f"EXERCISE {code}"],
        ).fetchone()
        assert row
        return int(row[0])

    by = staff.person(Role.FC_STAFF)
    with owner.transaction():
        used, spare, exposed, full, _other = (
            haven(code) for code in ("USED", "SPARE", "DANGER", "FULL", "OTHER")
        )
        content = {"legs": [], "havens": [{"id": used}], "to_open": [{"id": spare}], "exposed": ["EXERCISE DANGER"],
                   "more": [{"name": "EXERCISE FULL", "places": 3}]}  # fmt: skip
        owner.execute(
            "WITH made AS (INSERT INTO evacuations (place, radius_metres, restricted, made_by_id, made_by_role) VALUES "
            "(ST_SetSRID(ST_MakePoint(0.5, 0.5), 4326), 3000, false, %(by)s, 'fc_staff') RETURNING id) "
            "INSERT INTO evacuation_plans (evacuation_id, version, asked, content, haven_ids, made_by_id, made_by_role) "
            "SELECT id, 1, '{}', %(content)s, %(named)s, %(by)s, 'fc_staff' FROM made",
            {"by": by, "named": [used], "content": json.dumps(content)},
        )
        record(owner)
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))
    monkeypatch.chdir(servers.ROOT)
    config = Config("migrations/alembic.ini")
    before = ScriptDirectory.from_config(config).get_revision("0041").down_revision
    command.downgrade(config, str(before))
    command.upgrade(config, "head")
    found = owner.execute("SELECT haven_ids FROM evacuation_plans").fetchone()
    assert found == (sorted((used, spare, exposed, full)),)
    # What the log vouches for is the row as it stands now: written once, recorded anew on each way.
    noted = owner.execute(
        "SELECT op FROM ledger_changes WHERE table_name = 'evacuation_plans' ORDER BY id"
    ).fetchall()
    assert noted == [("I",), ("U",), ("U",)]


UNGUARDED = {"alembic_version", "spatial_ref_sys", "ledger_checkpoints", "ledger_verifications"}


def test_the_past_of_before_is_taken_into_the_log(
    clone: servers.Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else each revision of an installation from before would look as if it had been put in behind the log."""
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))
    monkeypatch.chdir(servers.ROOT)
    config = Config("migrations/alembic.ini")
    command.downgrade(config, "0038")
    with psycopg.connect(clone.plain_url("vigil_owner")) as before:
        before.execute(
            "INSERT INTO havens (code, name, kind, place, capacity_day, capacity_night) "
            "SELECT 'H' || n, 'EXERCISE', 'secured_area', 'SRID=4326;POINT(0.5 0.25)', 9, 9 FROM generate_series(1, 3) n"
        )
        record(before)
        before.commit()
        before.execute("UPDATE havens SET state = 'open' WHERE code = 'H1'")
        record(before)
    command.upgrade(config, "head")
    with psycopg.connect(clone.plain_url("vigil_auditor")) as after:
        agree = after.execute(
            "SELECT count(*), count(*) FILTER (WHERE c.digest = f.digest AND c.op = 'I') FROM vigil.fact_digests() f "
            "LEFT JOIN ledger_changes c USING (table_name, row_key) WHERE f.table_name = 'revisions'"
        ).fetchone()
        assert agree == (4, 4)


def test_no_table_stands_without_forced_row_level_security(owner: psycopg.Connection) -> None:
    bare = owner.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') "
        "AND NOT relispartition AND NOT (relrowsecurity AND relforcerowsecurity)"
    ).fetchall()
    assert {r[0] for r in bare} == UNGUARDED


@pytest.mark.parametrize("role", ["app", "worker", "sequencer", "keyholder", "auditor"])
def test_no_role_that_serves_owns_a_table_or_goes_round_the_policies(
    owner: psycopg.Connection, role: str
) -> None:
    row = owner.execute(
        "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = %s",
        [f"vigil_{role}"],
    ).fetchone()
    assert row == (False,)
    owned = owner.execute(
        "SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", [f"vigil_{role}"]
    ).fetchone()
    assert owned == (0,)
