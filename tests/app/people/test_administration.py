"""An administrator manages people: what changes, how fast, and what stays closed to him."""

from __future__ import annotations

import re

import psycopg
import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from app.db import db
from app.errors import NotAllowed
from app.people import administration
from app.permissions import Role
from tests.app.people.conftest import Somebody, actions_recorded
from tests.people import EAST, WEST, Staff, csrf_of


def posts(client, path: str, **fields: object):  # type: ignore[no-untyped-def]
    return client.post(path, data={"csrf_token": csrf_of(client, "/people")} | fields)


def password_shown(page: str) -> str:
    found = re.search(r'<code id="password"[^>]*>([^<]+)</code>', page)
    assert found
    return found[1]


def opened(staff: Staff, person_id: int) -> None:
    """By another administrator, who has looked at the account."""
    other = staff.client(Role.SYSADMIN, EAST)
    seen = re.search(
        r'name="seen"[^>]*value="([^"]*)"', other.get(f"/people/{person_id}").get_data(as_text=True)
    )
    assert seen
    assert posts(other, f"/people/{person_id}/enable", seen=seen[1]).status_code == 302


def test_a_person_is_added_and_signs_in_with_the_password_shown_once(
    staff: Staff, somebody: Somebody, owner: psycopg.Connection
) -> None:
    admin = staff.client(Role.SYSADMIN)
    answer = posts(
        admin, "/people/new", username="EXERCISE-Ada", name="EXERCISE Ada Moreau", role="patrol_cdr",
        sectors=[staff.sectors[EAST]], compartments="north, south",
    )  # fmt: skip
    assert answer.status_code == 200
    password = password_shown(answer.get_data(as_text=True))
    account = somebody()
    added = owner.execute("SELECT id FROM people WHERE username = 'exercise-ada'").fetchone()
    assert added
    opened(staff, added[0])
    assert account.signs_in(username="exercise-ada", password=password).status_code == 302
    page = account.client.get("/account").get_data(as_text=True)
    assert "EAST Sector East" in page
    assert "north, south" in page
    assert "people.added" in actions_recorded(owner)
    kept = owner.execute("SELECT password_hash FROM people WHERE username = 'exercise-ada'").fetchone()
    assert kept
    assert kept[0].startswith("$argon2id$")


def test_a_user_name_is_given_once_in_small_and_capital_letters(staff: Staff) -> None:
    admin = staff.client(Role.SYSADMIN)
    for username, status in (("ex-bruno", 200), ("EX-Bruno", 422), ("ex bruno", 422)):
        answer = posts(admin, "/people/new", username=username, name="EXERCISE Bruno", role="cla")
        assert answer.status_code == status


def test_changed_rights_hold_on_the_next_request_and_every_session_ends(
    staff: Staff, somebody: Somebody, app: Flask, owner: psycopg.Connection
) -> None:
    account = somebody(Role.HOM)
    account.signs_in()
    token = staff.bearer(Role.HOM)
    assert app.test_client().get("/account", headers=token).status_code == 200
    admin = staff.client(Role.SYSADMIN)
    answer = posts(admin, f"/people/{account.person_id}/rights", role="cla", sectors=[staff.sectors[EAST]])
    assert answer.status_code == 302
    assert account.client.get("/account").status_code == 302
    assert app.test_client().get("/account", headers=token).status_code == 302
    opened(staff, account.person_id)
    assert account.signs_in().status_code == 302
    assert account.client.get("/documents").status_code == 403
    scopes = owner.execute(
        "SELECT array_agg(sector_id) FROM person_sectors WHERE person_id = %s", [account.person_id]
    ).fetchone()
    assert scopes == ([staff.sectors[EAST]],)
    event = owner.execute(
        "SELECT subject, details FROM ledger_events WHERE action = 'people.rights_changed'"
    ).fetchone()
    assert event
    assert event[0] == f"people:{account.person_id}"
    assert event[1] == {
        "from": "hom", "role": "cla", "sectors": [staff.sectors[EAST]], "compartments": [],
    }  # fmt: skip


def test_a_disabled_account_is_shut_out_at_once_with_its_tokens(
    staff: Staff, somebody: Somebody, app: Flask
) -> None:
    account = somebody(Role.HOM)
    account.signs_in()
    token = staff.bearer(Role.HOM)
    admin = staff.client(Role.SYSADMIN)
    posts(admin, f"/people/{account.person_id}/disable")
    assert account.client.get("/account").status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=token).status_code == 401
    assert account.signs_in().status_code == 401
    posts(admin, f"/people/{account.person_id}/enable")
    assert account.signs_in().status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=token).status_code == 401


