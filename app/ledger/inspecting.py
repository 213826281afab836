"""What only the database itself can tell: whether its guards still stand, and whether the log as people read it
is the log that was signed. `bin/verify-ledger` checks the rest from an exported bundle.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from math import inf
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, text

from app.ledger import canonical
from app.ledger.bundle import Change
from app.ledger.checkpoint import CheckpointError, parse
from app.ledger.composing import Event, leaf_body
from app.ledger.exporting import digest_or_none, rows
from app.ledger.guards import broken

# Beside those of bin/verify-ledger, which end at 27.
CODES = {
    "event_altered": 41,
    "guard_missing": 42,
    "change_unrecorded": 43,
    "not_sequenced": 44,
    "hash_altered": 45,
}
PATIENCE_SECONDS = 60


@dataclass(frozen=True)
class Fault:
    fault: str
    sentence: str

    @property
    def code(self) -> int:
        return CODES[self.fault]


def faults(connection: Connection) -> list[Fault]:
    """All that is wrong, the gravest first. The sentences name entries, tables and rows, never content."""
    return [
        *shown_otherwise(connection),
        *guards(connection),
        *unrecorded(connection),
        *waiting(connection),
        *hashes(connection),
    ]


EVENTS = """SELECT e.id, e.at, e.action, e.subject, e.actor_id, e.role, e.body, e.details, e.salt, l.body AS leaf,
        coalesce(e.leaf_index, l.index) AS index
    FROM public.ledger_leaves l
    FULL JOIN (SELECT * FROM public.ledger_events WHERE leaf_index IS NOT NULL) e ON e.leaf_index = l.index
    ORDER BY index"""
CHANGES = """SELECT leaf_index, id, table_name, row_key, op, digest FROM public.ledger_changes
    WHERE leaf_index IS NOT NULL ORDER BY leaf_index, id"""


def shown_otherwise(connection: Connection) -> Iterator[Fault]:
    """The log that people read comes from ledger_events: each row of it must be what its leaf tells. So must the
    changes, whose salts open the digests."""
    changes = groupby(rows(connection, CHANGES), attrgetter("leaf_index"))
    of_leaf, told = next(changes, NONE)
    altered = []
    for row in rows(connection, EVENTS):
        noted: list[Change] = []
        while of_leaf <= row.index:
            noted += [Change(c.table_name, c.row_key, c.op, digest_or_none(c.digest), c.id) for c in told]
            of_leaf, told = next(changes, NONE)
        if not same(row, noted):
            altered.append(row.index)
    if altered or of_leaf != NONE[0]:
        which = ", ".join(map(str, altered[:5])) + (" …" if len(altered) > 5 else "")
        sentence = (
            f"{len(altered)} entries are shown otherwise than they were signed, or are not shown ({which})."
        )
        yield Fault("event_altered", sentence)


NONE: tuple[float, Iterator[Any]] = (inf, iter(()))


def same(row: Any, changes: list[Change]) -> bool:
    if row.id is None or row.leaf is None:
        return False
    event = Event(row.id, row.at, row.action, row.subject, row.actor_id, row.role, bytes(row.body))
    if leaf_body(event, changes) != bytes(row.leaf):
        return False
    commitment = event.told()["details_commitment"]
    if row.details is None or event.read() is None:
        return True  # erased, or never there; what was never readable has its own digest
    return (
        commitment is not None
        and row.salt is not None
        and canonical.opens(row.details, bytes(row.salt), bytes.fromhex(commitment))
    )


def guards(connection: Connection) -> Iterator[Fault]:
    """Tables, triggers, functions and policies as the migrations wrote them."""
    for sentence in broken(connection):
        yield Fault("guard_missing", sentence)


def unrecorded(connection: Connection) -> Iterator[Fault]:
    """A change and its event commit together, so a change without one was slipped past the deferred trigger."""
    query = """SELECT c.table_name, c.row_key FROM public.ledger_changes c WHERE c.leaf_index IS NULL AND NOT EXISTS
        (SELECT 1 FROM public.ledger_events e WHERE e.txid = c.txid AND e.leaf_index IS NULL) ORDER BY c.id"""
    found = list(rows(connection, query))
    if found:
        first = f"row {found[0].row_key} of {found[0].table_name}"
        yield Fault(
            "change_unrecorded", f"{len(found)} changes were made without an event, the first of {first}."
        )


def waiting(connection: Connection) -> Iterator[Fault]:
    query = text(
        "SELECT count(*) FROM public.ledger_events "
        "WHERE leaf_index IS NULL AND at < now() - make_interval(secs => :patience)"
    )
    if count := connection.execute(query, {"patience": PATIENCE_SECONDS}).scalar_one():
        told = f"{count} events have waited for more than a minute to enter the log: does the sequencer run?"
        yield Fault("not_sequenced", told)


def hashes(connection: Connection) -> Iterator[Fault]:
    """What is kept beside leaves and notes serves proofs, and the sequencer's start, alone."""
    query = (
        r"SELECT index FROM public.ledger_leaves WHERE hash <> sha256('\x00'::bytea || body) ORDER BY index"
    )
    wrong = [r.index for r in rows(connection, query)]
    if wrong:
        yield Fault(
            "hash_altered", f"{len(wrong)} entries stand beside another hash, the first is {wrong[0]}."
        )
    for row in rows(connection, "SELECT size, root, note FROM public.ledger_checkpoints ORDER BY size"):
        try:
            signed = parse(row.note)
        except CheckpointError:
            continue  # the verifier has told of it
        if (signed.size, signed.root) != (row.size, bytes(row.root)):
            yield Fault(
                "hash_altered", f"The checkpoint of {signed.size} entries stands beside another size or root."
            )
            return
