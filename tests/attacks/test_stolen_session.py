"""Somebody holds the browser of another: a captured phone, a screen left open."""

from __future__ import annotations

from typing import Any

import psycopg
from flask import Flask

from app.permissions import Role
from tests.app.people.conftest import PASSWORD, Account, Somebody, somebody
from tests.app.people.test_account import NEW, bearer, makes_token
from tests.people import Staff

__all__ = ["somebody"]


def with_token(account: Account) -> dict[str, str]:
    account.signs_in()
    return bearer(makes_token(account, "reports:file"))


def test_a_stolen_session_makes_no_token_that_outlives_it(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody(Role.PATROL_CDR)
    account.signs_in()
    for given in ({}, {"current": ""}, {"current": "wrong-wrong-wrong"}):
        answer = account.posts("/account/tokens", label="kept", scopes=["reports:file"], days=366, **given)
        assert answer.status_code == 422
    assert owner.execute("SELECT count(*) FROM api_tokens").fetchone() == (0,)


def test_guessing_the_password_for_a_token_is_slowed_down(somebody: Somebody) -> None:
    account = somebody(Role.PATROL_CDR)
    account.signs_in()
    wanted: dict[str, Any] = {"label": "kept", "scopes": ["reports:file"], "days": 30}
    for _n in range(5):
        account.posts("/account/tokens", current="wrong-wrong-wrong", **wanted)
    answer = account.posts("/account/tokens", current=PASSWORD, **wanted)
    assert answer.status_code == 422


def test_a_new_password_ends_the_tokens_too(somebody: Somebody, app: Flask) -> None:
    account = somebody(Role.PATROL_CDR)
    headers = with_token(account)
    assert app.test_client().get("/api/openapi.json", headers=headers).status_code == 200
    account.posts("/account/password", current=PASSWORD, chosen=NEW)
    assert app.test_client().get("/api/openapi.json", headers=headers).status_code == 401


def test_a_password_set_anew_by_the_administrator_ends_the_tokens_too(
    somebody: Somebody, staff: Staff, app: Flask
) -> None:
    account = somebody(Role.PATROL_CDR)
    headers = with_token(account)
    administrator = Account(app, 0, "", staff.client(Role.SYSADMIN))
    administrator.posts(f"/people/{account.person_id}/password")
    assert app.test_client().get("/api/openapi.json", headers=headers).status_code == 401


def test_a_token_ends_no_session_and_no_other_token(
    somebody: Somebody, app: Flask, owner: psycopg.Connection
) -> None:
    account = somebody(Role.PATROL_CDR)
    headers = with_token(account)
    named = owner.execute("SELECT encode(token_hash, 'hex') FROM sessions").fetchone()
    number = owner.execute("SELECT id FROM api_tokens").fetchone()
    assert named
    assert number
    thief = app.test_client()
    assert (
        thief.post("/account/sessions/revoke", data={"session": named[0]}, headers=headers).status_code == 403
    )
    assert thief.post(f"/account/tokens/{number[0]}/revoke", headers=headers).status_code == 403
    assert account.client.get("/account").status_code == 200


def test_what_a_captured_phone_of_a_patrol_commander_reads(staff: Staff, app: Flask) -> None:
    """Its own reports and patrols, and nothing of alerts, defenders, havens, people or the log."""
    client = staff.client(Role.PATROL_CDR)
    for path in (
        "/alerts", "/alerts/queue", "/alerts/version", "/defenders", "/havens", "/havens/nearest?place=0.5,0.5",
        "/patrols", "/documents", "/accountability", "/people", "/mission", "/api/v1/alerts", "/api/v1/defenders",
        "/api/v1/havens", "/api/v1/patrols", "/api/v1/ledger/entries",
    ):  # fmt: skip
        assert client.get(path).status_code == 403, path
    for layer in ("defenders", "alerts", "havens", "patrols"):
        answer = client.get(f"/map/layers/{layer}.geojson")
        assert answer.json and answer.json["features"] == [], layer
