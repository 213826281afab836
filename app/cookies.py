"""The session's cookie and the hashes of random secrets: what the live stream needs too, and nothing heavier."""

from __future__ import annotations

import hashlib
import secrets

COOKIE = "vigil_session"


def hash_secret(secret: str) -> bytes:
    """SHA-256 of a random secret. Not for passwords: those are guessable and get argon2id."""
    return hashlib.sha256(secret.encode()).digest()


def new_secret() -> str:
    return secrets.token_urlsafe(32)
