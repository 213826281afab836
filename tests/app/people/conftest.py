"""People who can really sign in: their password is known to the test and hashed as the application does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.people.passwords import hash_password
from app.permissions import Role
from app.sessions import COOKIE
from tests.people import Staff, csrf_of, record

PASSWORD = "tarmac-violin-onion-93"


@dataclass
class Account:
    """Somebody at the sign-in page, with a browser of their own."""

    app: Flask
    person_id: int
    username: str
    client: FlaskClient

    def signs_in(
        self,
        password: str = PASSWORD,
        next: str = "",
        username: str | None = None,
        address: str = "127.0.0.1",
    ) -> TestResponse:
        return self.client.post(
            "/sign-in",
            data={
                "csrf_token": csrf_of(self.client),
                "username": username or self.username,
                "password": password,
                "next": next,
            },
            environ_overrides={"REMOTE_ADDR": address},
        )

    def posts(self, path: str, page: str = "/account", **fields: object) -> TestResponse:
        return self.client.post(path, data={"csrf_token": csrf_of(self.client, page)} | fields)

    def session(self) -> str | None:
        cookie = self.client.get_cookie(COOKIE)
        return cookie.value if cookie else None


Somebody = Callable[..., Account]


@pytest.fixture
def somebody(app: Flask, staff: Staff, owner: psycopg.Connection) -> Somebody:
    def make(role: Role = Role.WATCHKEEPER_JOC) -> Account:
        person_id = staff.person(role)
        with owner.transaction():
            row = owner.execute(
                "UPDATE people SET password_hash = %s WHERE id = %s RETURNING username",
                [hash_password(PASSWORD), person_id],
            ).fetchone()
            record(owner)
        assert row
        return Account(app, person_id, row[0], app.test_client())

    return make


def actions_recorded(owner: psycopg.Connection, like: str = "people.%") -> list[str]:
    rows = owner.execute("SELECT action FROM ledger_events WHERE action LIKE %s ORDER BY id", [like])
    return [row[0] for row in rows.fetchall()]
