"""The live stream: server-sent events, many open streams in one gevent process.

The stream carries no content, only that something changed among the alerts, incidents, patrols or havens that its
listener reads; each page then fetches what its viewer may see. The database is asked for one number a sector and kind
a few times a second, for all streams together. (NOTIFY would take a lock at each commit of a report that all other
commits wait for; docs/decisions/0003 says why.)

Each event's id says how all of them stood. A browser that comes back says which it heard last, and is told at once of
what has changed since: nothing is missed between.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent.event import Event
from psycopg import Connection, Error, connect
from werkzeug.http import parse_cookie

from app.cookies import COOKIE, hash_secret
from app.permissions import HEARD_LIVE, Role, Viewer, knows_restricted

log = logging.getLogger("vigil.live")

# With the page's question behind it, a quarter of a second from a commit to the picture.
POLL_SECONDS = 0.1
# Patrols move all the time: often enough to be seen within two seconds, and no more.
PICTURE_SECONDS = 1.0
HEARTBEAT_SECONDS = 15.0
MOST_STREAMS = 500
# One person, or whoever holds his session, must not keep the streams of all others.
MOST_OF_ONE = 6


QUICK = ("alerts", "incidents")  # asked for each time
QUICKLY = (
    "SELECT 'alerts', * FROM vigil.alerts_versions() UNION ALL "
    "SELECT 'incidents', * FROM vigil.incidents_versions()"
)
HEARD_LAST = re.compile(r"[0-9a-f.]{1,80}")


class Stream:
    """One open stream. `over`: its person has opened so many since that this one, the oldest, ends."""

    def __init__(self) -> None:
        self.over = False


class Watch:
    """Polls the versions of what is watched, by kind and sector, and wakes all streams when one changes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.versions: dict[tuple[str, int], str] = {}
        self.picture_at = 0.0
        self.changed = Event()
        self.open: dict[int, list[Stream]] = {}  # person → streams, the oldest first
        self.started = False

    def start(self) -> None:
        if not self.started:
            self.started = True
            gevent.spawn(self.run)

    def run(self) -> None:
        while True:
            try:
                with connect(self.url, autocommit=True) as database:
                    while True:
                        self.look(database)
                        gevent.sleep(POLL_SECONDS)
            except Error:
                log.error("database unreachable, trying again")
                gevent.sleep(1)

    def look(self, database: Connection) -> None:
        """Ask once how everything stands, and wake the streams if it is not as before."""
        found = {(kind, sector): version for kind, sector, version in database.execute(QUICKLY)}
        if time.monotonic() - self.picture_at >= PICTURE_SECONDS:
            self.picture_at = time.monotonic()
            for kind, sector, version in database.execute("SELECT * FROM vigil.picture_versions()"):
                found[kind, sector] = found.get((kind, sector), "") + version
        else:
            found |= {key: version for key, version in self.versions.items() if key[0] not in QUICK}
        if found != self.versions:
            self.versions = found
            self.changed.set()
            self.changed.clear()

    @property
    def streams(self) -> int:
        return sum(map(len, self.open.values()))

    def opens(self, person_id: int) -> Stream | None:
        """A stream for this person, for which the oldest of too many ends; None where everybody's are too many."""
        own = self.open.get(person_id, [])
        if len(own) < MOST_OF_ONE and self.streams >= MOST_STREAMS:
            return None
        made = Stream()
        self.open[person_id] = [*own, made]
        if len(own) >= MOST_OF_ONE:
            self.open[person_id][0].over = True
            del self.open[person_id][0]
            self.changed.set()
            self.changed.clear()
        return made

    def closes(self, person_id: int, stream: Stream) -> None:
        left = [s for s in self.open.get(person_id, []) if s is not stream]
        if left:
            self.open[person_id] = left
        else:
            self.open.pop(person_id, None)

    def listener(self, cookie: str) -> Viewer | None:
        """Who is signed in, if there is anything to tell him: the bell alone would tell a reporter that his report
        raised an alert."""
        question = "SELECT role, sector_ids, person_id FROM vigil.of_session(%s)"
        with connect(self.url, autocommit=True) as database:
            found = database.execute(question, [hash_secret(cookie)]).fetchone()
        who = None if found is None else Viewer(found[2], Role(found[0]), frozenset(found[1]))
        return who if who is not None and any(who.holds(p) for p in HEARD_LIVE.values()) else None

    def heard_by(self, who: Viewer) -> dict[str, str]:
        """Kind → what changes when something of it does that this viewer may read, and only then."""
        heard: dict[str, list[tuple[str, int, str]]] = {
            kind: [] for kind, p in HEARD_LIVE.items() if who.holds(p)
        }
        for (watched, sector), version in self.versions.items():
            kind = "havens" if watched == "restricted_havens" else watched
            cleared = kind == watched or knows_restricted(who)
            if kind in heard and cleared and who.may(HEARD_LIVE[kind], sector):
                heard[kind].append((watched, sector, version))
        return {kind: hashlib.sha256(repr(sorted(h)).encode()).hexdigest()[:16] for kind, h in heard.items()}


