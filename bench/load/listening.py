"""What an officer's browser has: a session, the live stream, the incidents' tile. For bench/live."""

from __future__ import annotations

import http.client
import secrets
import sys
import threading
import time
from pathlib import Path

import psycopg
from ground import Ground

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from app.cookies import COOKIE, hash_secret

EVENT = (
    "INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'bench.prepare', 'bench:0', "
    'convert_to(\'{"action":"bench.prepare","v":1}\', \'UTF8\'))'
)


def session(ground: Ground, user: str) -> str:
    """A Cookie header of somebody who has signed in, for an hour."""
    secret = secrets.token_urlsafe(32)
    with psycopg.connect(ground.url("owner")) as c:
        c.execute(
            "INSERT INTO sessions (token_hash, person_id, expires_at) "
            "SELECT %s, id, now() + interval '1 hour' FROM people WHERE username = %s",
            [hash_secret(secret), user],
        )
        c.execute(EVENT)
    return f"{COOKIE}={secret}"


class Stream(threading.Thread):
    """The live stream, and when each kind rang: `rang["incidents"]` in monotonic seconds."""

    def __init__(self, port: int, cookie: str) -> None:
        super().__init__(daemon=True)
        self.rang: dict[str, list[float]] = {}
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", "/live/alerts", headers={"Cookie": cookie})
        self.answer = self.connection.getresponse()
        if self.answer.status != 200:
            raise RuntimeError(f"the live stream answered {self.answer.status}")

    def run(self) -> None:
        for line in self.answer:
            if line.startswith(b"event: "):
                self.rang.setdefault(line[7:].decode().strip(), []).append(time.monotonic())

    def after(self, kind: str, moment: float, patience: float) -> float | None:
        """Seconds from `moment` to the next ring of this kind."""
        ends = moment + patience
        while time.monotonic() < ends:
            for rung in reversed(self.rang.get(kind, [])):
                if rung < moment:
                    break
                return min(r for r in self.rang[kind] if r >= moment) - moment
            time.sleep(0.002)
        return None


def varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data: bytes) -> list[tuple[int, int | bytes]]:
    """A protobuf message's fields in their order: (number, value). Floats are passed over as bytes."""
    found: list[tuple[int, int | bytes]] = []
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, at = varint(data, at)
            found.append((number, value))
            continue
        size, at = varint(data, at) if wire == 2 else (8 if wire == 1 else 4, at)
        found.append((number, data[at : at + size]))
        at += size
    return found


def counted(tile: bytes) -> int:
    """How many incidents a vector tile tells of: its clusters' counts, and one for each that stands alone
    (Mapbox Vector Tile specification 2.1, section 4)."""
    total = 0
    for _number, layer in fields(tile):
        parts = fields(bytes(layer))  # type: ignore[arg-type]
        keys = [v for n, v in parts if n == 3]
        values = [fields(bytes(v)) for n, v in parts if n == 4]  # type: ignore[arg-type]
        which = keys.index(b"count") if b"count" in keys else -1
        for number, feature in parts:
            if number != 2:
                continue
            tags = next((v for n, v in fields(bytes(feature)) if n == 2), b"")  # type: ignore[arg-type]
            numbers, at = [], 0
            while at < len(bytes(tags)):  # type: ignore[arg-type]
                one, at = varint(bytes(tags), at)  # type: ignore[arg-type]
                numbers.append(one)
            told = dict(zip(numbers[::2], numbers[1::2], strict=True))
            total += int(values[told[which]][0][1]) if which in told else 1
    return total
