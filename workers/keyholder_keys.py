"""The key-holder's keys: one file for each compartment, and AES-256-GCM with a fresh data key for each record.

Envelope: the record's key seals the value, the compartment's key seals the record's key. Both are bound to where the
value stands (table, column, row, compartment) as associated data, so that a ciphertext that was moved to another
row, or a wrapped key under another compartment, does not open. Nonces are random, 96 bits: a record's key seals once,
and a compartment's key stays far below 2^32 records (NIST SP 800-38D, 8.3).
"""

from __future__ import annotations

import os
import re
import threading
from dataclasses import dataclass
from pathlib import Path

import rfc8785
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
MOST_COMPARTMENTS = 64
COMPARTMENT = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}\Z")


class SealBroken(Exception):
    """The ciphertext, its key or its place was altered, or belongs to another compartment's key."""


class NoSuchCompartment(ValueError):
    """Not a name of a compartment, or one too many."""


@dataclass(frozen=True)
class Standing:
    """Where a sealed value stands: what it is bound to."""

    table: str
    column: str
    row: str
    compartment: str

    def associated(self) -> bytes:
        # Canonical JSON: joined with a separator, a row named "a|b" could pass for another place.
        return rfc8785.dumps([self.table, self.column, self.row, self.compartment])


class Keys:
    """The compartments' keys in `folder` (0700), each a file of 32 random bytes (0600) made at first use."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.folder.stat().st_mode & 0o077:
            raise PermissionError("The folder of the keys is open to others. Set its mode to 0700.")
        self._making = threading.Lock()

    def seal(self, standing: Standing, plaintext: bytes) -> tuple[bytes, bytes, bytes]:
        """(wrapped key, nonce, ciphertext). Raises NoSuchCompartment."""
        compartment_key = self._key(standing.compartment, make=True)
        key, nonce, wrap_nonce = AESGCM.generate_key(256), os.urandom(NONCE_BYTES), os.urandom(NONCE_BYTES)
        associated = standing.associated()
        wrapped = wrap_nonce + AESGCM(compartment_key).encrypt(wrap_nonce, key, associated)
        return wrapped, nonce, AESGCM(key).encrypt(nonce, plaintext, associated)

    def open(self, standing: Standing, wrapped: bytes, nonce: bytes, ciphertext: bytes) -> bytes:
        """The plaintext. Raises SealBroken."""
        try:
            compartment_key = self._key(standing.compartment, make=False)
            associated = standing.associated()
            key = AESGCM(compartment_key).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], associated)
            return AESGCM(key).decrypt(nonce, ciphertext, associated)
        except (InvalidTag, ValueError, FileNotFoundError):
            raise SealBroken from None

    def _key(self, compartment: str, *, make: bool) -> bytes:
        if not COMPARTMENT.match(compartment):
            raise NoSuchCompartment("not a compartment")
        path = self.folder / f"{compartment}.key"
        if make and not path.exists():
            with self._making:
                self._make(path)
        key = path.read_bytes()
        if len(key) != KEY_BYTES:
            raise ValueError("A key file has the wrong length.")
        return key

    def _make(self, path: Path) -> None:
        if path.exists():
            return
        if sum(1 for _ in self.folder.glob("*.key")) >= MOST_COMPARTMENTS:
            raise NoSuchCompartment("too many compartments")
        fresh = path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        # On disk before it is used, and under its name only when whole: a key lost is every record lost.
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(os.urandom(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        fresh.rename(path)
        folder = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
