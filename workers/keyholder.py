"""The key-holder: `python -m workers.keyholder`. Seals and opens what names or places a defender, on a unix socket.

It runs under an account of its own, since it alone may read the keys. One JSON object a line, one answer a line:

    {"op": "seal", "table", "column", "row", "compartment", "plaintext"}
        -> {"ok": true, "wrapped_key", "nonce", "ciphertext"}      base64
    {"op": "open", "proof": {"kind": "session" | "token", "secret"}, "defender", "fields", "reason"}
        -> {"ok": true, "unmasking", "values": {field: plaintext}} or {"ok": false, "code"}
    {"op": "health"} -> {"ok": true}: the database answers and a value was sealed and opened

Sealing needs no proof, since it discloses nothing. Opening is recorded, and the record committed, before the plaintext
exists even here. A line holds at most 64 KiB; a connection waits at most 5 s and asks at most 16 times.
"""

from __future__ import annotations

import base64
import grp
import json
import logging
import os
import signal
import socket
import socketserver
import threading
from pathlib import Path
from typing import Annotated, Any, Literal

import psycopg
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from app.defenders.gate import UnmaskRefusal
from app.defenders.models import SealedField
from app.defenders.sealing import COLUMN, LONGEST_LINE, LONGEST_VALUE, TABLE, row_of
from workers.keyholder_keys import Keys, NoSuchCompartment, SealBroken, Standing
from workers.keyholder_looks import Look, Looks, Refused
from workers.log import to_structured_lines

log = logging.getLogger("vigil.keyholder")

WAITS_SECONDS = 5.0
MOST_QUESTIONS = 16
MOST_CONNECTIONS = 32
SHORTEST_REASON = 10
Short = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class Question(BaseModel):
    # hide_input: what was sent may name a person and must not reach an exception's text.
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, strict=True)


class Seal(Question):
    op: Literal["seal"]
    table: Short
    column: Short
    row: Short
    compartment: Short
    plaintext: Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_VALUE)]


class Proof(Question):
    kind: Literal["session", "token"]
    secret: Annotated[str, StringConstraints(max_length=200)]


class Open(Question):
    op: Literal["open"]
    proof: Proof
    defender: Annotated[int, Field(ge=1, lt=2**63)]
    fields: Annotated[list[Literal["name", "contact", "home"]], Field(min_length=1, max_length=3)]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=SHORTEST_REASON, max_length=500)
    ]


class Health(Question):
    op: Literal["health"]


QUESTION: TypeAdapter[Seal | Open | Health] = TypeAdapter(
    Annotated[Seal | Open | Health, Field(discriminator="op")]
)


