"""Passwords: argon2id (RFC 9106), random first passwords, and what a chosen one must be."""

from __future__ import annotations

import secrets
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import gettext as _

SHORTEST = 12
# Longer ones are refused rather than cut; argon2 would hash a megabyte as gladly, and an attacker send it.
LONGEST = 256
# Without letters and digits that are mistaken for one another when read from paper or over a radio.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"

# argon2-cffi's defaults are the second recommended option of RFC 9106: 64 MiB, 3 passes, 4 lanes.
hasher = PasswordHasher()


def hash_password(password: str) -> str:
    return hasher.hash(password)


@cache
def nobodys_hash() -> str:
    """What is checked when the account does not exist, so that the answer takes as long."""
    return hasher.hash(secrets.token_urlsafe(16))


def matches(password_hash: str, typed: str) -> bool:
    try:
        return hasher.verify(password_hash, typed)
    except (VerificationError, InvalidHashError):
        return False


def needs_new_hash(password_hash: str) -> bool:
    return hasher.check_needs_rehash(password_hash)


def new_password() -> str:
    """A random password of 98 bits in four groups, fit to be read from paper."""
    return "-".join("".join(secrets.choice(ALPHABET) for _n in range(5)) for _g in range(4))


def fault_of(password: str, username: str) -> str | None:
    """Why a chosen password can't be taken, in a sentence; None if it can."""
    if len(password) < SHORTEST:
        return _("Use at least %(n)d characters.", n=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most %(n)d characters.", n=LONGEST)
    plain, name = password.casefold(), username.casefold()
    if name in plain or plain in name:
        return _("The password must not hold the user name, nor be part of it.")
    if len(set(plain)) < 5:
        return _("Use more than four different characters.")
    return None
