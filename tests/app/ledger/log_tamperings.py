"""What the owner of the database may do to the log's own tables, without the sequencer's key and with it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from app.ledger import canonical, checkpoint, merkle
from tests.app.ledger.owner_tamperings import Owner
from tests.app.ledger.standing import NAME


def size(owner: Owner) -> int:
    found: int = owner.run("SELECT max(index) + 1 FROM ledger_leaves")[0][0]
    return found


def bent(body: bytes) -> bytes:
    """Another entry, in canonical form."""
    leaf = json.loads(body)
    leaf["event"]["actor"] = "person:424242"
    return canonical.dumps(leaf)


def write_leaf(owner: Owner, index: int, body: bytes) -> None:
    hashed = merkle.leaf_hash(body)
    owner.run("UPDATE ledger_leaves SET body = %s, hash = %s WHERE index = %s", body, hashed, index)


def leaf(owner: Owner, index: int) -> bytes:
    return bytes(owner.run("SELECT body FROM ledger_leaves WHERE index = %s", index)[0][0])


def edit_an_entry(owner: Owner) -> str:
    index = owner.rng.randrange(size(owner))
    write_leaf(owner, index, bent(leaf(owner, index)))
    return "leaf_altered"


def swap_two_entries(owner: Owner) -> str:
    one, other = owner.rng.sample(range(size(owner)), 2)
    first, second = leaf(owner, one), leaf(owner, other)
    write_leaf(owner, one, second)
    write_leaf(owner, other, first)
    return "leaf_altered"


def delete_an_entry(owner: Owner) -> str:
    owner.run("DELETE FROM ledger_leaves WHERE index = %s", owner.rng.randrange(size(owner)))
    return "leaf_missing"


def delete_an_entry_and_close_the_gap(owner: Owner) -> str:
    index = owner.rng.randrange(size(owner) - 1)
    owner.run("DELETE FROM ledger_leaves WHERE index = %s", index)
    for later in range(index + 1, owner.run("SELECT max(index) + 1 FROM ledger_leaves")[0][0]):
        owner.run("UPDATE ledger_leaves SET index = index - 1 WHERE index = %s", later)
    return "leaf_missing"


def delete_the_last_entries(owner: Owner) -> str:
    owner.run("DELETE FROM ledger_leaves WHERE index >= %s", size(owner) - owner.rng.randint(1, 5))
    return "leaf_missing"


def delete_the_last_entries_with_their_checkpoints_and_facts(owner: Owner) -> str:
    """All that the database has of the last hours: only what is kept outside of it tells."""
    sizes = [s for (s,) in owner.run("SELECT size FROM ledger_checkpoints WHERE size > 1 ORDER BY size")]
    left = owner.rng.choice(sizes[:-1])
    for table, column in (("leaves", "index"), ("events", "leaf_index"), ("changes", "leaf_index")):
        owner.run("DELETE FROM {t} WHERE {c} >= %s", left, t=f"ledger_{table}", c=column)
    owner.run("DELETE FROM ledger_checkpoints WHERE size > %s", left)
    return "log_shorter"


def truncate_entries(owner: Owner) -> str:
    owner.run("TRUNCATE ledger_leaves")
    return "leaf_missing"


def truncate_checkpoints(owner: Owner) -> str:
    owner.run("TRUNCATE ledger_checkpoints")
    return "no_checkpoint"


def edit_a_checkpoint(owner: Owner) -> str:
    chosen = owner.run(
        "SELECT size, note FROM ledger_checkpoints ORDER BY size OFFSET %s LIMIT 1", owner.rng.randrange(3)
    )
    was, note = chosen[0]
    lines = note.split("\n")
    lines[owner.rng.choice((1, 3))] += "0"
    owner.run("UPDATE ledger_checkpoints SET note = %s WHERE size = %s", "\n".join(lines), was)
    return "signature_wrong"


def change_a_kept_hash(owner: Owner) -> str:
    what = owner.rng.choice(
        ["UPDATE ledger_leaves SET hash = sha256(hash)", "UPDATE ledger_checkpoints SET root = sha256(root)"]
    )
    owner.run(what)
    return "hash_altered"


def append_an_entry(owner: Owner) -> str:
    body = bent(leaf(owner, 0))
    owner.run("INSERT INTO ledger_leaves VALUES (%s, %s, %s)", size(owner), body, merkle.leaf_hash(body))
    return "uncovered"


def rewrite_history(owner: Owner, signer: checkpoint.Signer) -> None:
    """Another actor in every entry of the last half, all hashes and roots new, all checkpoints signed anew."""
    frontier = merkle.Frontier()
    count = size(owner)
    sizes = {s for (s,) in owner.run("SELECT size FROM ledger_checkpoints")}
    for index in range(count):
        if index >= count // 2:
            write_leaf(owner, index, bent(leaf(owner, index)))
        frontier.append(merkle.leaf_hash(leaf(owner, index)))
        if frontier.size in sizes:
            note = checkpoint.sign(signer, frontier.size, frontier.root(), ("time 2026-11-21T05:00:00Z",))
            owner.run(
                "UPDATE ledger_checkpoints SET note = %s, root = %s WHERE size = %s",
                note,
                frontier.root(),
                frontier.size,
            )


def strangers_key(folder: Path, name: str = NAME) -> checkpoint.Signer:
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:8]
    checkpoint.make_keys(folder / f"{digest}.key", folder / f"{digest}.pub", name)
    return checkpoint.load_signer(folder / f"{digest}.key")


LOG: tuple[Callable[[Owner], str], ...] = (
    edit_an_entry, swap_two_entries, delete_an_entry, delete_an_entry_and_close_the_gap, delete_the_last_entries,
    delete_the_last_entries_with_their_checkpoints_and_facts, truncate_entries, truncate_checkpoints,
    edit_a_checkpoint, change_a_kept_hash, append_an_entry,
)  # fmt: skip