watch = Watch(os.environ.get("VIGIL_DATABASE_URL", "").replace("postgresql+psycopg://", "postgresql://"))


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """GET /live/alerts with the session's cookie; anything else answers as nothing."""
    headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *cross_origin(environ)]
    cookie = parse_cookie(environ.get("HTTP_COOKIE", "")).get(COOKIE, "")
    if environ["PATH_INFO"] != "/live/alerts" or environ["REQUEST_METHOD"] != "GET":
        start_response("404 Not Found", headers)
        return [b""]
    who = watch.listener(cookie) if cookie else None
    if who is None:
        start_response("401 Unauthorized", headers)
        return [b""]
    opened = watch.opens(who.person_id)
    if opened is None:
        start_response("503 Service Unavailable", [*headers, ("Retry-After", "30")])
        return [b""]
    watch.start()
    start_response("200 OK", [("Content-Type", "text/event-stream; charset=utf-8"), *headers])
    last = environ.get("HTTP_LAST_EVENT_ID", "")
    return Body(cookie, who, opened, last if HEARD_LAST.fullmatch(last) else "")


def cross_origin(environ: dict[str, Any]) -> list[tuple[str, str]]:
    """Without a proxy the stream has a port of its own: only pages of the same host may read it."""
    origin = environ.get("HTTP_ORIGIN", "")
    host = environ.get("HTTP_HOST", "").rsplit(":", 1)[0]
    if origin and urlsplit(origin).hostname == host:
        return [
            ("Access-Control-Allow-Origin", origin),
            ("Access-Control-Allow-Credentials", "true"),
            ("Vary", "Origin"),
        ]
    return []


class Body:
    """The stream's bytes. Its place is given back when the server closes it, even before the first byte."""

    def __init__(self, cookie: str, listener: Viewer, opened: Stream, heard_last: str = "") -> None:
        self.person_id = listener.person_id
        self.opened = opened
        self.said = stream(cookie, listener, opened, heard_last)

    def __iter__(self) -> Iterator[bytes]:
        return self.said

    def close(self) -> None:
        watch.closes(self.person_id, self.opened)
        self.said.close()


def stream(
    cookie: str, listener: Viewer, opened: Stream, heard_last: str = ""
) -> Generator[bytes, None, None]:
    who: Viewer | None = listener
    # What came before the first opening, the page asks for itself when the stream opens.
    sent = watch.heard_by(listener)
    began = sent if not heard_last else dict(zip(sent, heard_last.split("."), strict=False))
    checked = time.monotonic()
    yield f"retry: 2000\nid: {'.'.join(sent.values())}\nevent: here\ndata: \n\n".encode()
    if began != sent and watch.versions:
        yield from events(began, sent)
    while who is not None and not opened.over:
        heard = watch.heard_by(who)
        if heard != sent:
            yield from events(sent, heard)
            sent = heard
        elif not watch.changed.wait(timeout=HEARTBEAT_SECONDS):
            yield b": still here\n\n"
        if time.monotonic() - checked > HEARTBEAT_SECONDS:
            checked = time.monotonic()
            who = watch.listener(cookie)
    if opened.over:
        # A page that opened it anew would close the next one's, round and round: it asks now and then instead.
        yield b"event: elsewhere\ndata: \n\n"


def events(before: dict[str, str], now: dict[str, str]) -> Iterator[bytes]:
    """One event for each kind that differs. The id stands in the last alone: a line that breaks between two tells all
    of them again."""
    changed = [kind for kind in now if now[kind] != before.get(kind)]
    for kind in changed:
        mark = f"id: {'.'.join(now.values())}\n" if kind == changed[-1] else ""
        yield f"{mark}event: {kind}\ndata: {now[kind]}\n\n".encode()
