"""Canonical JSON (RFC 8785) and salted commitments: the same values give the same bytes everywhere."""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from typing import Any

import rfc8785

SALT_BYTES = 16


LARGEST = 2**53 - 1
# Of what `plain` lets through it makes the same bytes as rfc8785, in a tenth of the time.
QUICK = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, allow_nan=False).encode


class NotCanonical(ValueError):
    """The value has no canonical form. The sentence never holds the value: it may be about a person."""


def dumps(value: Any) -> bytes:
    """UTF-8 bytes of the canonical form of dicts, lists, strings, numbers, booleans and None."""
    try:
        if plain(value):
            return QUICK(value).encode()
    except (RecursionError, UnicodeEncodeError):
        pass  # refused below, with its sentence
    try:
        return rfc8785.dumps(value)
    except rfc8785.FloatDomainError:
        raise NotCanonical("NaN and infinity can't be written to the ledger.") from None
    except rfc8785.IntegerDomainError:
        raise NotCanonical(
            "A whole number beyond ±(2^53 - 1) can't be written to the ledger: send it as text."
        ) from None
    except UnicodeEncodeError:  # rfc8785 lets this one through when it stands in a key
        raise NotCanonical("Text with half of a surrogate pair can't be written to the ledger.") from None
    except RecursionError:
        raise NotCanonical("Values nested that deep can't be written to the ledger.") from None
    except rfc8785.CanonicalizationError:
        raise NotCanonical(
            "Only text, numbers, true, false, null, lists and objects with text keys can stand in the ledger."
        ) from None


def plain(value: Any) -> bool:
    """Whether Python's own JSON is the canonical one: keys in ASCII, whose order is the same by code points and by UTF-16
    units; and of fractions those that Python and ECMAScript write alike, neither whole nor with an exponent."""
    kind = type(value)
    if value is None or kind is str or kind is bool:
        return True
    if kind is int:
        return bool(-LARGEST <= value <= LARGEST)
    if kind is float:
        return 1e-4 <= abs(value) < 1e15 and not value.is_integer()
    if kind is dict:
        return all(type(key) is str and key.isascii() and plain(own) for key, own in value.items())
    return kind is list and all(map(plain, value))


def commit(details: Any) -> tuple[bytes, bytes]:
    """A fresh 16-byte salt, and SHA-256(salt || canonical details).

    The salt keeps short or guessable details from being found by trying; once salt and details are erased the
    digest tells nothing, and the leaf that holds it still verifies.
    """
    salt = secrets.token_bytes(SALT_BYTES)
    return salt, hashlib.sha256(salt + dumps(details)).digest()


def opens(details: Any, salt: bytes, digest: bytes) -> bool:
    """Whether these kept details and this salt are what the digest committed to."""
    return hmac.compare_digest(hashlib.sha256(salt + dumps(details)).digest(), digest)
