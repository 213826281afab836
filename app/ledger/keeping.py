"""The kept checkpoints: a file outside the database, to which the sequencer adds each note that it has signed.

It is the first witness: who owns the database alone can take entries and checkpoints out of it together, and what
this file keeps then tells of more than the database holds.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from app.ledger.checkpoint import Checkpoint, PublicKey, verify

NOTE = re.compile(r"(?:[^\n]+\n)+\n(?:— [^\n]+\n)+")


def file_in(var: Path) -> Path:
    return var / "checkpoints" / "checkpoints.txt"


def keep(file: Path, note: str) -> None:
    """Add a note, on disk before this returns. The file is for its account alone."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(descriptor, f"{note}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def drop_torn_note(file: Path) -> None:
    """Cut off a note that was being written when the machine stopped; whole notes stay."""
    if not file.exists():
        return
    written = file.read_text(encoding="utf-8", errors="replace")
    end = max((found.end() for found in NOTE.finditer(written)), default=0)
    if written[end:].strip("\n"):
        os.truncate(file, len(written[:end].encode()))
        if end:
            with file.open("a", encoding="utf-8") as again:
                again.write("\n")


def last_kept(file: Path, key: PublicKey) -> Checkpoint | None:
    """The checkpoint kept last. CheckpointError when it is not signed with this key."""
    notes = NOTE.findall(file.read_text(encoding="utf-8")) if file.exists() else []
    return verify(notes[-1], key) if notes else None
