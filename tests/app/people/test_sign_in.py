"""Signing in and out: who gets in, what is recorded, and what a refusal does not tell."""

from __future__ import annotations

import re

import psycopg
from flask import Flask

from app.permissions import Role
from app.sessions import COOKIE
from tests.app.people.conftest import Somebody, actions_recorded
from tests.people import Staff


def without_tokens(page: str) -> str:
    """A page without what differs from one request to the next: tokens, nonces, what was typed."""
    page = re.sub(r'(nonce|value)="[^"]*"', "", page)
    return page.replace("somebody-else", "").strip()


def test_the_right_password_opens_a_session_and_is_recorded(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    answer = account.signs_in()
    assert answer.status_code == 302
    assert account.session()
    assert account.client.get("/account").status_code == 200
    assert actions_recorded(owner) == ["people.signed_in"]
    row = owner.execute(
        "SELECT actor_id, role FROM ledger_events WHERE action = 'people.signed_in'"
    ).fetchone()
    assert row == (account.person_id, "watchkeeper_joc")


def test_the_cookie_is_for_our_pages_alone(somebody: Somebody) -> None:
    cookie = next(
        c for c in somebody().signs_in().headers.getlist("Set-Cookie") if c.startswith(COOKIE + "=")
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_only_a_hash_of_the_session_s_id_is_kept(somebody: Somebody, owner: psycopg.Connection) -> None:
    account = somebody()
    account.signs_in()
    kept = owner.execute("SELECT token_hash FROM sessions").fetchone()
    assert kept
    assert str(account.session()).encode() not in kept[0]
    assert len(kept[0]) == 32


def test_the_user_name_is_taken_in_small_and_capital_letters(somebody: Somebody) -> None:
    account = somebody()
    assert account.signs_in(username=account.username.upper() + " ").status_code == 302


def test_a_refusal_reads_alike_whether_or_not_the_account_exists(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    wrong = account.signs_in(password="not-the-password")
    unknown = account.signs_in(username="somebody-else", password="not-the-password")
    assert wrong.status_code == unknown.status_code == 401
    told = [without_tokens(r.get_data(as_text=True)) for r in (wrong, unknown)]
    assert told[0] == told[1]
    assert account.session() is None
    assert actions_recorded(owner) == ["people.sign_in_refused"] * 2


def test_no_record_of_a_refusal_holds_what_was_typed(somebody: Somebody, owner: psycopg.Connection) -> None:
    account = somebody()
    account.signs_in(username="somebody-else", password="not-the-password")
    account.signs_in(password="not-the-password")
    rows = owner.execute(
        "SELECT convert_from(body, 'UTF8') || coalesce(details::text, '') || subject FROM ledger_events"
    ).fetchall()
    text = " ".join(row[0] for row in rows)
    for typed in ("somebody-else", "not-the-password", account.username):
        assert typed not in text
    keys = b"".join(row[0] for row in owner.execute("SELECT key_hash FROM sign_in_failures").fetchall())
    assert b"somebody-else" not in keys


def test_a_disabled_account_reads_as_one_that_does_not_exist(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    with owner.transaction():
        owner.execute("UPDATE people SET disabled_at = now() WHERE id = %s", [account.person_id])
        owner.execute(
            "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 't:0', '{}')"
        )
    assert account.signs_in().status_code == 401


def test_signing_in_again_renews_the_id_and_ends_the_old_session(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    account.signs_in()
    first = account.session()
    account.signs_in()
    assert account.session() != first
    living = owner.execute("SELECT count(*) FROM sessions WHERE revoked_at IS NULL").fetchone()
    assert living == (1,)


def test_an_id_that_somebody_planted_before_signing_in_is_worth_nothing(somebody: Somebody) -> None:
    account = somebody()
    account.client.set_cookie(COOKIE, "planted")
    account.signs_in()
    assert account.session() != "planted"
    other = account.app.test_client()
    other.set_cookie(COOKIE, "planted")
    assert other.get("/account").status_code == 302


def test_signing_out_ends_the_session_for_everybody_who_holds_its_id(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    account = somebody()
    account.signs_in()
    stolen = account.session()
    answer = account.posts("/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert answer.headers["Location"] == "/sign-in"
    thief = account.app.test_client()
    thief.set_cookie(COOKIE, str(stolen))
    assert thief.get("/account").status_code == 302
    assert actions_recorded(owner) == ["people.signed_in", "people.signed_out"]


def test_the_sign_in_page_says_whose_mission_and_that_it_is_an_exercise(app: Flask, staff: Staff) -> None:
    page = app.test_client().get("/sign-in").get_data(as_text=True)
    assert "Test mission" in page
    assert "EXERCISE" in page
    assert "CONFIDENTIAL" in page


def test_each_role_starts_on_its_own_page(somebody: Somebody) -> None:
    homes = {
        Role.WATCHKEEPER_JOC: "/map",
        Role.PATROL_CDR: "/reports/start",
        Role.PARTNER_NGO: "/reports/start",
        Role.SYSADMIN: "/people",
        Role.VICTIMS_RIGHTS: "/account",
    }
    for role, home in homes.items():
        assert somebody(role).signs_in().headers["Location"] == home


def test_the_address_that_was_asked_for_opens_after_signing_in(somebody: Somebody) -> None:
    account = somebody()
    asked = account.client.get("/alerts?priority=P1")
    assert asked.headers["Location"] == "/sign-in?next=/alerts?priority%3DP1"
    assert 'value="/alerts?priority=P1"' in account.client.get(asked.headers["Location"]).get_data(
        as_text=True
    )
    assert account.signs_in(next="/alerts?priority=P1").headers["Location"] == "/alerts?priority=P1"


def test_signing_in_never_leads_to_another_site(somebody: Somebody) -> None:
    for planted in ("https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example"):
        assert somebody().signs_in(next=planted).headers["Location"] == "/map"


def test_a_style_sheet_asked_for_with_the_session_does_not_end_it(somebody: Somebody) -> None:
    account = somebody()
    account.signs_in()
    before = account.session()
    assert account.client.get("/static/css/tokens.css").status_code == 200
    assert account.client.get("/no-such-page").status_code == 404
    assert account.client.get("/health/live").status_code == 200
    assert account.session() == before


def test_a_browser_whose_session_or_account_was_ended_is_told_to_forget_what_it_keeps(
    somebody: Somebody, owner: psycopg.Connection
) -> None:
    for how, told in (
        ("UPDATE sessions SET revoked_at = now()", '"storage"'),
        ("UPDATE people SET disabled_at = now() WHERE id = %(person)s", '"storage"'),
        # It ran out while its holder was without a line: what he wrote is not in the house yet.
        ("UPDATE sessions SET expires_at = now() - interval '1 minute'", None),
    ):
        account = somebody()
        account.signs_in()
        with owner.transaction():
            owner.execute(how, {"person": account.person_id})
            owner.execute(
                "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'tests.x', 't:0', '{}')"
            )
        answer = account.client.get("/account")
        assert (answer.status_code, answer.headers.get("Clear-Site-Data")) == (302, told), how
