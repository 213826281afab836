"""The own account: tokens, sessions, password, language."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest
from flask import Flask

from app import words
from app.permissions import Permission, Role
from tests.app.people.conftest import PASSWORD, Account, Somebody, actions_recorded
from tests.people import EAST, WEST, Staff, record
from tests.reports import body, put

NEW = "gravel-lantern-sister-41"


def token_shown(page: str) -> str:
    found = re.search(r'<code id="token"[^>]*>([^<]+)</code>', page)
    assert found
    return found[1]


def makes_token(account: Account, *scopes: str) -> str:
    answer = account.posts(
        "/account/tokens", label="field phone", scopes=list(scopes), days=30, current=PASSWORD
    )
    assert answer.status_code == 200
    return token_shown(answer.get_data(as_text=True))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def test_the_account_page_tells_the_role_in_words_and_the_scopes(somebody: Somebody) -> None:
    account = somebody(Role.SECTOR_OPS)
    account.signs_in()
    page = account.client.get("/account").get_data(as_text=True)
    assert "Sector operations" in page
    assert "WEST Sector West" in page
    assert "north" in page
    assert page.count("Sector operations") == 2


def test_a_token_works_at_once_and_is_kept_as_a_hash_alone(
    somebody: Somebody, owner: psycopg.Connection, app: Flask
) -> None:
    account = somebody()
    account.signs_in()
    token = makes_token(account, "reports:file")
    assert app.test_client().get("/api/openapi.json", headers=bearer(token)).status_code == 200
    assert token not in account.client.get("/account").get_data(as_text=True)
    kept = owner.execute("SELECT token_hash, scopes FROM api_tokens").fetchone()
    assert kept
    assert kept[0] != token.encode()
    assert kept[1] == ["people:own_account", "reports:file"]
    assert "people.token_created" in actions_recorded(owner)


def test_a_token_does_no_more_than_its_scopes(somebody: Somebody, app: Flask) -> None:
    account = somebody()
    account.signs_in()
    token = makes_token(account, "reports:file")
    assert app.test_client().get("/alerts", headers=bearer(token)).status_code == 403


def test_the_form_offers_what_the_role_holds_and_takes_nothing_else(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody(Role.PATROL_CDR)
    account.signs_in()
    page = account.client.get("/account").get_data(as_text=True)
    assert 'value="reports:file"' in page
    assert 'value="defenders:unmask"' not in page
    answer = account.posts(
        "/account/tokens", label="x", scopes=["defenders:unmask"], days=30, current=PASSWORD
    )
    assert answer.status_code == 422
    assert owner.execute("SELECT count(*) FROM api_tokens").fetchone() == (0,)


def test_a_revoked_token_fails_at_its_next_request(
    somebody: Somebody, app: Flask, owner: psycopg.Connection
) -> None:
    account = somebody()
    account.signs_in()
    token = makes_token(account, "reports:file")
    number = owner.execute("SELECT id FROM api_tokens").fetchone()
    assert number
    account.posts(f"/account/tokens/{number[0]}/revoke")
    assert app.test_client().get("/api/openapi.json", headers=bearer(token)).status_code == 401


def test_a_token_has_the_rights_that_its_person_has_now_and_not_those_of_its_last_request(
    staff: Staff, app: Flask, owner: psycopg.Connection
) -> None:
    """By both walls: what the database was told of the last request is not what it goes by."""
    client, officer = app.test_client(), staff.bearer(Role.SECTOR_OPS, WEST)
    for lon in (0.5, 1.5):
        put(client, staff.bearer(Role.PATROL_CDR), body(place={"lon": lon, "lat": 0.5}))

    def reads() -> list[float]:
        told = client.get("/api/v1/alerts", headers=officer).get_json()
        return [alert["place"]["lon"] for alert in told["alerts"]]

    assert reads() == reads() == [0.5]
    with owner.transaction():
        owner.execute(
            "UPDATE person_sectors SET sector_id = %s WHERE person_id = %s",
            [staff.sectors[EAST], staff.person(Role.SECTOR_OPS, WEST)],
        )
        record(owner)
    assert reads() == reads() == [1.5]
    with owner.transaction():
        owner.execute("UPDATE api_tokens SET scopes = '{reports:file}' WHERE label = 'test'")
        record(owner)
    assert client.get("/api/v1/alerts", headers=officer).status_code == 403


def test_nobody_revokes_another_s_token(somebody: Somebody, staff: Staff, owner: psycopg.Connection) -> None:
    staff.bearer(Role.HOM)
    number = owner.execute("SELECT id FROM api_tokens").fetchone()
    assert number
    account = somebody()
    account.signs_in()
    assert account.posts(f"/account/tokens/{number[0]}/revoke").status_code == 404
    assert owner.execute("SELECT revoked_at FROM api_tokens").fetchone() == (None,)


def test_a_token_makes_no_token_and_changes_no_password(staff: Staff, app: Flask) -> None:
    headers = staff.bearer(Role.WATCHKEEPER_JOC)
    client = app.test_client()
    data = {"label": "wider", "scopes": ["alerts:decide"], "days": 1}
    assert client.post("/account/tokens", data=data, headers=headers).status_code == 403
    data = {"current": PASSWORD, "chosen": NEW}
    assert client.post("/account/password", data=data, headers=headers).status_code == 403


def test_another_session_can_be_ended_and_this_one_stays(somebody: Somebody) -> None:
    account, elsewhere = somebody(), somebody()
    elsewhere.signs_in()
    account.signs_in()
    page = account.client.get("/account").get_data(as_text=True)
    assert "this one" in page
    other = re.findall(r'name="session" value="([0-9a-f]{64})"', page)
    assert len(other) == 1
    account.posts("/account/sessions/revoke", session=other[0])
    assert elsewhere.client.get("/account").status_code == 302
    assert account.client.get("/account").status_code == 200


def test_nobody_ends_another_s_session(somebody: Somebody, staff: Staff, owner: psycopg.Connection) -> None:
    theirs = staff.client(Role.HOM)
    named = owner.execute("SELECT encode(token_hash, 'hex') FROM sessions").fetchone()
    assert named
    account = somebody()
    account.signs_in()
    assert account.posts("/account/sessions/revoke", session=named[0]).status_code == 404
    assert theirs.get("/account").status_code == 200


def test_a_new_password_opens_and_the_old_one_no_longer(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account, elsewhere = somebody(), somebody()
    elsewhere.signs_in()
    account.signs_in()
    answer = account.posts("/account/password", current=PASSWORD, chosen=NEW)
    assert answer.status_code == 302
    assert elsewhere.client.get("/account").status_code == 302
    assert account.client.get("/account").status_code == 200
    assert elsewhere.signs_in().status_code == 401
    assert elsewhere.signs_in(password=NEW).status_code == 302
    assert "people.password_changed" in actions_recorded(owner)


def test_a_password_is_refused_with_its_reason_at_the_field(somebody: Somebody) -> None:
    account = somebody()
    account.signs_in()
    for current, chosen, reason in (
        ("wrong-wrong-wrong", NEW, "This is not your present password."),
        (PASSWORD, "short", "at least 12 characters"),
        (PASSWORD, f"xx{account.username}xx", "must not hold the user name"),
        (PASSWORD, "aaaaaaaaaaaaaaaa", "more than four different"),
    ):
        answer = account.posts("/account/password", current=current, chosen=chosen)
        assert answer.status_code == 422
        assert reason in answer.get_data(as_text=True)


def test_guessing_the_present_password_is_slowed_down_too(somebody: Somebody) -> None:
    account = somebody()
    account.signs_in()
    for _n in range(5):
        account.posts("/account/password", current="wrong-wrong-wrong", chosen=NEW)
    answer = account.posts("/account/password", current=PASSWORD, chosen=NEW)
    assert answer.status_code == 422
    assert "Too many wrong passwords" in answer.get_data(as_text=True)


def test_a_language_without_its_catalogue_is_not_offered_nor_taken(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(words, "CATALOGUES", tmp_path)
    account = somebody()
    account.signs_in()
    page = account.client.get("/account").get_data(as_text=True)
    assert 'value="ar"' not in page
    assert "/account/language" not in page  # nothing to choose from
    assert account.posts("/account/language", language="ar").status_code == 422
    assert 'lang="en"' in account.client.get("/account").get_data(as_text=True)


def test_the_language_chosen_turns_the_page_around(
    somebody: Somebody, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    catalogue = tmp_path / "ar/LC_MESSAGES/messages.mo"
    catalogue.parent.mkdir(parents=True)
    catalogue.touch()
    monkeypatch.setattr(words, "CATALOGUES", tmp_path)
    account = somebody()
    account.signs_in()
    assert 'value="ar"' in account.client.get("/account").get_data(as_text=True)
    assert account.posts("/account/language", language="ar").status_code == 302
    page = account.client.get("/account").get_data(as_text=True)
    assert 'lang="ar"' in page
    assert 'dir="rtl"' in page


def test_a_token_of_all_scopes_is_still_only_as_wide_as_the_role(staff: Staff, app: Flask) -> None:
    headers = staff.bearer(Role.PATROL_CDR, scopes=list(Permission))
    assert app.test_client().get("/people", headers=headers).status_code == 403
