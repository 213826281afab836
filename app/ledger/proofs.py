"""Proofs from the tree over all leaves. The tree is built once a process and grows with the log: every level of it is
kept, 64 bytes a leaf, so that a proof costs microseconds and not a walk through the table.

Roots and proofs are only as good as the checkpoint they are held against; a tree that does not fit the signed
root is built anew once, in case the database was replaced under it, and then is what it is: altered.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from threading import Lock
from typing import Any

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import select

from app.db import db
from app.errors import Invalid, NotAllowed
from app.ledger import merkle, queries
from app.ledger.models import LedgerCheckpoint, LedgerLeaf
from app.permissions import Permission, viewer

KEPT = "vigil_ledger_tree"
lock = Lock()


@dataclass(frozen=True)
class Inclusion:
    index: int
    size: int
    leaf_hash: bytes
    path: list[bytes]
    root: bytes
    checkpoint: LedgerCheckpoint | None

    @property
    def fits(self) -> bool:
        """Whether path and leaf lead to the root of the checkpoint, which a reader still has to verify."""
        signed = self.checkpoint.root if self.checkpoint else self.root
        return merkle.verify_inclusion(self.leaf_hash, self.index, self.size, self.path, bytes(signed))

    def as_json(self) -> dict[str, Any]:
        return {
            "index": self.index, "size": self.size, "leaf_hash": encoded(self.leaf_hash),
            "proof": [encoded(node) for node in self.path], "root": encoded(self.root),
            "checkpoint": self.checkpoint.note if self.checkpoint else None,
        }  # fmt: skip


def encoded(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def inclusion(index: int, size: int | None = None) -> Inclusion:
    """That entry `index` stands in the log of `size` entries; of the latest checkpoint when no size is given."""
    latest = signed_head()
    size = latest.size if size is None else size
    if not 0 <= index < size <= latest.size:
        raise Invalid(_("Give an entry of the log and a size above it, up to that of the latest checkpoint."))
    _event, leaf = queries.entry(index)
    with lock:
        tree = tree_up_to(latest)
        path, root = tree.inclusion_proof(index, size), tree.root(size)
    return Inclusion(index, size, merkle.leaf_hash(bytes(leaf.body)), path, root, queries.checkpoint_of(size))


def consistency(old: int, new: int | None = None) -> dict[str, Any]:
    """That the log of `new` entries begins with the log of `old` entries."""
    latest = signed_head()
    new = latest.size if new is None else new
    if not 0 <= old <= new <= latest.size:
        raise Invalid(_("Give two sizes in their order, up to that of the latest checkpoint."))
    with lock:
        tree = tree_up_to(latest)
        path, old_root, new_root = tree.consistency_proof(old, new), tree.root(old), tree.root(new)
    signed = queries.checkpoint_of(new)
    return {
        "from": old, "to": new, "proof": [encoded(node) for node in path], "from_root": encoded(old_root),
        "to_root": encoded(new_root), "checkpoint": signed.note if signed else None,
    }  # fmt: skip


def signed_head() -> LedgerCheckpoint:
    if Permission.READ_LEDGER not in viewer().anywhere():
        raise NotAllowed(_("Your role does not read the log."))
    latest = queries.latest_checkpoint()
    if latest is None:
        raise Invalid(_("The log has no signed checkpoint yet."), code="no_checkpoint")
    return latest


def tree_up_to(head: LedgerCheckpoint) -> merkle.Tree:
    kept: merkle.Tree = current_app.extensions.setdefault(KEPT, merkle.Tree())
    grow(kept, head.size)
    if kept.size < head.size or kept.root(head.size) != bytes(head.root):
        kept = current_app.extensions[KEPT] = merkle.Tree()
        grow(kept, head.size)
    if kept.size < head.size:
        raise Invalid(_("Entries are missing from the log: have it verified."), code="entries_missing")
    return kept


def grow(tree: merkle.Tree, size: int) -> None:
    query = (
        select(LedgerLeaf.index, LedgerLeaf.hash)
        .where(LedgerLeaf.index >= tree.size, LedgerLeaf.index < size)
        .order_by(LedgerLeaf.index)
    )
    for index, hashed in db.session.execute(query):
        if index != tree.size:
            return
        tree.append(bytes(hashed))
