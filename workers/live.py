"""The live stream of alerts: server-sent events, many open streams in one gevent process.

The stream carries no content, only that something changed; each page then fetches what its viewer may see. The
database is asked for one number a few times a second, for all streams together. (NOTIFY would take a lock at each commit
of a report that all other commits wait for; docs/decisions/0003 says why.)
"""

from __future__ import annotations

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
    """Polls the version of the alerts and wakes all streams when it changes."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.version = ""
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
                        row = database.execute("SELECT vigil.alerts_version()").fetchone()
                        if row and row[0] != self.version:
                            self.version = row[0]
                            self.changed.set()
                            self.changed.clear()
                        gevent.sleep(POLL_SECONDS)
            except Error:
                log.error("database unreachable, trying again")
                gevent.sleep(1)

    def may_listen(self, cookie: str) -> bool:
        """Signed in, and a reader of alerts: the bell alone would tell a reporter that his report raised one."""
        with connect(self.url, autocommit=True) as database:
            found = database.execute("SELECT role FROM vigil.of_session(%s)", [hash_secret(cookie)]).fetchone()
        return found is not None and Viewer(0, Role(found[0])).holds(Permission.READ_ALERTS)


watch = Watch(os.environ.get("VIGIL_DATABASE_URL", "").replace("postgresql+psycopg://", "postgresql://"))


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """GET /live/alerts with the session's cookie; anything else answers as nothing."""
    headers = [("Cache-Control", "no-store"), ("X-Content-Type-Options", "nosniff"), *cross_origin(environ)]
    cookie = parse_cookie(environ.get("HTTP_COOKIE", "")).get(COOKIE, "")
    if environ["PATH_INFO"] != "/live/alerts" or environ["REQUEST_METHOD"] != "GET":
        start_response("404 Not Found", headers)
        return [b""]
    if not cookie or not watch.may_listen(cookie):
        start_response("401 Unauthorized", headers)
        return [b""]
    if watch.streams >= MOST_STREAMS:
        start_response("503 Service Unavailable", [*headers, ("Retry-After", "30")])
        return [b""]
    watch.start()
    start_response("200 OK", [("Content-Type", "text/event-stream; charset=utf-8"), *headers])
    return stream(cookie)


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


def stream(cookie: str) -> Iterator[bytes]:
    watch.streams += 1
    try:
        sent = watch.version  # what came before, the page asks for itself when the stream opens
        checked = time.monotonic()
        yield b"retry: 2000\n\n"
        while True:
            if watch.version and watch.version != sent:
                sent = watch.version
                yield f"event: alerts\ndata: {sent}\n\n".encode()
            elif not watch.changed.wait(timeout=HEARTBEAT_SECONDS):
                yield b": still here\n\n"
            if time.monotonic() - checked > HEARTBEAT_SECONDS:
                checked = time.monotonic()
                if not watch.may_listen(cookie):
                    return
    finally:
        watch.streams -= 1