class Keyholder:
    def __init__(self, keys: Keys, looks: Looks) -> None:
        self.keys = keys
        self.looks = looks

    def answer(self, line: bytes) -> dict[str, Any]:
        """The answer to one line. Nothing of the question is logged, and no failure quotes it."""
        try:
            question = QUESTION.validate_json(line)
        except (ValidationError, ValueError):
            return {"ok": False, "code": "unreadable"}
        try:
            match question:
                case Seal():
                    return self.seal(question)
                case Open():
                    return self.open(question)
                case Health():
                    return self.health()
        except psycopg.Error as error:
            log.error("database", extra={"op": question.op, "sqlstate": error.sqlstate})
            return {"ok": False, "code": "database_down"}
        except OSError as error:
            log.error("keys", extra={"op": question.op, "errno": error.errno})
            return {"ok": False, "code": "keys_unreadable"}

    def seal(self, question: Seal) -> dict[str, Any]:
        standing = Standing(question.table, question.column, question.row, question.compartment)
        try:
            sealed = self.keys.seal(standing, question.plaintext.encode())
        except NoSuchCompartment:
            return {"ok": False, "code": "no_such_compartment"}
        log.info("sealed")
        parts = zip(("wrapped_key", "nonce", "ciphertext"), sealed, strict=True)
        return {"ok": True} | {name: base64.b64encode(part).decode() for name, part in parts}

    def open(self, question: Open) -> dict[str, Any]:
        fields = sorted(set(question.fields))
        try:
            look = self.looks.record(question.proof.model_dump(), question.defender, fields, question.reason)
        except Refused as refused:
            log.warning("refused", extra={"code": refused.code.value})
            return {"ok": False, "code": refused.code.value}
        # From here on the look is on disk, whether or not the answer ever arrives.
        try:
            values = self.opened(look, question.defender)
        except SealBroken:
            self.looks.record_broken(look.unmasking_id)
            log.error("seal broken", extra={"unmasking": look.unmasking_id})
            return {"ok": False, "code": UnmaskRefusal.SEAL_BROKEN.value}
        log.info("opened", extra={"unmasking": look.unmasking_id})
        return {"ok": True, "unmasking": look.unmasking_id, "values": values}

    def opened(self, look: Look, defender: int) -> dict[str, str]:
        found = {}
        for row in look.rows:
            standing = Standing(TABLE, COLUMN, row_of(defender, SealedField(row.field)), look.compartment)
            plaintext = self.keys.open(standing, row.wrapped_key, row.nonce, row.ciphertext)
            found[row.field] = plaintext.decode()
        return found

    def health(self) -> dict[str, Any]:
        standing = Standing("health", "check", "0", "health")
        opened = self.keys.open(standing, *self.keys.seal(standing, b"health"))
        return {"ok": opened == b"health" and self.looks.answers()}


class Line(socketserver.StreamRequestHandler):
    timeout = WAITS_SECONDS
    server: Socket

    def handle(self) -> None:
        if not self.server.room.acquire(blocking=False):
            return
        try:
            for _ in range(MOST_QUESTIONS):
                line = self.rfile.readline(LONGEST_LINE + 1)
                if not line.endswith(b"\n"):
                    if line:
                        self.wfile.write(b'{"ok":false,"code":"unreadable"}\n')
                    return
                self.wfile.write(json.dumps(self.server.keyholder.answer(line)).encode() + b"\n")
        except OSError:
            return  # a line that went silent or away
        finally:
            self.server.room.release()


class Socket(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    """The listening socket: 0600, or 0660 for the group that the web application runs under."""

    daemon_threads = True

    def __init__(self, path: Path, keyholder: Keyholder, group: str | None = None) -> None:
        self.keyholder = keyholder
        self.room = threading.BoundedSemaphore(MOST_CONNECTIONS)
        self.path = path
        forget_dead(path)
        before = os.umask(0o177)  # never open to others, not even until the chmod
        try:
            super().__init__(str(path), Line)
        finally:
            os.umask(before)
        if group:
            os.chown(path, -1, grp.getgrnam(group).gr_gid)
            path.chmod(0o660)

    def handle_error(self, request: Any, client_address: Any) -> None:
        # The stock handler prints a traceback, whose lines may quote what was asked.
        log.error("unexpected")

    def server_close(self) -> None:
        super().server_close()
        self.path.unlink(missing_ok=True)


def forget_dead(path: Path) -> None:
    """Remove a socket that nobody listens on; refuse to push a living key-holder aside."""
    if not path.exists():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink()
            return
    raise RuntimeError("A key-holder already listens on this socket. Stop it first.")


def main() -> None:
    to_structured_lines()
    var = Path(os.environ["VIGIL_VAR"])
    path = Path(os.environ.get("VIGIL_KEYHOLDER_SOCKET") or var / "keyholder.sock")
    keyholder = Keyholder(Keys(var / "keys"), Looks(os.environ["VIGIL_KEYHOLDER_DATABASE_URL"]))
    server = Socket(path, keyholder, os.environ.get("VIGIL_KEYHOLDER_GROUP"))
    for number in (signal.SIGTERM, signal.SIGINT):
        # In a thread: shutdown() waits for the loop that this signal has interrupted.
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    log.info("ready")
    with server:
        server.serve_forever(poll_interval=0.2)


if __name__ == "__main__":
    main()
