"""An administrator alone, who would sign in as a supervisor: each way takes a second one, in the database too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import InsufficientPrivilege
from werkzeug.test import TestResponse

from app.db import ENTER
from app.permissions import Role, Viewer
from tests.app.people.conftest import Somebody, actions_recorded, somebody
from tests.people import EAST, WEST, Staff, csrf_of, record

__all__ = ["somebody"]

SHUT = "SELECT disabled_at IS NOT NULL, changed_by_id, approved_by_id, changed_what FROM people WHERE id = %s"


def posts(client: FlaskClient, path: str, **fields: object) -> TestResponse:
    return client.post(path, data={"csrf_token": csrf_of(client, "/people")} | fields)


def password_shown(answer: TestResponse) -> str:
    found = re.search(r'<code id="password"[^>]*>([^<]+)</code>', answer.get_data(as_text=True))
    assert found
    return found[1]


def opens(client: FlaskClient, person_id: int) -> TestResponse:
    """Open an account as somebody does who has looked at its page."""
    page = client.get(f"/people/{person_id}").get_data(as_text=True)
    seen = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    return posts(client, f"/people/{person_id}/enable", seen=seen[1] if seen else "")


@contextmanager
def by_sql(staff: Staff, sector: str = WEST) -> Iterator[tuple[psycopg.Connection, int]]:
    """The application's role with an administrator's context; an event is there, so that only guards can refuse."""
    person = staff.person(Role.SYSADMIN, sector)
    with psycopg.connect(staff.clone.plain_url("vigil_app")) as c:
        c.execute(ENTER, Viewer(person, Role.SYSADMIN).as_database_context())
        yield c, person
        c.rollback()


def test_a_supervisor_s_password_set_by_one_opens_nothing_until_another_has_looked(
    staff: Staff, somebody: Somebody, owner: psycopg.Connection
) -> None:
    victim = somebody(Role.HR_CASE_SUPERVISOR)
    one, other = staff.client(Role.SYSADMIN), staff.client(Role.SYSADMIN, EAST)
    password = password_shown(posts(one, f"/people/{victim.person_id}/password"))
    assert victim.signs_in(password=password).status_code == 401
    refused = opens(one, victim.person_id)
    assert refused.status_code == 403
    assert "Another administrator must look at it" in refused.get_data(as_text=True)
    assert victim.signs_in(password=password).status_code == 401
    assert opens(other, victim.person_id).status_code == 302
    assert victim.signs_in(password=password).status_code == 302
    assert "people.changes_approved" in actions_recorded(owner)
    kept = owner.execute(SHUT, [victim.person_id]).fetchone()
    assert kept == (False, staff.person(Role.SYSADMIN), staff.person(Role.SYSADMIN, EAST), ["password"])


def test_a_new_account_of_a_strong_role_is_shut_until_another_opens_it(
    staff: Staff, somebody: Somebody, owner: psycopg.Connection
) -> None:
    one = staff.client(Role.SYSADMIN)
    made = posts(one, "/people/new", username="ex-ghost", name="EXERCISE Ghost", role="hr_case_supervisor",
                 sectors=[staff.sectors["ALL"]], compartments="north")  # fmt: skip
    account = somebody()
    assert account.signs_in(username="ex-ghost", password=password_shown(made)).status_code == 401
    row = owner.execute("SELECT id FROM people WHERE username = 'ex-ghost'").fetchone()
    assert row
    assert opens(one, row[0]).status_code == 403
    assert opens(staff.client(Role.SYSADMIN, EAST), row[0]).status_code == 302
    assert account.signs_in(username="ex-ghost", password=password_shown(made)).status_code == 302


def test_given_rights_shut_the_account_and_end_its_sessions_and_tokens(
    staff: Staff, somebody: Somebody, app: Flask
) -> None:
    accomplice = somebody(Role.CLA)
    accomplice.signs_in()
    token = staff.bearer(Role.CLA)
    one = staff.client(Role.SYSADMIN)
    changed = posts(
        one, f"/people/{accomplice.person_id}/rights", role="hr_case_supervisor", compartments="north"
    )
    assert changed.status_code == 302
    assert accomplice.client.get("/account").status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=token).status_code == 401
    assert accomplice.signs_in().status_code == 401
    assert opens(one, accomplice.person_id).status_code == 403
    assert opens(staff.client(Role.SYSADMIN, EAST), accomplice.person_id).status_code == 302
    assert accomplice.signs_in().status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=token).status_code == 401, (
        "revoked, and stays so"
    )


def test_sectors_alone_take_two_as_well(staff: Staff, somebody: Somebody) -> None:
    account = somebody(Role.SECTOR_OPS)
    one = staff.client(Role.SYSADMIN)
    posts(one, f"/people/{account.person_id}/rights", role="sector_ops", sectors=[staff.sectors["ALL"]],
          compartments="north")  # fmt: skip
    assert account.signs_in().status_code == 401


def test_a_second_hand_in_it_does_not_let_the_first_approve_his_own(staff: Staff, somebody: Somebody) -> None:
    victim = somebody(Role.HR_CASE_SUPERVISOR)
    one, other = staff.client(Role.SYSADMIN), staff.client(Role.SYSADMIN, EAST)
    posts(one, f"/people/{victim.person_id}/password")
    meddled = posts(other, f"/people/{victim.person_id}/rights", role="hr_case_supervisor")
    assert meddled.status_code == 409
    assert posts(other, f"/people/{victim.person_id}/password").status_code == 409
    assert opens(one, victim.person_id).status_code == 403


def test_what_was_changed_after_the_look_is_not_approved_unseen(staff: Staff, somebody: Somebody) -> None:
    victim = somebody(Role.CLA)
    one, other = staff.client(Role.SYSADMIN), staff.client(Role.SYSADMIN, EAST)
    posts(one, f"/people/{victim.person_id}/rights", role="cla", sectors=[staff.sectors[WEST]])
    page = other.get(f"/people/{victim.person_id}").get_data(as_text=True)
    looked = re.search(r'name="seen"[^>]*value="([^"]*)"', page)
    assert looked
    posts(one, f"/people/{victim.person_id}/rights", role="hom", sectors=[staff.sectors["ALL"]])
    assert posts(other, f"/people/{victim.person_id}/enable", seen=looked[1]).status_code == 409
    assert opens(other, victim.person_id).status_code == 302


def test_an_account_that_was_only_disabled_is_opened_by_one(staff: Staff, somebody: Somebody) -> None:
    account = somebody(Role.CLA)
    one = staff.client(Role.SYSADMIN)
    posts(one, f"/people/{account.person_id}/disable")
    assert opens(one, account.person_id).status_code == 302
    assert account.signs_in().status_code == 302


def test_what_waits_stands_first_on_the_list(staff: Staff, somebody: Somebody) -> None:
    account = somebody(Role.CLA)
    one, other = staff.client(Role.SYSADMIN), staff.client(Role.SYSADMIN, EAST)
    assert "waits for a second administrator</h2>" not in one.get("/people").get_data(as_text=True)
    posts(one, f"/people/{account.person_id}/password")
    page = other.get("/people").get_data(as_text=True)
    assert page.index("1 account waits for a second administrator") < page.index("<table")
    assert "waits for you" in page
    assert "new password" in page
    assert "waits for you" not in one.get("/people").get_data(as_text=True)
    waiting = other.get("/people?state=waiting").get_data(as_text=True)
    assert waiting.count(f"/people/{account.person_id}") >= 2
    assert "Ask the person" in other.get(f"/people/{account.person_id}").get_data(as_text=True)
    assert "Ask the person" not in one.get(f"/people/{account.person_id}").get_data(as_text=True)


@pytest.mark.parametrize(
    "change",
    [
        "password_hash = 'x'",
        "role = 'hom'",
        "username = 'x'",
        "unit_id = NULL, name = 'x'",
        "changed_at = now()",
    ],
)
def test_by_sql_too_a_change_shuts_the_account(staff: Staff, owner: psycopg.Connection, change: str) -> None:
    victim = staff.person(Role.HR_CASE_SUPERVISOR)
    with by_sql(staff) as (c, person):
        c.execute(f"UPDATE people SET {change}, disabled_at = NULL WHERE id = %s", [victim])  # type: ignore[arg-type]
        row = c.execute(SHUT, [victim]).fetchone()
        assert row
        assert row[:3] == (True, person, None)


def test_by_sql_too_nobody_opens_what_he_changed_or_forges_who_did(staff: Staff) -> None:
    victim, other = staff.person(Role.HR_CASE_SUPERVISOR), staff.person(Role.SYSADMIN, EAST)
    forged = f"changed_by_id = {other}, approved_by_id = {other}, approved_at = now()"
    with by_sql(staff) as (c, person):
        c.execute("UPDATE people SET password_hash = 'x' WHERE id = %s", [victim])
        for attempt in ("disabled_at = NULL", f"disabled_at = NULL, {forged}"):
            with pytest.raises(InsufficientPrivilege), c.transaction():
                c.execute(f"UPDATE people SET {attempt} WHERE id = %s", [victim])  # type: ignore[arg-type]
        c.execute(f"UPDATE people SET {forged} WHERE id = %s", [victim])  # type: ignore[arg-type]
        row = c.execute(SHUT, [victim]).fetchone()
        assert row == (True, person, None, ["password"])


def test_by_sql_too_a_new_account_is_shut(staff: Staff) -> None:
    with by_sql(staff) as (c, person):
        c.execute(
            "INSERT INTO people (username, name, role, password_hash, approved_by_id) "
            "VALUES ('ex-x', 'EXERCISE X', 'hom', 'x', %s)",
            [staff.person(Role.SYSADMIN, EAST)],
        )
        row = c.execute(SHUT.replace("id = %s", "username = 'ex-x'")).fetchone()
        assert row == (True, person, None, ["added"])


def test_by_sql_too_sectors_and_compartments_change_only_with_the_account(staff: Staff) -> None:
    victim = staff.person(Role.HR_OFFICER)
    gives = (
        ("INSERT INTO person_sectors VALUES (%s, %s)", [victim, staff.sectors[EAST]]),
        ("INSERT INTO person_compartments VALUES (%s, 'women')", [victim]),
        ("DELETE FROM person_sectors WHERE person_id = %s", [victim]),
    )
    with by_sql(staff) as (c, _person):
        for statement, arguments in gives:
            with pytest.raises(InsufficientPrivilege), c.transaction():
                c.execute(statement, arguments)  # type: ignore[arg-type]
        c.execute("UPDATE people SET changed_at = now() WHERE id = %s", [victim])
        for statement, arguments in gives:
            assert c.execute(statement, arguments).rowcount >= 1  # type: ignore[arg-type]
        with pytest.raises(InsufficientPrivilege):
            c.execute("INSERT INTO person_sectors VALUES (%s, %s)", [_person, staff.sectors["ALL"]])


def test_a_change_of_yesterday_lets_nobody_slip_in_a_sector_today(
    staff: Staff, owner: psycopg.Connection
) -> None:
    victim, one = staff.person(Role.CLA), staff.person(Role.SYSADMIN)
    with owner.transaction():
        owner.execute(
            "UPDATE people SET changed_by_id = %s, changed_at = now() - interval '1 day', disabled_at = now() "
            "WHERE id = %s", [one, victim],
        )  # fmt: skip
        record(owner)
    with by_sql(staff) as (c, _person), pytest.raises(InsufficientPrivilege):
        c.execute("INSERT INTO person_sectors VALUES (%s, %s)", [victim, staff.sectors[EAST]])
