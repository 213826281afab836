"""A room in which people can be told: contacts that were tested, people on watch, a gateway's folders."""

from __future__ import annotations

import os
import time
from datetime import datetime
from pathlib import Path

import psycopg

from tests.people import record

FOLDERS = ("outbox", "inbox", "sent", "error")


def spool(under: Path) -> Path:
    """gammu-smsd's four folders."""
    found = under / "spool"
    for name in FOLDERS:
        (found / name).mkdir(parents=True)
    return found


def contact(owner: psycopg.Connection, person: int, address: str, route: str = "sms") -> int:
    """A contact of this person that was tested just now."""
    with owner.transaction():
        row = owner.execute(
            "INSERT INTO contacts (person_id, route, address, tested_at) VALUES (%s, %s, %s, now()) RETURNING id",
            [person, route, address],
        ).fetchone()
        record(owner)
    assert row
    return int(row[0])


def on_watch(
    owner: psycopg.Connection, person: int, post: str, sector: int | None = None, deputy: bool = False,
    at: datetime | None = None,
) -> None:  # fmt: skip
    """On watch from an hour before `at` (now) for a day."""
    with owner.transaction():
        owner.execute(
            "INSERT INTO watches (post, sector_id, person_id, role, deputy, ways, from_at, until_at) "
            "VALUES (%s, %s, %s, 'x', %s, '{screen,sms}', coalesce(%s, now()) - interval '1 hour', "
            "coalesce(%s, now()) + interval '1 day')",
            [post, sector, person, deputy, at, at],
        )
        record(owner)


def sent_to(folder: Path) -> dict[str, list[str]]:
    """Number → the words of the messages that lie in the folder for it, oldest first."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.glob("OUT*.txt")):
        found.setdefault(path.name.split("_")[3], []).append(path.read_text())
    return found


def answer(inbox: Path, number: str, words: str, serial: int = 0) -> Path:
    """What somebody has sent, as the daemon leaves it."""
    when = datetime.now().strftime("%Y%m%d_%H%M%S")
    path = inbox / f"IN{when}_{serial:02d}_{number}_00.txt"
    path.write_text(words)
    written = time.time() - 5
    os.utime(path, (written, written))
    return path
