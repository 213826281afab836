"""Canonical JSON (RFC 8785) and salted commitments: the same values give the same bytes everywhere."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import Any

import rfc8785

SALT_BYTES = 16


class NotCanonical(ValueError):
    """The value has no canonical form. The sentence never holds the value: it may be about a person."""


def dumps(value: Any) -> bytes:
    """UTF-8 bytes of the canonical form of dicts, lists, strings, numbers, booleans and None."""
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
