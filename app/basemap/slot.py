"""The slot: the one file that VIGIL_BASE_MAP names, opened at start and again whenever another takes its place."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from app.basemap import mbtiles_file, pmtiles_file
from app.basemap.models import Archive, Fault, Unsuitable, tiles_of


@dataclass(frozen=True)
class Held:
    """What is in the slot now: an archive and the tag of its content, or the fault for which there is none."""

    archive: Archive | None = None
    tag: str = ""
    fault: Fault | None = None


def opened(path: Path) -> Archive:
    """The file as an archive, its first tile looked at. Raises Unsuitable."""
    beginning = beginning_of(path)
    archive: Archive
    if beginning.startswith(pmtiles_file.MAGIC):
        archive = pmtiles_file.PMTilesFile(path)
    elif beginning.startswith(mbtiles_file.MAGIC):
        archive = mbtiles_file.MBTilesFile(path)
    else:
        raise Unsuitable(Fault.OTHER_FORMAT)
    first = next(archive.every(), None)
    if first is None:
        raise Unsuitable(Fault.EMPTY)
    if tiles_of(first) is None:
        raise Unsuitable(Fault.DAMAGED)
    return archive


def beginning_of(path: Path) -> bytes:
    try:
        # Looked at before it is opened: to open a pipe would wait for whoever writes into it.
        if not stat.S_ISREG(path.stat().st_mode):
            raise Unsuitable(Fault.NOT_A_FILE)
        with path.open("rb") as file:
            return file.read(4096)
    except FileNotFoundError:
        raise Unsuitable(Fault.MISSING) from None
    except OSError:
        raise Unsuitable(Fault.UNREADABLE) from None


class Slot:
    def __init__(self, path: Path | None) -> None:
        self.path = path
        self.lock = Lock()
        self.seen: tuple[int, ...] | None = None
        self.held = Held()

    def now(self) -> Held:
        """What the slot holds; one look at the folder (some microseconds) unless the file has changed."""
        if self.path is None:
            return self.held
        with self.lock:
            seen = self.look()
            if seen != self.seen:
                self.held, self.seen = self.open(seen), seen
            return self.held

    def look(self) -> tuple[int, ...]:
        try:
            found = os.stat(self.path)  # type: ignore[arg-type]
        except OSError:
            return ()
        return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_mode)

    def open(self, seen: tuple[int, ...]) -> Held:
        assert self.path is not None
        try:
            archive = opened(self.path)
            # Hashing gigabytes at each start would take minutes: size, time and the beginning tell files apart.
            told = repr(seen[2:4]).encode() + beginning_of(self.path)
        except Unsuitable as unsuitable:
            return Held(fault=unsuitable.fault)
        return Held(archive, hashlib.sha256(told).hexdigest()[:16])
