"""Looks at sealed values: who asks, whether he may, and the record of it, committed before anything is opened.

Everything is read with the key-holder's own database role: that the web application sent the request proves nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import namedtuple_row

from app.db import ENTER
from app.defenders.gate import Facts, UnmaskRefusal, today, unmask_refusal
from app.ledger.actions import ADD_EVENT, event_by
from app.locks import Lock
from app.permissions import Viewer
from app.sessions import hash_secret, viewer_of

MOST_LOOKS_AN_HOUR = 10


class Refused(Exception):
    """The look was refused, and the refusal stands in the ledger."""

    def __init__(self, code: UnmaskRefusal) -> None:
        super().__init__(code.value)
        self.code = code


@dataclass(frozen=True)
class SealedRow:
    field: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True)
class Look:
    """A look that has been recorded and committed: now, and not before, its rows may be opened."""

    unmasking_id: int
    compartment: str
    rows: tuple[SealedRow, ...]


class Looks:
    def __init__(self, database_url: str) -> None:
        self.url = database_url.replace("postgresql+psycopg://", "postgresql://", 1)

    def connect(self) -> psycopg.Connection[Any]:
        connection = psycopg.connect(self.url, connect_timeout=3)
        connection.row_factory = namedtuple_row
        connection.execute("SET statement_timeout = '3s'")
        connection.commit()
        return connection

    def record(self, proof: Mapping[str, str], defender: int, fields: Sequence[str], reason: str) -> Look:
        """Check and record a look. When this returns, the unmasking and its ledger event are on disk.

        Raises Refused, recorded too; psycopg.Error where the database fails, and then nothing may be shown.
        """
        with self.connect() as connection:
            viewer = who(connection, proof)
            if viewer is not None:
                connection.execute(ENTER, viewer.as_database_context())
                # One at a time for each person: two at once would both find one look left.
                connection.execute(
                    "SELECT pg_advisory_xact_lock(%s, %s::int)", [Lock.LOOKS, viewer.person_id]
                )
            code, found = judge(connection, viewer, defender)
            rows = sealed_rows(connection, found, fields) if code is None and found else ()
            if code is None and not rows:
                code = UnmaskRefusal.NOTHING_SEALED
            if code is not None or viewer is None or found is None:
                code = code or UnmaskRefusal.NO_SUCH_DEFENDER
                refused: dict[str, Any] = {"code": code.value, "fields": list(fields)}
                connection.execute(
                    ADD_EVENT, event_by(viewer, "defenders.unmask_refused", "defenders", defender, refused)
                )
                connection.commit()
                raise Refused(code)
            made = connection.execute(
                "INSERT INTO unmaskings (defender_id, fields, by_id, role, reason) VALUES (%s, %s, %s, %s, %s) "
                "RETURNING id",
                [found.id, [row.field for row in rows], viewer.person_id, viewer.role.value, reason],
            ).fetchone()
            assert made is not None
            details: dict[str, Any] = {"defender": found.id, "fields": [row.field for row in rows]}
            connection.execute(
                ADD_EVENT, event_by(viewer, "defenders.unmasked", "unmaskings", made.id, details)
            )
            connection.commit()
        return Look(made.id, found.compartment, rows)

    def record_broken(self, unmasking_id: int) -> None:
        """A seal that did not open is evidence: somebody altered or moved it."""
        with self.connect() as connection:
            connection.execute(ADD_EVENT, event_by(None, "defenders.seal_broken", "unmaskings", unmasking_id))

    def answers(self) -> bool:
        with self.connect() as connection:
            return connection.execute("SELECT 1 FROM sealed_values LIMIT 1") is not None


def who(connection: psycopg.Connection[Any], proof: Mapping[str, str]) -> Viewer | None:
    function = {"session": "vigil.of_session", "token": "vigil.of_token"}[proof["kind"]]
    row = connection.execute(f"SELECT * FROM {function}(%s)", [hash_secret(proof["secret"])]).fetchone()  # noqa: S608
    return None if row is None else viewer_of(row)


def judge(
    connection: psycopg.Connection[Any], viewer: Viewer | None, defender: int
) -> tuple[UnmaskRefusal | None, Facts | None]:
    if viewer is None:
        return UnmaskRefusal.NOT_SIGNED_IN, None
    found = facts(connection, defender)
    if found is None:
        return UnmaskRefusal.NO_SUCH_DEFENDER, None
    code = unmask_refusal(viewer, found)
    if code is None:
        looks = connection.execute(
            "SELECT count(*) AS n FROM unmaskings WHERE by_id = %s AND at > now() - interval '1 hour'",
            [viewer.person_id],
        ).fetchone()
        if looks is not None and looks.n >= MOST_LOOKS_AN_HOUR:
            code = UnmaskRefusal.TOO_MANY
    return code, found


def facts(connection: psycopg.Connection[Any], defender: int) -> Facts | None:
    day = today()
    row = connection.execute(
        "SELECT d.id, d.codename, d.profiles, d.work, d.compartment, d.sector_id, d.case_status, d.case_officer_id, "
        "d.risk_band, d.review_on, d.registered_at, array(SELECT DISTINCT c.scope FROM consents c WHERE "
        "c.defender_id = d.id AND c.withdrawn_at IS NULL AND c.given_on <= %(day)s AND c.until >= %(day)s) AS scopes "
        "FROM defenders d WHERE d.id = %(id)s",
        {"day": day, "id": defender},
    ).fetchone()
    if row is None:
        return None
    values = row._asdict()
    return Facts(**(values | {
        "profiles": tuple(values["profiles"]), "scopes": frozenset(values["scopes"]), "consent_until": None,
    }))  # fmt: skip


def sealed_rows(
    connection: psycopg.Connection[Any], found: Facts, fields: Sequence[str]
) -> tuple[SealedRow, ...]:
    rows = connection.execute(
        "SELECT field, wrapped_key, nonce, ciphertext FROM sealed_values "
        "WHERE defender_id = %s AND field = ANY (%s) ORDER BY field",
        [found.id, list(fields)],
    )
    return tuple(SealedRow(*row) for row in rows)
