"""Where things stand in a checkout: code at the root, everything that Vigil makes under `var/` (0700)."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from steps import Refused

# A unix socket's address holds 107 bytes; the longest name there is supervisor.sock with a process id.
LONGEST_FOLDER = 107 - len("/supervisor.sock.4194304")


@dataclass(frozen=True)
class Checkout:
    root: Path

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def log(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def environment_file(self) -> Path:
        return self.var / "env.sh"

    @property
    def sockets(self) -> Path:
        """The folder of the unix sockets; a short one under /tmp where the checkout lies too deep."""
        folder = self.var / "sockets"
        if len(os.fsencode(folder)) <= LONGEST_FOLDER:
            return folder
        name = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:12]
        return Path(f"/tmp/vigil-{os.geteuid()}-{name}")

    def make_folders(self) -> None:
        for folder in (self.var, self.log, self.secrets, self.var / "stamps", self.sockets):
            make_own_folder(folder)


def make_own_folder(folder: Path) -> None:
    """A folder that its owner alone may enter. Raises Refused where somebody else got there first."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = (
        folder.stat() if folder.name == "var" else folder.lstat()
    )  # var itself may be a link to another disk
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise Refused(
            f"{folder} is not a folder of the account that starts Vigil; remove it and start again."
        )
    folder.chmod(0o700)


def here() -> Checkout:
    return Checkout(Path(__file__).resolve().parent.parent.parent)


class Stamp:
    """Says whether a step's inputs are those of its last success, so that a second start may leave it out."""

    def __init__(self, file: Path, *inputs: bytes | str | Path) -> None:
        digest = hashlib.sha256()
        for each in inputs:
            content = each.read_bytes() if isinstance(each, Path) else os.fsencode(each)
            digest.update(len(content).to_bytes(8, "big") + content)
        self.file = file
        self.value = digest.hexdigest()

    def holds(self) -> bool:
        return self.file.is_file() and self.file.read_text() == self.value

    def renew(self) -> None:
        self.file.write_text(self.value)
