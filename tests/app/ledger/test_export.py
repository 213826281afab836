"""The bundle by API and by command; who may have it; the commands' exit codes and sentences."""

from __future__ import annotations

import gzip
import json
import os
import stat
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import Connection, text

from app.db import db
from app.ledger import checkpoint, exporting
from app.ledger.checkpoint import PublicKey
from app.permissions import MAP, Permission, Role
from tests.app.ledger import standing
from tests.app.ledger.ledgers import verifier
from tests.people import Staff
from tests.servers import Clone

EXPORTERS = MAP[Permission.EXPORT_LEDGER].anywhere


@pytest.fixture
def environment(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Clone:
    for name, value in clone.environment().items():
        monkeypatch.setenv(name, value)
    return clone


def test_the_bundle_by_api_passes_the_stand_alone_verifier(
    staff: Staff, clone: Clone, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    staff.person(Role.PATROL_CDR)
    standing.sequence(clone)
    answer = staff.app.test_client().get("/api/v1/ledger/bundle", headers=staff.bearer(Role.AUDITOR))
    assert answer.status_code == 200
    assert answer.mimetype == "application/gzip"
    file = tmp_path / "bundle.gz"
    file.write_bytes(answer.data)
    key = clone.settings().ledger_public_key_file
    assert verifier.main([str(file), "--json", "--public-key", str(key), "--max-uncovered", "0"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert (
        result["facts"] > 5 and result["pending"] > 0
    )  # the auditor's own account and token came after the log


def test_an_export_is_recorded_before_the_first_byte(
    staff: Staff, clone: Clone, owner: psycopg.Connection
) -> None:
    standing.make_keys(clone)
    headers = staff.bearer(Role.AUDITOR)
    answer = staff.app.test_client().get("/api/v1/ledger/bundle", headers=headers, buffered=False)
    found = owner.execute(
        "SELECT role, actor_id FROM ledger_events WHERE action = 'ledger.exported'"
    ).fetchall()
    assert found == [("auditor", staff.person(Role.AUDITOR))]
    answer.close()


def test_the_bundle_tells_no_content(staff: Staff, clone: Clone) -> None:
    standing.sequence(clone)
    answer = staff.app.test_client().get("/api/v1/ledger/bundle", headers=staff.bearer(Role.HOM))
    whole = gzip.decompress(answer.data)
    assert b'"fact":{"table":"people"' in whole
    assert b"EXERCISE" not in whole and b"argon2id" not in whole and b'"salt"' not in whole


@pytest.mark.parametrize("role", sorted(Role))
def test_only_those_who_may_export_get_it_by_either_wall(staff: Staff, clone: Clone, role: Role) -> None:
    standing.sequence(clone)
    with staff.app.test_client() as client:
        status = client.get("/api/v1/ledger/bundle", headers=staff.bearer(role)).status_code
    assert status == (200 if role in EXPORTERS else 403)
    with staff.acting(role) as who:
        with exporting.snapshot(db.engine, who) as connection:
            for function in ("fact_digests", "pending_changes"):
                query = text(f"SELECT count(*) FROM vigil.{function}()")
                if role in EXPORTERS:
                    connection.execute(query)
                else:
                    with pytest.raises(Exception, match="ledger:export"), connection.begin_nested():
                        connection.execute(query)


def test_a_token_without_the_scope_exports_nothing(staff: Staff, clone: Clone) -> None:
    standing.make_keys(clone)
    headers = staff.bearer(Role.AUDITOR, scopes=[Permission.READ_LEDGER])
    assert staff.app.test_client().get("/api/v1/ledger/bundle", headers=headers).status_code == 403


def test_without_a_key_the_export_says_what_to_do(staff: Staff, owner: psycopg.Connection) -> None:
    answer = staff.app.test_client().get("/api/v1/ledger/bundle", headers=staff.bearer(Role.AUDITOR))
    assert (answer.status_code, answer.get_json()["code"]) == (409, "no_key")
    assert not owner.execute("SELECT 1 FROM ledger_events WHERE action = 'ledger.exported'").fetchall()


def test_making_keys_twice_makes_them_once(app: Flask, environment: Clone) -> None:
    settings = environment.settings()
    first = app.test_cli_runner().invoke(args=["ledger", "keys"])
    assert first.exit_code == 0, first.output
    again = app.test_cli_runner().invoke(args=["ledger", "keys"])
    assert (again.exit_code, again.output) == (0, first.output)
    assert checkpoint.load_signer(settings.ledger_key_file).public.vkey == first.output.strip()
    assert stat.S_IMODE(settings.ledger_key_file.stat().st_mode) == 0o600
    settings.ledger_public_key_file.unlink()
    assert app.test_cli_runner().invoke(args=["ledger", "keys"]).output == first.output
    settings.ledger_key_file.unlink()
    refused = app.test_cli_runner().invoke(args=["ledger", "keys"])
    assert refused.exit_code == 1 and "never replaced" in refused.output


def test_verify_prints_the_sentence_and_keeps_the_result(staff: Staff, environment: Clone) -> None:
    size = standing.sequence(environment)
    runner = staff.app.test_cli_runner()
    done = runner.invoke(args=["ledger", "verify"])
    assert done.exit_code == 0, done.output
    assert done.output.startswith(f"OK: {size} entries verified against")
    with psycopg.connect(environment.plain_url("vigil_owner"), autocommit=True) as owner:
        assert owner.execute("SELECT ok, fault, size FROM ledger_verifications").fetchall() == [
            (True, "ok", size)
        ]
        owner.execute("ALTER TABLE procedures DISABLE TRIGGER USER")
        owner.execute("UPDATE procedures SET value = value + 1")
        owner.execute("ALTER TABLE procedures ENABLE TRIGGER USER")
    bent = runner.invoke(args=["ledger", "verify"])
    assert bent.exit_code == 18
    assert bent.output.startswith("FAULT 18 fact_altered\nRow ")
    assert f"Verified all the same: {size} entries" in bent.output
    with psycopg.connect(environment.plain_url("vigil_auditor")) as auditor:
        rows = auditor.execute("SELECT ok, fault FROM ledger_verifications ORDER BY id").fetchall()
    assert rows == [(True, "ok"), (False, "fact_altered")]


def test_verify_takes_the_files_of_witnesses(staff: Staff, environment: Clone, tmp_path: Path) -> None:
    standing.sequence(environment)
    witness = tmp_path / "headquarters.txt"
    witness.write_text(standing.kept_file(environment).read_text())
    staff.person(Role.HOM)
    standing.sequence(environment)
    done = staff.app.test_cli_runner().invoke(args=["ledger", "verify", "--witness", str(witness)])
    assert done.exit_code == 0, done.output
    witness.write_text("nothing that a witness would keep\n")
    assert (
        staff.app.test_cli_runner().invoke(args=["ledger", "verify", "--witness", str(witness)]).exit_code
        == 27
    )


@pytest.mark.parametrize("name", ["bundle.jsonl", "bundle.jsonl.gz"])
def test_the_command_writes_a_bundle_for_its_owner_alone(
    staff: Staff, environment: Clone, tmp_path: Path, name: str
) -> None:
    standing.sequence(environment)
    file = tmp_path / name
    runner = staff.app.test_cli_runner()
    done = runner.invoke(args=["ledger", "export", str(file)])
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert verifier.main([str(file), "--json", "--max-uncovered", "0"]) == 0
    again = runner.invoke(args=["ledger", "export", str(file)])
    assert again.exit_code == 1 and "exists" in again.output


def test_the_latest_checkpoint_is_printed_for_a_witness(staff: Staff, environment: Clone) -> None:
    runner = staff.app.test_cli_runner()
    assert "no checkpoint yet" in runner.invoke(args=["ledger", "checkpoint"]).output
    size = standing.sequence(environment)
    note = runner.invoke(args=["ledger", "checkpoint"]).output
    key = checkpoint.parse_vkey(environment.settings().ledger_public_key_file.read_text())
    assert checkpoint.verify(note, key).size == size


def test_the_hourly_job_stores_what_it_finds(staff: Staff, environment: Clone) -> None:
    from workers.ledger import verify

    size = standing.sequence(environment)
    with staff.app.app_context():
        verify()
    with psycopg.connect(environment.plain_url("vigil_owner")) as owner:
        assert owner.execute("SELECT ok, size FROM ledger_verifications").fetchall() == [(True, size)]


def test_what_is_signed_while_the_log_is_read_does_not_accuse_it(
    staff: Staff, clone: Clone, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.person(Role.PATROL_CDR)
    standing.sequence(clone)
    read = exporting.write_to

    def read_slowly(file: Path, connection: Connection, key: PublicKey) -> None:
        connection.execute(
            text("SELECT count(*) FROM public.ledger_leaves")
        ).one()  # the snapshot stands from here
        staff.person(Role.CLA)
        standing.sequence(clone)
        read(file, connection, key)

    monkeypatch.setattr(exporting, "write_to", read_slowly)
    result = standing.verify(clone)
    assert result.ok, result.sentence
