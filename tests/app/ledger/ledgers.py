"""A small ledger made in memory, for the tests of bundle and verifier; and the verifier as a module."""

from __future__ import annotations

import hashlib
import importlib.machinery
import importlib.util
import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

from app.ledger import bundle, canonical, checkpoint, merkle

START = datetime(2026, 11, 21, 5, 0, tzinfo=UTC)
VERIFIER = Path(__file__).parents[3] / "bin" / "verify-ledger"
TABLES = ("alerts", "alert_transitions", "patrols", "havens")


@dataclass
class Ledger:
    """What an export would read. Tests bend its lists and look what the verifier says of it."""

    signer: checkpoint.Signer
    leaves: list[tuple[int, bytes]] = field(default_factory=list)
    checkpoints: list[str] = field(default_factory=list)
    facts: dict[tuple[str, str], bytes] = field(default_factory=dict)
    erased: list[tuple[str, str]] = field(default_factory=list)
    pending: list[bundle.Change] = field(default_factory=list)
    announced: int | None = None

    def add(self, changes: Sequence[bundle.Change], action: str = "alerts.acknowledge") -> None:
        index = len(self.leaves)
        event: dict[str, Any] = {
            "v": 1,
            "action": action,
            "at": (START + timedelta(seconds=index))
            .isoformat(timespec="microseconds")
            .replace("+00:00", "Z"),
            "actor": "person:12",
            "role": "watchkeeper_joc",
            "subject": "alerts:143",
            "details_commitment": None,
        }
        leaf = {"event": event, "changes": [change.as_json() for change in changes]}
        self.leaves.append((index, canonical.dumps(leaf)))

    def sign(self, signer: checkpoint.Signer | None = None, size: int | None = None) -> str:
        """A checkpoint over the leaves as they now are."""
        size = len(self.leaves) if size is None else size
        root = merkle.root_of(merkle.leaf_hash(body) for _, body in self.leaves[:size])
        at = (START + timedelta(seconds=size)).isoformat().replace("+00:00", "Z")
        return checkpoint.sign(signer or self.signer, size, root, (f"time {at}",))

    def lines(self) -> list[bytes]:
        key = self.signer.public
        announced = len(self.leaves) if self.announced is None else self.announced
        header = bundle.Header(key.name, key.vkey, START + timedelta(days=1), announced)
        facts = [(table, row, digest) for (table, row), digest in self.facts.items()]
        written = bundle.write(
            header, self.leaves, self.checkpoints, facts, pending=self.pending, erased=self.erased
        )
        return list(written)


def digest_of(*what: object) -> bytes:
    return hashlib.sha256(repr(what).encode()).digest()


def grown(rng: random.Random, signer: checkpoint.Signer, entries: int = 60, every: int = 7) -> Ledger:
    """A ledger whose rows are inserted, updated, deleted and erased; one row of each state at the least."""
    ledger, n = Ledger(signer), 0
    for index in range(entries):
        changes = []
        for _ in range(rng.choice((0, 1, 1, 2, 3)) if index > 5 else 2):
            n += 1
            absent = ("alerts", str(n))
            table, row = rng.choice([absent, *ledger.facts]) if len(ledger.facts) > 9 else absent
            op = "I" if (table, row) == absent else rng.choice("UUUUD")
            if op == "I":
                table = rng.choice(TABLES)
            digest = None if op == "D" else digest_of(n, index)
            changes.append(bundle.Change(table, row, op, digest, n))
            if digest is None:
                del ledger.facts[table, row]
            else:
                ledger.facts[table, row] = digest
        ledger.add(changes)
        if (index + 1) % every == 0 or index + 1 == entries:
            ledger.checkpoints.append(ledger.sign())
    return ledger


def as_module() -> ModuleType:
    loader = importlib.machinery.SourceFileLoader("verify_ledger", str(VERIFIER))
    spec = importlib.util.spec_from_loader("verify_ledger", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    sys.modules["verify_ledger"] = module
    loader.exec_module(module)
    sys.dont_write_bytecode = before
    return module


verifier = as_module()
