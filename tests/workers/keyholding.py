"""Questions to a key-holder, and what it recorded of them."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from flask.testing import FlaskClient

from app.sessions import COOKIE
from workers.keyholder import Keyholder

REASON = "EXERCISE: to arrange an escort tonight"


def look(
    client: FlaskClient | None, keyholder: Keyholder, defender: int, *fields: str, secret: str = ""
) -> dict[str, Any]:
    """Ask the key-holder itself, past the application."""
    if client is not None:
        cookie = client.get_cookie(COOKIE)
        assert cookie is not None
        secret = cookie.value
    question = {
        "op": "open", "proof": {"kind": "session", "secret": secret}, "defender": defender,
        "fields": list(fields or ("name",)), "reason": REASON,
    }  # fmt: skip
    return keyholder.answer(json.dumps(question).encode())


def events(owner: psycopg.Connection, action: str) -> list[Any]:
    return owner.execute(
        "SELECT subject, actor_id, details FROM ledger_events WHERE action = %s ORDER BY id", [action]
    ).fetchall()
