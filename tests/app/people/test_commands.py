"""The operator's commands, run on the server as the owner of the database."""

from __future__ import annotations

import json

import psycopg
import pytest
from click.testing import Result
from flask import Flask

from app.db import db
from app.operator import operator_connection, record_as_operator
from app.people import administration
from app.permissions import Role
from tests.app.people.conftest import Somebody, actions_recorded
from tests.people import WEST, Staff
from tests.servers import Clone


@pytest.fixture
def run(app: Flask, staff: Staff, clone: Clone, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.setenv("VIGIL_OWNER_DATABASE_URL", clone.url("vigil_owner"))

    def invoke(*words: str) -> Result:
        return app.test_cli_runner().invoke(args=list(words))

    return invoke


def username_of(owner: psycopg.Connection, person_id: int) -> str:
    row = owner.execute("SELECT username FROM people WHERE id = %s", [person_id]).fetchone()
    assert row
    return str(row[0])


def test_a_person_added_on_the_server_signs_in(run, somebody: Somebody, owner: psycopg.Connection) -> None:  # type: ignore[no-untyped-def]
    result = run(
        "people", "add", "--username", "ex-carla", "--name", "EXERCISE Carla", "--role", "sector_ops",
        "--sector", WEST, "--compartment", "north",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    account = somebody()
    assert account.signs_in(username="ex-carla", password=result.output.strip()).status_code == 302
    assert "WEST Sector West" in account.client.get("/account").get_data(as_text=True)
    body = owner.execute("SELECT body FROM ledger_events WHERE action = 'people.added'").fetchone()
    assert body
    assert json.loads(body[0])["actor"] == "system"


def test_what_can_t_be_added_is_said_in_a_sentence(run) -> None:  # type: ignore[no-untyped-def]
    first = ("people", "add", "--username", "ex-dora", "--name", "EXERCISE Dora", "--role", "cla")
    assert run(*first).exit_code == 0
    assert "has this user name already" in run(*first).output
    assert "no sector NOWHERE" in run(*first[:3], "ex-eli", *first[4:], "--sector", "NOWHERE").output
    assert run(*first[:-1], "king").exit_code == 2


def test_the_token_is_all_that_is_printed_and_it_works(  # type: ignore[no-untyped-def]
    run, staff: Staff, app: Flask, owner: psycopg.Connection
) -> None:
    name = username_of(owner, staff.person(Role.PATROL_CDR))
    result = run(
        "tokens", "create", "--user", name, "--scope", "reports:file", "--label", "EX phone", "--days", "7"
    )
    assert result.exit_code == 0, result.output
    token = result.output.removesuffix("\n")
    assert " " not in token
    assert "\n" not in token
    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/openapi.json", headers=headers).status_code == 200
    assert app.test_client().get("/map", headers=headers).status_code == 403
    kept = owner.execute(
        "SELECT label, scopes, expires_at - created_at < interval '8 days' FROM api_tokens"
    ).fetchone()
    assert kept == ("EX phone", ["people:own_account", "reports:file"], True)


def test_all_means_what_the_role_holds(run, staff: Staff, owner: psycopg.Connection) -> None:  # type: ignore[no-untyped-def]
    name = username_of(owner, staff.person(Role.PATROL_CDR))
    run("tokens", "create", "--user", name, "--scope", "all")
    scopes = owner.execute("SELECT scopes FROM api_tokens").fetchone()
    assert scopes
    assert "patrols:lead" in scopes[0]
    assert "alerts:decide" not in scopes[0]


def test_a_scope_that_the_role_does_not_hold_is_refused(run, staff: Staff, owner: psycopg.Connection) -> None:  # type: ignore[no-untyped-def]
    name = username_of(owner, staff.person(Role.PATROL_CDR))
    result = run("tokens", "create", "--user", name, "--scope", "defenders:unmask")
    assert result.exit_code == 1
    assert "does not hold defenders:unmask" in result.output
    assert run("tokens", "create", "--user", name, "--scope", "everything").exit_code == 2
    assert run("tokens", "create", "--user", "nobody-at-all", "--scope", "all").exit_code == 1


def test_tokens_are_revoked_by_label_or_all_together(  # type: ignore[no-untyped-def]
    run, staff: Staff, owner: psycopg.Connection
) -> None:
    name = username_of(owner, staff.person(Role.CLA))
    for label in ("one", "two", "three"):
        run("tokens", "create", "--user", name, "--scope", "all", "--label", label)
    assert run("tokens", "revoke", "--user", name, "--label", "two").output == "1 revoked\n"
    assert run("tokens", "revoke", "--user", name).output == "2 revoked\n"
    assert run("tokens", "revoke", "--user", name).output == "0 revoked\n"
    assert actions_recorded(owner).count("people.token_revoked") == 3


def test_a_disabled_person_is_shut_out_with_tokens_and_sessions(  # type: ignore[no-untyped-def]
    run, staff: Staff, app: Flask, owner: psycopg.Connection
) -> None:
    session = staff.client(Role.CLA)
    headers = staff.bearer(Role.CLA)
    name = username_of(owner, staff.person(Role.CLA))
    assert run("people", "disable", "--user", name.upper()).exit_code == 0
    assert session.get("/account").status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=headers).status_code == 401
    assert run("people", "disable", "--user", name).exit_code == 1


def test_the_operator_opens_an_account_where_there_is_no_second_administrator(  # type: ignore[no-untyped-def]
    run, staff: Staff, somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody(Role.CLA)
    with staff.acting(Role.SYSADMIN) as who:
        administration.change_rights(account.person_id, Role.CLA, [staff.sectors[WEST]], [])
        db.session.commit()
    assert account.signs_in().status_code == 401
    assert run("people", "enable", "--user", account.username).output == "The account is open.\n"
    assert account.signs_in().status_code == 302
    event = owner.execute(
        "SELECT body, details FROM ledger_events WHERE action = 'people.enabled'"
    ).fetchone()
    assert event
    assert json.loads(event[0])["actor"] == "system"
    assert event[1] == {"changes_of": who.person_id, "changed": ["rights"]}
    assert run("people", "enable", "--user", account.username).exit_code == 1


def test_a_command_without_its_setting_says_which(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIGIL_OWNER_DATABASE_URL", raising=False)
    result = app.test_cli_runner().invoke(args=["people", "disable", "--user", "x"])
    assert result.exit_code == 2
    assert "VIGIL_OWNER_DATABASE_URL" in result.output


def test_what_an_operator_does_not_record_is_refused(run, owner: psycopg.Connection, staff: Staff) -> None:  # type: ignore[no-untyped-def]
    from sqlalchemy import text
    from sqlalchemy.exc import IntegrityError

    person_id = staff.person(Role.CLA)
    rename = text("UPDATE people SET name = 'EXERCISE renamed' WHERE id = :id")
    with pytest.raises(IntegrityError, match="not recorded"), operator_connection() as connection:
        connection.execute(rename, {"id": person_id})
    with operator_connection() as connection:
        connection.execute(rename, {"id": person_id})
        record_as_operator(connection, "tests.renamed", "people", person_id)
    assert owner.execute("SELECT name FROM people WHERE id = %s", [person_id]).fetchone() == (
        "EXERCISE renamed",
    )