def test_a_lost_password_is_replaced_and_sessions_end(staff: Staff, somebody: Somebody) -> None:
    account = somebody()
    account.signs_in()
    admin = staff.client(Role.SYSADMIN)
    answer = posts(admin, f"/people/{account.person_id}/password")
    password = password_shown(answer.get_data(as_text=True))
    assert account.client.get("/account").status_code == 302
    opened(staff, account.person_id)
    assert account.signs_in().status_code == 401
    assert account.signs_in(password=password).status_code == 302


def test_an_administrator_revokes_tokens_and_sessions_of_others(
    staff: Staff, app: Flask, owner: psycopg.Connection
) -> None:
    theirs = staff.client(Role.HOM)
    token = staff.bearer(Role.HOM)
    person_id = staff.person(Role.HOM)
    admin = staff.client(Role.SYSADMIN)
    page = admin.get(f"/people/{person_id}").get_data(as_text=True)
    session = re.search(r'name="session" value="([0-9a-f]{64})"', page)
    number = owner.execute("SELECT id FROM api_tokens").fetchone()
    assert session
    assert number
    posts(admin, f"/people/{person_id}/sessions/revoke", session=session[1])
    posts(admin, f"/people/{person_id}/tokens/{number[0]}/revoke")
    assert theirs.get("/account").status_code == 302
    assert app.test_client().get("/api/openapi.json", headers=token).status_code == 401


def test_nobody_changes_rights_of_their_own(staff: Staff) -> None:
    admin = staff.client(Role.SYSADMIN)
    own = staff.person(Role.SYSADMIN)
    assert posts(admin, f"/people/{own}/rights", role="hom").status_code == 403
    assert posts(admin, f"/people/{own}/disable").status_code == 403
    with staff.acting(Role.SYSADMIN), pytest.raises(NotAllowed):
        administration.change_rights(own, Role.HOM, [], [])


def test_the_database_too_refuses_whoever_gives_himself_rights(staff: Staff) -> None:
    for role in (Role.CLA, Role.SYSADMIN):
        with staff.acting(role) as who, pytest.raises(ProgrammingError, match="rights of their own"):
            db.session.execute(text("UPDATE people SET role = 'hom' WHERE id = :id"), {"id": who.person_id})


def test_the_list_is_filtered_by_address_and_sorted(staff: Staff) -> None:
    staff.person(Role.HOM)
    staff.person(Role.CLA, EAST)
    admin = staff.client(Role.SYSADMIN, WEST)
    whole = admin.get("/people?sort=-role").get_data(as_text=True)
    assert whole.index(">EXERCISE sysadmin<") < whole.index(">EXERCISE hom<") < whole.index(">EXERCISE cla<")
    east = admin.get(f"/people?sector={staff.sectors[EAST]}").get_data(as_text=True)
    assert ">EXERCISE cla<" in east
    assert ">EXERCISE hom<" not in east
    assert ">EXERCISE hom<" in admin.get("/people?role=hom").get_data(as_text=True)
    assert "Nobody like this" in admin.get("/people?state=disabled").get_data(as_text=True)


def test_a_person_is_found_without_a_name_in_the_address(staff: Staff) -> None:
    person_id = staff.person(Role.HOM)
    staff.person(Role.CLA)
    admin = staff.client(Role.SYSADMIN)
    answer = posts(admin, "/people/find", words="SE hom")
    assert answer.headers["Location"] == f"/people/{person_id}"
    several = posts(admin, "/people/find", words="exercise").get_data(as_text=True)
    assert ">EXERCISE cla<" in several
    assert "Nobody like this" in posts(admin, "/people/find", words="100%_").get_data(as_text=True)


@pytest.mark.parametrize("role", [Role.HOM, Role.WATCHKEEPER_JOC, Role.AUDITOR])
def test_others_see_no_accounts(staff: Staff, role: Role) -> None:
    person_id = staff.person(Role.CLA)
    client = staff.client(role)
    assert client.get("/people").status_code == 403
    assert client.get(f"/people/{person_id}").status_code == 403
    with staff.acting(role) as who:
        seen = db.session.execute(text("SELECT id FROM people")).scalars().all()
        assert list(seen) == [who.person_id]


def test_no_role_of_the_application_reads_a_password_s_hash(staff: Staff) -> None:
    with staff.acting(Role.SYSADMIN), pytest.raises(ProgrammingError, match="permission denied"):
        db.session.execute(text("SELECT password_hash FROM people"))
