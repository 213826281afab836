"""Checkpoints: the ledger's size and root as a C2SP tlog-checkpoint, signed with Ed25519 as a signed note.

    vigil.example/exercise                          origin, which is also the key's name
    200000                                          size: number of leaves
    CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=    root, base64
    time 2026-11-21T05:00:00Z                       extension lines, optional
    (empty line)
    — vigil.example/exercise Az3grlgtzPIC…          key id (4 bytes) and signature, base64

Keys are written as Go's note package does: `name+hash+base64` for the public half, `PRIVATE+KEY+…` for the
private one. See https://c2sp.org/tlog-checkpoint and https://c2sp.org/signed-note.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = b"\x01"
MAX_NOTE_CHARACTERS = 64 * 1024
MAX_SIGNATURES = 100


class CheckpointError(ValueError):
    """A checkpoint or key that can't be used; its text is a sentence for people."""


class WrongKey(CheckpointError):
    """Nobody whose key we hold signed this."""


class SignatureWrong(CheckpointError):
    """Our key's signature stands there and does not fit the text."""


@dataclass(frozen=True)
class Signature:
    name: str
    key_id: bytes  # 4 bytes
    signature: bytes


@dataclass(frozen=True)
class Checkpoint:
    """`text` is what was signed; a checkpoint that came from `parse` alone is not verified."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()
    signatures: tuple[Signature, ...] = ()

    @property
    def text(self) -> str:
        lines = [self.origin, str(self.size), base64.b64encode(self.root).decode(), *self.extensions]
        return "\n".join(lines) + "\n"

    @property
    def time(self) -> datetime | None:
        """What the extension line `time …` says, if there is one."""
        for line in self.extensions:
            if line.startswith("time "):
                try:
                    return datetime.fromisoformat(line.removeprefix("time "))
                except ValueError:
                    raise CheckpointError("The checkpoint's time can't be read.") from None
        return None


@dataclass(frozen=True)
class PublicKey:
    name: str
    key: bytes  # 32 bytes

    @property
    def key_id(self) -> bytes:
        return hashlib.sha256(self.name.encode() + b"\n" + ED25519 + self.key).digest()[:4]

    @property
    def vkey(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{base64.b64encode(ED25519 + self.key).decode()}"


@dataclass(frozen=True)
class Signer:
    public: PublicKey
    _private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"Signer({self.public.name})"

    def sign(self, text: str) -> str:
        """The note: the text, an empty line, one signature line. `text` must end with a newline."""
        if not text.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
            raise CheckpointError("A note ends with a newline and holds no control characters.")
        signature = base64.b64encode(self.public.key_id + self._private.sign(text.encode())).decode()
        return f"{text}\n— {self.public.name} {signature}\n"


def _key(written: str, kind: str) -> tuple[str, bytes, bytes]:
    parts = written.strip().split("+", 2)
    blob = _decoded(parts[2]) if len(parts) == 3 else None
    if blob is None or len(blob) != 33 or blob[:1] != ED25519 or not re.fullmatch("[0-9a-f]{8}", parts[1]):
        raise CheckpointError(f"This is not an Ed25519 {kind} key of the form name+hash+base64.")
    _check_name(parts[0])
    return parts[0], bytes.fromhex(parts[1]), blob[1:]


def _check_name(name: str) -> None:
    if not re.fullmatch("[!-*,-~]+", name):
        raise CheckpointError("A key's name is printable ASCII such as a host name, without spaces and '+'.")


def _decoded(text: str) -> bytes | None:
    try:
        blob = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    # More than one spelling of the same bytes would let a note change without its signature changing.
    return blob if base64.b64encode(blob).decode() == text else None


def parse_vkey(written: str) -> PublicKey:
    name, key_id, key = _key(written, "public")
    public = PublicKey(name, key)
    if public.key_id != key_id:
        raise CheckpointError(
            "The public key's hash does not fit its name and bytes: it was mistyped or changed."
        )
    return public


def parse_private_key(written: str) -> Signer:
    if not written.startswith("PRIVATE+KEY+"):
        raise CheckpointError("This is not a private key: it does not begin with PRIVATE+KEY+.")
    name, key_id, seed = _key(written.removeprefix("PRIVATE+KEY+"), "private")
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signer = Signer(PublicKey(name, private.public_key().public_bytes_raw()), private)
    if signer.public.key_id != key_id:
        raise CheckpointError("The private key's hash does not fit its name and bytes.")
    return signer


def make_keys(private_path: Path, public_path: Path, name: str) -> PublicKey:
    """Make a key pair: the private half in a file of mode 0600. Never replaces a file that exists.

    A ledger whose key was replaced can't be verified against the checkpoints that witnesses keep.
    """
    _check_name(name)
    for path in (private_path, public_path):
        if os.path.lexists(path):
            raise CheckpointError(f"{path} exists: a ledger's key is never replaced. Move it away first.")
    private = Ed25519PrivateKey.generate()
    public = PublicKey(name, private.public_key().public_bytes_raw())
    secret = base64.b64encode(ED25519 + private.private_bytes_raw()).decode()
    _write_new(private_path, f"PRIVATE+KEY+{name}+{public.key_id.hex()}+{secret}\n", 0o600)
    _write_new(public_path, public.vkey + "\n", 0o644)
    return public


def _write_new(path: Path, text: str, mode: int) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise CheckpointError(f"{path} exists: a ledger's key is never replaced.") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(descriptor)


def load_signer(path: Path) -> Signer:
    """The signer of a key file. Refuses a file that its group or others may read."""
    if path.stat().st_mode & 0o077:
        raise CheckpointError(
            f"{path} may be read by others: set its mode to 0600 before the ledger signs with it."
        )
    return parse_private_key(path.read_text(encoding="utf-8").strip())


def sign(signer: Signer, size: int, root: bytes, extensions: tuple[str, ...] = ()) -> str:
    """The signed note of the tree's head; its origin is the key's name."""
    checkpoint = Checkpoint(signer.public.name, size, root, extensions)
    if size < 0 or len(root) != 32 or any(not line or "\n" in line for line in extensions):
        raise CheckpointError(
            "A checkpoint needs a size from 0, a root of 32 bytes and extension lines that are one line each."
        )
    return signer.sign(checkpoint.text)


def parse(note: str) -> Checkpoint:
    """The parts of a checkpoint note, not verified. CheckpointError says what is wrong with it."""
    if len(note) > MAX_NOTE_CHARACTERS:
        raise CheckpointError("The checkpoint is too long.")
    text, gap, lines = note.rpartition("\n\n")
    if not gap or not note.endswith("\n"):
        raise CheckpointError("The checkpoint has no signature.")
    origin, *rest = text.split("\n")
    root = _decoded(rest[1]) if len(rest) > 1 else None
    if not origin or root is None or not re.fullmatch("0|[1-9][0-9]{0,18}", rest[0]) or len(root) != 32:
        raise CheckpointError("The checkpoint does not begin with an origin, a size and a root of 32 bytes.")
    if not all(rest) or re.search(r"[\x00-\x09\x0b-\x1f]", note):
        raise CheckpointError("The checkpoint holds an empty line or a control character.")
    signatures = tuple(_signature(line) for line in lines[:-1].split("\n"))
    if len(signatures) > MAX_SIGNATURES:
        raise CheckpointError("The checkpoint has too many signatures.")
    return Checkpoint(origin, int(rest[0]), root, tuple(rest[2:]), signatures)


def _signature(line: str) -> Signature:
    parts = line.split(" ")
    blob = _decoded(parts[2]) if len(parts) == 3 and parts[0] == "—" and parts[1] else None
    if blob is None or len(blob) < 5:
        raise CheckpointError("A signature line of the checkpoint can't be read.")
    return Signature(parts[1], blob[:4], blob[4:])


def verify(note: str, key: PublicKey) -> Checkpoint:
    """The checkpoint, if `key` signed it for its own origin. Signatures of other keys are passed over.

    Raises WrongKey when this key did not sign, SignatureWrong when its signature does not fit the text.
    """
    checkpoint = parse(note)
    ours = [s for s in checkpoint.signatures if (s.name, s.key_id) == (key.name, key.key_id)]
    if not ours:
        raise WrongKey("The checkpoint is not signed with the ledger's key.")
    for signature in ours:
        try:
            Ed25519PublicKey.from_public_bytes(key.key).verify(signature.signature, checkpoint.text.encode())
        except InvalidSignature:
            raise SignatureWrong("The checkpoint's signature does not fit its text.") from None
    if checkpoint.origin != key.name:
        raise WrongKey("The checkpoint was signed for another ledger than the key's own.")
    return checkpoint
