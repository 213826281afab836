"""No process outlives the command that started it, not even a grandchild whose parent was killed."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # prctl(2)


def adopt_orphans() -> None:
    """From now on, a descendant whose parent dies becomes this process's child instead of init's."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl")


def children() -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            # pid (name) state ppid …; the name may hold anything, a closing bracket too
            state, parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue  # it ended meanwhile
        if int(parent) == os.getpid() and state != "Z":
            found.append(int(entry.parent.name))
    return found


def end_orphans(patience: float = 2.0) -> None:
    """End what is left after the orderly stop: a request first, after `patience` seconds without asking."""
    deadline = time.monotonic() + patience
    asked: set[int] = set()
    while left := children():
        late = time.monotonic() > deadline
        for pid in left:
            if late or pid not in asked:
                asked.add(pid)
                try:
                    os.kill(pid, signal.SIGKILL if late else signal.SIGTERM)
                except ProcessLookupError:
                    continue
        time.sleep(0.05)
