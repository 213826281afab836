"""The live stream of alerts: server-sent events, many open streams in one gevent process.

The stream carries no content, only that something changed among the alerts that its listener reads; each page then
fetches what its viewer may see. The database is asked for one number a sector a few times a second, for all streams
together. (NOTIFY would take a lock at each commit of a report that all other commits wait for; docs/decisions/0003 says
why.)
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent.event import Event
from psycopg import Error, connect
from werkzeug.http import parse_cookie

from app.cookies import COOKIE, hash_secret
from app.permissions import Permission, Role, Viewer

log = logging.getLogger("vigil.live")

POLL_SECONDS = 0.2
HEARTBEAT_SECONDS = 15.0
MOST_STREAMS = 500


class Watch:
    """Polls the versions of the alerts by sector and wakes all streams when one changes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.versions: dict[int, str] = {}
        self.changed = Event()
        self.streams = 0
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
                        rows = database.execute("SELECT * FROM vigil.alerts_versions()").fetchall()
                        found: dict[int, str] = dict(rows)
                        if found != self.versions:
                            self.versions = found
                            self.changed.set()
                            self.changed.clear()
                        gevent.sleep(POLL_SECONDS)
            except Error:
                log.error("database unreachable, trying again")
                gevent.sleep(1)

    def listener(self, cookie: str) -> Viewer | None:
        """Who is signed in, if a reader of alerts: the bell alone would tell a reporter that his report raised one."""
        question = "SELECT role, sector_ids FROM vigil.of_session(%s)"
        with connect(self.url, autocommit=True) as database:
            found = database.execute(question, [hash_secret(cookie)]).fetchone()
        who = None if found is None else Viewer(0, Role(found[0]), frozenset(found[1]))
        return who if who is not None and who.holds(Permission.READ_ALERTS) else None

    def heard_by(self, who: Viewer) -> str:
        """Changes when an alert does that this viewer may read, and only then."""
        heard = sorted(item for item in self.versions.items() if who.may(Permission.READ_ALERTS, item[0]))
        return hashlib.sha256(repr(heard).encode()).hexdigest()[:32]


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
    if watch.streams >= MOST_STREAMS:
        start_response("503 Service Unavailable", [*headers, ("Retry-After", "30")])
        return [b""]
    watch.start()
    start_response("200 OK", [("Content-Type", "text/event-stream; charset=utf-8"), *headers])
    return stream(cookie, who)


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


def stream(cookie: str, listener: Viewer) -> Iterator[bytes]:
    watch.streams += 1
    who: Viewer | None = listener
    try:
        sent = watch.heard_by(listener)  # what came before, the page asks for itself when the stream opens
        checked = time.monotonic()
        yield b"retry: 2000\n\n"
        while who is not None:
            heard = watch.heard_by(who)
            if heard != sent:
                sent = heard
                yield f"event: alerts\ndata: {sent}\n\n".encode()
            elif not watch.changed.wait(timeout=HEARTBEAT_SECONDS):
                yield b": still here\n\n"
            if time.monotonic() - checked > HEARTBEAT_SECONDS:
                checked = time.monotonic()
                who = watch.listener(cookie)
    finally:
        watch.streams -= 1
