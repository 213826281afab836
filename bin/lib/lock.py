"""One bin/run a checkout, and no bin/flask that takes the database away from under another."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import TextIO


class Lock:
    """An advisory lock that ends with its process; the file says who holds it."""

    def __init__(self, var: Path) -> None:
        self.path = var / "lock"
        self.file: TextIO | None = None

    def take(self, holder: str) -> bool:
        """True when it is ours now; False when somebody else holds it already."""
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        self.file = file  # closing it would release the lock
        file.truncate(0)
        file.write(holder)
        file.flush()
        return True

    def holder(self) -> str:
        return self.path.read_text()
