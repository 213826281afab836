"""Files on their way in, under var/imports: a random name, for the account of the house alone, and for a day at most."""

from __future__ import annotations

import contextlib
import hashlib
import os
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO

from flask import current_app
from flask_babel import gettext as _

from app.errors import Invalid
from app.mission.importing.guarding import DRIVERS
from app.settings import settings_of

CHUNK = 1024 * 1024
LONGEST = timedelta(days=1)
LONGEST_NAME = 120


@dataclass(frozen=True)
class Kept:
    stored_as: str
    size_bytes: int
    sha256: str


def folder() -> Path:
    found = settings_of(current_app).var / "imports"
    found.mkdir(mode=0o700, exist_ok=True)
    return found


def plain_name(told: str | None) -> str:
    """The file's own name as it may be shown: without folders and without what no line should hold."""
    name = PurePosixPath((told or "").replace("\\", "/")).name
    return "".join(c for c in name if c.isprintable())[-LONGEST_NAME:]


def ending_of(name: str) -> str:
    """Raises Invalid for a kind of file that is not taken."""
    ending = PurePosixPath(name).suffix.lower()
    if ending not in DRIVERS:
        said = _("Send CSV, GeoJSON, GeoPackage, KML, GPX, or a shapefile as one zip.")
        raise Invalid(said, fields={"file": said})
    return ending


def keep(stream: IO[bytes], ending: str) -> Kept:
    """Write it down. Raises Invalid for an empty or too large one, of which nothing stays."""
    most = settings_of(current_app).largest_upload
    name = secrets.token_hex(16) + ending
    path, digest, size = folder() / name, hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            while chunk := stream.read(CHUNK):
                size += len(chunk)
                if size > most:
                    said = _("The file is larger than %(mb)s MB. Split it.", mb=most // CHUNK)
                    raise Invalid(said, fields={"file": said})
                digest.update(chunk)
                file.write(chunk)
        if not size:
            raise Invalid(_("The file is empty."), fields={"file": _("The file is empty.")})
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Kept(name, size, digest.hexdigest())


def path_of(stored_as: str) -> Path:
    return folder() / PurePosixPath(stored_as).name


def remove(stored_as: str) -> None:
    with contextlib.suppress(OSError):
        path_of(stored_as).unlink()


def remove_left_over(but: Iterable[str]) -> int:
    """Files that nobody waits for any more, and all that are older than a day; how many."""
    kept, now, gone = set(but), time.time(), 0
    for file in folder().iterdir():
        age = now - file.stat().st_mtime
        # An hour's grace: one that is being sent stands in no row yet.
        if age > LONGEST.total_seconds() or (file.name not in kept and age > 3600):
            remove(file.name)
            gone += 1
    return gone
