"""Slowing down those who guess passwords, without telling whether an account exists.

Failures are counted by what was typed and by address, as keyed hashes: the table alone tells neither. A whole office
may stand behind one address, so an address may fail more often than a name before it has to wait.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import current_app
from sqlalchemy import insert, text
from sqlalchemy.exc import OperationalError

from app.db import db
from app.people.models import SignInFailure

COUNTED = timedelta(minutes=15)
FREE_BY_NAME = 5
FREE_BY_ADDRESS = 20
FIRST_WAIT = 15
LONGEST_WAIT = 900

COUNT = text("SELECT vigil.failures_since(ARRAY[CAST(:key AS bytea)], :since)")


@dataclass(frozen=True)
class Key:
    hash: bytes
    free: int


def keys_of(username: str, address: str) -> tuple[Key, Key]:
    return (
        Key(keyed("name", username.strip().lower()), FREE_BY_NAME),
        Key(keyed("address", address), FREE_BY_ADDRESS),
    )


def keyed(kind: str, value: str) -> bytes:
    secret = current_app.config["SECRET_KEY"].encode()
    return hmac.new(secret, f"{kind}:{value}".encode(), hashlib.sha256).digest()


def wait_after(failures: int, free: int) -> int:
    """Seconds to wait after so many failures: none at first, then 15, 30, 60 … up to 15 minutes."""
    if failures < free:
        return 0
    return min(FIRST_WAIT * 2 ** min(failures - free, 10), LONGEST_WAIT)


def seconds_to_wait(keys: tuple[Key, ...]) -> int:
    """At most how long until the next try is looked at; 0 if this one may be.

    Tries for one name are looked at one after the other: side by side, a hundred guesses would all be counted
    as the first. Whoever has to queue for over a second is told to come back.
    """
    try:
        db.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        lock = int.from_bytes(keys[0].hash[:8], signed=True)
        db.session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
    except OperationalError:
        db.session.rollback()
        return 1
    return max(wait_of(key) for key in keys)


def wait_of(key: Key) -> int:
    now = datetime.now(UTC)
    wait = wait_after(failures_since(key, now - COUNTED), key.free)
    return wait if wait and failures_since(key, now - timedelta(seconds=wait)) else 0


def failures_since(key: Key, since: datetime) -> int:
    return int(db.session.execute(COUNT, {"key": key.hash, "since": since}).scalar_one())


def note_failure(keys: tuple[Key, ...]) -> None:
    db.session.execute(insert(SignInFailure).inline(), [{"key_hash": key.hash} for key in keys])
