"""The exported ledger as JSON Lines, which `bin/verify-ledger` checks without a database.

Order of lines: header, leaves, pending, checkpoints, facts, erased, end. Nothing here reads the database: the
caller hands over iterables, all from ONE repeatable-read snapshot, or facts and leaves may not fit together.

    {"format":"vigil-ledger-bundle/1","origin":…,"vkey":…,"exported_at":…,"size":N}
    {"leaf":0,"body":"<base64 of the exact bytes in ledger_leaves.body>"}
    {"pending":{"table":…,"row":…,"op":"U","digest":"<hex>","n":…}}    recorded, but not yet in a leaf
    {"checkpoint":"<note>"}
    {"fact":{"table":…,"row":…,"digest":"<hex>"}}      digest over the row as it stands, with its kept salt
    {"erased":{"table":…,"row":…}}                     stands in the database, but its salt is gone
    {"end":true,"lines":<lines before this one>}
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

FORMAT = "vigil-ledger-bundle/1"


@dataclass(frozen=True)
class Header:
    """`size` is the number of leaves that should be there: the highest index and one more, or the count kept
    elsewhere if that is larger. `exported_at` must carry a time zone."""

    origin: str
    vkey: str
    exported_at: datetime
    size: int


@dataclass(frozen=True)
class Change:
    """A change of a fact: op I, U, D or E (erased); `digest` is None after D and E.

    `n` grows along the changes of one row (the id of its ledger_changes row): the greatest tells the row's
    last state, whichever leaf it stands in. Two transactions that touch one row take its lock in one order
    and may be given leaves in the other.
    """

    table: str
    row: str
    op: str
    digest: bytes | None
    n: int

    def as_json(self) -> dict[str, str | int | None]:
        """As it stands in a leaf's `changes` and in a `pending` line."""
        digest = self.digest.hex() if self.digest is not None else None
        return {"table": self.table, "row": self.row, "op": self.op, "digest": digest, "n": self.n}


def write(
    header: Header,
    leaves: Iterable[tuple[int, bytes]],
    checkpoints: Iterable[str],
    facts: Iterable[tuple[str, str, bytes]],
    *,
    pending: Iterable[Change] = (),
    erased: Iterable[tuple[str, str]] = (),
) -> Iterator[bytes]:
    """The bundle's lines, one at a time: (index, body), note text, (table, row, digest), (table, row).

    Leaves come in the order of their index, with gaps left as gaps: hiding one is the verifier's to find.
    """
    exported_at = header.exported_at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    count = 1
    yield _line(
        {
            "format": FORMAT,
            "origin": header.origin,
            "vkey": header.vkey,
            "exported_at": exported_at,
            "size": header.size,
        }
    )
    for index, body in leaves:
        count += 1
        yield b'{"leaf":%d,"body":"%s"}\n' % (index, base64.b64encode(body))
    for change in pending:
        count += 1
        yield _line({"pending": change.as_json()})
    for note in checkpoints:
        count += 1
        yield _line({"checkpoint": note})
    for table, row, digest in facts:
        count += 1
        yield _line({"fact": {"table": table, "row": row, "digest": digest.hex()}})
    for table, row in erased:
        count += 1
        yield _line({"erased": {"table": table, "row": row}})
    yield _line({"end": True, "lines": count})


def gzipped(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The same, compressed with gzip as it streams (no time in the gzip header: same bundle, same bytes)."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    for line in lines:
        if packed := packer.compress(line):
            yield packed
    yield packer.flush()


def _line(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
