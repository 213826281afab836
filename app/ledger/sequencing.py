"""The log's only writer: gives each recorded event its place, builds the tree and signs its head.

Leaves, the numbers of events and changes, and the checkpoint over them are one transaction, so that a kill at
any point leaves all or nothing of a batch. The note is then kept outside the database: after the commit, since a
kept note of what was never committed would accuse an honest log.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from psycopg import Connection

from app.ledger import keeping
from app.ledger.bundle import Change
from app.ledger.checkpoint import Checkpoint, CheckpointError, Signer, sign, verify
from app.ledger.composing import Event, leaf_body
from app.ledger.merkle import Frontier, leaf_hash

BATCH = 2000

OLDEST = """
SELECT DISTINCT txid::text
FROM (SELECT txid FROM ledger_events WHERE leaf_index IS NULL ORDER BY id LIMIT %s) AS oldest
"""
# Whole transactions: a cut between two events of one would leave its changes behind.
EVENTS = """
SELECT id, at, action, subject, actor_id, role, body, txid::text FROM ledger_events
WHERE leaf_index IS NULL AND txid = ANY (%s::xid8[]) ORDER BY id
"""
CHANGES = """
SELECT txid::text, id, table_name, row_key, op, digest FROM ledger_changes
WHERE leaf_index IS NULL AND txid = ANY (%s::xid8[]) ORDER BY txid::text, id
"""
ADD_LEAVES = """
INSERT INTO ledger_leaves (index, body, hash)
SELECT * FROM unnest(%s::bigint[], %s::bytea[], %s::bytea[]) RETURNING index, body, hash
"""
NUMBER_EVENTS = """
UPDATE ledger_events e SET leaf_index = n.leaf FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, leaf)
WHERE e.id = n.id AND e.leaf_index IS NULL
"""
NUMBER_CHANGES = """
UPDATE ledger_changes c SET leaf_index = n.leaf FROM unnest(%s::bigint[], %s::bigint[]) AS n(id, leaf)
WHERE c.id = n.id AND c.leaf_index IS NULL
"""


class Refused(Exception):
    """The log is not as it was left. Its argument is a sentence for the operator."""


class Sequencer:
    """The log's only writer, over a connection that holds the lock (autocommit, as vigil_sequencer)."""

    def __init__(self, database: Connection[Any], signer: Signer, kept: Path) -> None:
        self.database, self.signer, self.kept = database, signer, kept
        self.frontier = Frontier()

    def take_up(self) -> None:
        """Rebuild the tree's edge from the leaves and hold it against what was signed. Refused when they differ."""
        keeping.drop_torn_note(self.kept)
        signed = self.last_in_database()
        try:
            kept = keeping.last_kept(self.kept, self.signer.public)
        except CheckpointError as error:
            raise Refused(f"The kept checkpoints in {self.kept} can't be used. {error}") from None
        known = {each.size: each for each in (signed, kept) if each is not None}
        if signed is not None and kept is not None and known[signed.size].root != signed.root:
            raise Refused(
                f"The database and {self.kept} hold different checkpoints of {signed.size} entries."
            )
        self.frontier = self.rebuild(known)
        if kept is not None and (signed is None or signed.size < kept.size):
            raise Refused(
                f"The database holds no checkpoint of {kept.size} entries, which {self.kept} keeps: "
                "checkpoints were taken out of it, or an older state of it was restored."
            )
        if signed is not None and self.frontier.size != signed.size:
            raise Refused(
                f"The database holds {self.frontier.size} entries under a last checkpoint of {signed.size}, which "
                "are written together: somebody else has written."
            )
        if signed is None and self.frontier.size:
            raise Refused(f"The database holds {self.frontier.size} entries and no checkpoint over them.")
        if signed is None:
            with self.database.transaction():
                note = self.write_checkpoint(self.frontier)
            keeping.keep(self.kept, note)
        elif kept is None or kept.size < signed.size:
            keeping.keep(self.kept, self.note_of(signed.size))  # killed between the commit and the keeping

    def last_in_database(self) -> Checkpoint | None:
        row = self.database.execute(
            "SELECT size, root, note FROM ledger_checkpoints ORDER BY size DESC LIMIT 1"
        ).fetchone()
        if row is None:
            return None
        try:
            signed = verify(row[2], self.signer.public)
        except CheckpointError as error:
            raise Refused(f"The database's last checkpoint can't be used. {error}") from None
        if (signed.size, signed.root) != (row[0], bytes(row[1])):
            raise Refused("The database's last checkpoint says another size or root than its row.")
        return signed

    def note_of(self, size: int) -> str:
        row = self.database.execute("SELECT note FROM ledger_checkpoints WHERE size = %s", [size]).fetchone()
        assert row is not None
        return str(row[0])

    def rebuild(self, known: dict[int, Checkpoint]) -> Frontier:
        frontier = Frontier()
        agrees(frontier, known)
        with self.database.transaction(), self.database.cursor("leaves") as leaves:
            leaves.itersize = 10_000
            leaves.execute("SELECT index, hash FROM ledger_leaves ORDER BY index")
            for index, hashed in leaves:
                if index != frontier.size:
                    raise Refused(f"Entries {frontier.size} to {index - 1} are missing from the database.")
                frontier.append(bytes(hashed))
                agrees(frontier, known)
        if known and max(known) > frontier.size:
            raise Refused(
                f"The database holds {frontier.size} entries, and a checkpoint of {max(known)} was signed: entries "
                "are missing at the end, or an older state of the database was restored."
            )
        return frontier

    def step(self) -> int:
        """One batch into the log; returns how many events. Refused when the database gives back other bytes."""
        with self.database.transaction():
            txids = [row[0] for row in self.database.execute(OLDEST, [BATCH])]
            if not txids:
                return 0
            found = self.database.execute(EVENTS, [txids]).fetchall()
            changes = self.changes_of(txids)
            first = self.frontier.size
            indices = list(range(first, first + len(found)))
            bodies: list[bytes] = []
            numbered: list[tuple[int, int]] = []
            for index, (*columns, txid) in zip(indices, found, strict=True):
                told = changes.pop(txid, [])
                numbered += [(change.n, index) for change in told]
                bodies.append(leaf_body(Event(*columns), told))
            hashes = [leaf_hash(body) for body in bodies]
            back = self.database.execute(ADD_LEAVES, [indices, bodies, hashes]).fetchall()
            # What is signed is what the database will give to every verifier, not what was sent to it.
            frontier = Frontier.load(self.frontier.dump())
            for index, body, hashed in sorted(back, key=itemgetter(0)):
                returned = leaf_hash(bytes(body))
                if index != frontier.size or not returned == bytes(hashed) == hashes[index - first]:
                    raise Refused(f"The database gave other bytes back for entry {index} than were written.")
                frontier.append(returned)
            if frontier.size != first + len(found):
                raise Refused(f"The database took {frontier.size - first} of {len(found)} entries.")
            self.number(NUMBER_EVENTS, [row[0] for row in found], indices)
            self.number(NUMBER_CHANGES, [n for n, _ in numbered], [index for _, index in numbered])
            note = self.write_checkpoint(frontier)
        self.frontier = frontier
        keeping.keep(self.kept, note)
        return len(found)

    def changes_of(self, txids: list[str]) -> dict[str, list[Change]]:
        found = self.database.execute(CHANGES, [txids]).fetchall()
        return {
            txid: [
                Change(table, row, op, None if d is None else bytes(d), n)
                for _, n, table, row, op, d in group
            ]
            for txid, group in groupby(found, itemgetter(0))
        }

    def number(self, statement: str, ids: list[int], indices: list[int]) -> None:
        if self.database.execute(statement, [ids, indices]).rowcount != len(ids):
            raise Refused("Events or changes were numbered by somebody else: is there a second sequencer?")

    def write_checkpoint(self, frontier: Frontier) -> str:
        root = frontier.root()
        at = datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        note = sign(self.signer, frontier.size, root, (f"time {at}",))
        self.database.execute(
            "INSERT INTO ledger_checkpoints (size, root, note) VALUES (%s, %s, %s)",
            [frontier.size, root, note],
        )
        return note


def agrees(frontier: Frontier, known: dict[int, Checkpoint]) -> None:
    signed = known.get(frontier.size)
    if signed is not None and signed.root != frontier.root():
        raise Refused(
            f"The first {frontier.size} entries in the database are not those that were signed: run ledger verify."
        )
