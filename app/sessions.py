"""The gate: who is asking, and whether this route is for them. Closed by default.

A route that declares neither a permission nor `open_to_all` answers nobody. Sessions live in PostgreSQL and
are looked up at each request, so that a revocation works on the next one; the cookie holds a random id of which
only the hash is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFProtect
from sqlalchemy import text
from werkzeug.wrappers import Response as BaseResponse

from app.cookies import COOKIE, hash_secret, new_secret
from app.db import ENTER, context_of, db
from app.errors import NotAllowed, SignInFirst, for_programs
from app.permissions import Permission, Role, Viewer, asked_by, current_viewer

# At most; one that nobody uses ends before, as the standing procedures say (session_idle_minutes).
LASTS = timedelta(hours=12)
NOTED_EVERY = timedelta(minutes=1)
# What a page asks by itself says so, and keeps no session alive: a screen that was left alone must close.
BY_ITSELF = "Vigil-By-Itself"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

# For the driver: each request asks one of them before anything else.
OF_TOKEN = "SELECT * FROM vigil.of_token(%s)"  # noqa: S105 - a statement
OF_SESSION = "SELECT * FROM vigil.of_session(%s)"
# With the rights that this token had when it came last, told to the database in the same round trip. They are asked for
# all the same: where they are others now, those are told before anything else happens.
OF_TOKEN_AS_BEFORE = "SELECT found.*, vigil.enter(%s, %s, %s, %s, %s) FROM vigil.of_token(%s) AS found"  # noqa: S105
MOST_REMEMBERED = 4096

csrf = CSRFProtect()
# Hash of a token → whose it was. A mistaken guess costs a round trip and nothing else.
remembered: dict[bytes, Viewer] = {}
KNOWN = {p.value: p for p in Permission}


@dataclass(frozen=True)
class SignedIn:
    """The person behind the request, for pages: the name shown in the corner, and the language."""

    name: str
    language: str
    by_token: bool


def bearer_token() -> str | None:
    header = request.headers.get("Authorization", "")
    return header[7:].strip() if header.startswith("Bearer ") else None


View = TypeVar("View", bound=Callable[..., Any])


def by_device(view: View) -> View:
    """Declare that a route takes a device's key. A browser's session counts for nothing there, and so no form's token is
    asked for: nothing is done in the name of whoever happens to be signed in."""
    view.by_device = True  # type: ignore[attr-defined]
    return view


def takes_file(view: View) -> View:
    """Declare that a route takes a file, and with it a longer body than any other (app/factory.py)."""
    view.takes_file = True  # type: ignore[attr-defined]
    return view


def identify(by_cookie: bool = True) -> None:
    """Find out who is asking and tell the database, in the transaction that the request will use."""
    token = bearer_token()
    cookie = request.cookies.get(COOKIE) if by_cookie else None
    if token:
        identify_by_token(token)
    elif cookie:
        identify_by_cookie(cookie)


def identify_by_cookie(cookie: str) -> None:
    found = db.session.connection().exec_driver_sql(OF_SESSION, (hash_secret(cookie),)).first()
    if found is None:
        g.unknown_cookie = True
        # Of one that was ended, by an administrator or from elsewhere, nothing stays in that browser either: it may be
        # in other hands.
        g.ended = bool(
            db.session.scalar(text("SELECT vigil.session_was_ended(:h)"), {"h": hash_secret(cookie)})
        )
        return
    if BY_ITSELF not in request.headers:
        note_use(cookie, found.seen_at)
    enter(viewer_of(found))
    g.signed_in = SignedIn(found.name, found.language, by_token=False)


def identify_by_token(token: str) -> None:
    hashed = hash_secret(token)
    before = remembered.get(hashed)
    connection = db.session.connection()
    if before is None:
        found = connection.exec_driver_sql(OF_TOKEN, (hashed,)).first()
    else:
        found = connection.exec_driver_sql(OF_TOKEN_AS_BEFORE, (*context_of(before), hashed)).first()
    if found is None:
        remembered.pop(hashed, None)
        return
    viewer = viewer_of(found)
    if viewer == before:
        current_viewer.set(viewer)
    else:
        enter(viewer)
        if len(remembered) >= MOST_REMEMBERED:
            remembered.clear()
        remembered[hashed] = viewer
    g.signed_in = SignedIn(found.name, found.language, by_token=True)


def note_use(cookie: str, seen_at: datetime) -> None:
    """Write down that a session is used, once a minute; in a transaction of its own, since reading commits nothing."""
    if datetime.now(UTC) - seen_at < NOTED_EVERY:
        return
    # It may get lost in a crash; waiting for the disk would slow the page down.
    db.session.execute(text("SET LOCAL synchronous_commit = off"))
    db.session.execute(text("SELECT vigil.session_seen(:h)"), {"h": hash_secret(cookie)})
    db.session.commit()


def viewer_of(found: object) -> Viewer:
    """A Viewer from a row of vigil.signed_in."""
    scopes = found.scopes  # type: ignore[attr-defined]
    return Viewer(
        person_id=found.person_id,  # type: ignore[attr-defined]
        role=Role(found.role),  # type: ignore[attr-defined]
        sector_ids=frozenset(found.sector_ids),  # type: ignore[attr-defined]
        compartments=frozenset(found.compartments),  # type: ignore[attr-defined]
        narrowed=None if scopes is None else frozenset(KNOWN[s] for s in scopes if s in KNOWN),
    )


def enter(viewer: Viewer) -> None:
    current_viewer.set(viewer)
    db.session.connection().exec_driver_sql(ENTER, context_of(viewer))


def open_session(person_id: int) -> str:
    """Start a session for a person whose password was right; returns the cookie's value. Commit is the caller's."""
    secret = new_secret()
    db.session.execute(
        text("INSERT INTO sessions (token_hash, person_id, expires_at) VALUES (:h, :p, :e)"),
        {"h": hash_secret(secret), "p": person_id, "e": datetime.now(UTC) + LASTS},
    )
    return secret


def close_session() -> None:
    cookie = request.cookies.get(COOKIE)
    if cookie:
        db.session.execute(
            text("UPDATE sessions SET revoked_at = now() WHERE token_hash = :h"), {"h": hash_secret(cookie)}
        )


def give_cookie(response: BaseResponse, secret: str) -> None:
    response.set_cookie(
        COOKIE,
        secret,
        max_age=int(LASTS.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        path="/",
    )


def gate() -> BaseResponse | None:
    current_viewer.set(None)
    if request.endpoint is None or request.endpoint == "static":
        return None
    view = current_app.view_functions[request.endpoint]
    device = getattr(view, "by_device", False)
    identify(by_cookie=not device)
    viewer = current_viewer.get()
    if getattr(view, "takes_file", False) and viewer is None:
        # Before the form's token: to find it, all of what was sent would have to be read.
        raise SignInFirst(_("Sign in first, or send a bearer token."))
    if request.method not in SAFE_METHODS and not device and not (viewer and g.signed_in.by_token):
        csrf.protect()
    if getattr(view, "open_to_all", False):
        return None
    if viewer is None:
        if for_programs(request.path) or request.headers.get("HX-Request"):
            raise SignInFirst(_("Sign in first, or send a bearer token."))
        return redirect(url_for("people.sign_in_page", next=request.full_path.rstrip("?")))
    if not viewer.opens(asked_by(view)):
        raise NotAllowed(_("Your role does not include this. Ask your supervisor if you need it."))
    return None


def register(app: Flask) -> None:
    csrf.init_app(app)
    app.before_request(gate)

    @app.teardown_request
    def leave(error: BaseException | None) -> None:
        current_viewer.set(None)

    @app.after_request
    def forget_unknown_cookie(response: Response) -> Response:
        if g.get("unknown_cookie") and COOKIE not in response.headers.get("Set-Cookie", ""):
            response.delete_cookie(COOKIE, path="/")
            if g.get("ended"):
                response.headers["Clear-Site-Data"] = '"storage"'
        return response
