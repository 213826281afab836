"""People for tests: a mission of two sectors, made as the owner, and clients signed in as any role."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import psycopg
from flask import Flask
from flask.testing import FlaskClient

from app.db import db
from app.permissions import Permission, Role, Viewer, current_viewer
from app.sessions import COOKIE, hash_secret, viewer_of
from tests.servers import Clone

# Two square sectors side by side in the open sea, where no real place is: x 0-1 and 1-2, y 0-1.
WEST, EAST = "WEST", "EAST"
NOBODYS_HASH = "$argon2id$v=19$m=65536,t=3,p=4$bm90LWEtcmVhbC1zYWx0$bm90LWEtcmVhbC1oYXNo"


def square(lon: float, lat: float, side: float = 1.0) -> str:
    x, y = lon + side, lat + side
    return f"SRID=4326;MULTIPOLYGON((({lon} {lat},{x} {lat},{x} {y},{lon} {y},{lon} {lat})))"


def record(connection: psycopg.Connection, action: str = "tests.prepare") -> None:
    """An event for what a test writes as the owner: unrecorded changes are refused, in tests too."""
    connection.execute(
        "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), %s, 'tests:0', %s)",
        [action, f'{{"action":"{action}","v":1}}'.encode()],
    )


class Staff:
    def __init__(self, app: Flask, clone: Clone) -> None:
        self.app = app
        self.clone = clone
        self.ids: dict[tuple[Role, str, tuple[str, ...]], int] = {}
        # Until the clone is dropped; each connection of its own would cost more than what is written by it.
        self.owner = psycopg.connect(clone.plain_url("vigil_owner"), autocommit=True)
        with self.writing() as c:
            root = c.execute(
                "INSERT INTO sectors (code, name, echelon, area) VALUES ('ALL', 'Mission area', 'mission', %s) "
                "RETURNING id", [square(0, 0, 2)],
            ).fetchone()  # fmt: skip
            assert root
            self.sectors = {"ALL": root[0]}
            for code, lon in ((WEST, 0.0), (EAST, 1.0)):
                row = c.execute(
                    "INSERT INTO sectors (code, name, echelon, parent_id, area) VALUES (%s, %s, 'sector', %s, %s) "
                    "RETURNING id", [code, f"Sector {code.title()}", root[0], square(lon, 0)],
                ).fetchone()  # fmt: skip
                assert row
                self.sectors[code] = row[0]
            c.execute(
                "INSERT INTO mission_identity VALUES (1, 'Test mission', 'TM', true, 'UTC', 'CONFIDENTIAL')"
            )

    @contextmanager
    def writing(self) -> Iterator[psycopg.Connection]:
        with self.owner.transaction():
            yield self.owner

    def person(self, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",)) -> int:
        """The id of a person of that role with that scope; the same one for the same question."""
        key = (role, sector, compartments)
        if key not in self.ids:
            with self.writing() as c:
                row = c.execute(
                    "INSERT INTO people (username, name, role, password_hash) VALUES (%s, %s, %s, %s) RETURNING id",
                    [f"{role.value}-{secrets.token_hex(4)}", f"EXERCISE {role.value}", role.value, NOBODYS_HASH],
                ).fetchone()  # fmt: skip
                assert row
                c.execute("INSERT INTO person_sectors VALUES (%s, %s)", [row[0], self.sectors[sector]])
                for compartment in compartments:
                    c.execute("INSERT INTO person_compartments VALUES (%s, %s)", [row[0], compartment])
                record(c)
                self.ids[key] = row[0]
        return self.ids[key]

    def client(
        self, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",)
    ) -> FlaskClient:
        """A client with a session of its own. Forms need a token: `post_form` fetches one."""
        secret = secrets.token_urlsafe(32)
        person = self.person(role, sector, compartments)
        with self.writing() as c:
            c.execute(
                "INSERT INTO sessions (token_hash, person_id, expires_at) VALUES (%s, %s, %s)",
                [hash_secret(secret), person, datetime.now(UTC) + timedelta(hours=1)],
            )
            record(c)
        client = self.app.test_client()
        client.set_cookie(COOKIE, secret)
        return client

    def bearer(
        self, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",),
        scopes: list[Permission] | None = None,
    ) -> dict[str, str]:  # fmt: skip
        """Headers with an API token of such a person; all permissions unless narrowed."""
        secret = secrets.token_urlsafe(32)
        person = self.person(role, sector, compartments)
        with self.writing() as c:
            c.execute(
                "INSERT INTO api_tokens (token_hash, person_id, label, scopes) VALUES (%s, %s, 'test', %s)",
                [hash_secret(secret), person, [p.value for p in (scopes or list(Permission))]],
            )
            record(c)
        return {"Authorization": f"Bearer {secret}"}

    @contextmanager
    def acting(
        self, role: Role, sector: str = WEST, compartments: tuple[str, ...] = ("north",)
    ) -> Iterator[Viewer]:
        """Call actions and queries as such a person, in the application's context."""
        person = self.person(role, sector, compartments)
        with self.app.test_request_context():
            with self.owner.cursor(row_factory=psycopg.rows.namedtuple_row) as c:
                found = c.execute("SELECT * FROM vigil.of_person(%s)", [person]).fetchone()
            viewer = viewer_of(found)
            token = current_viewer.set(viewer)
            try:
                yield viewer
            finally:
                db.session.rollback()
                db.session.remove()
                current_viewer.reset(token)


def csrf_of(client: FlaskClient, page: str = "/sign-in") -> str:
    """A CSRF token for this client, from a page with a form."""
    body = client.get(page).get_data(as_text=True)
    marker = 'name="csrf_token"'
    around = body[body.index(marker) - 200 : body.index(marker) + 300]
    return around.split('value="')[1].split('"')[0]


__all__ = ["EAST", "WEST", "Staff", "csrf_of", "record", "square"]
