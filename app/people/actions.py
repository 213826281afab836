"""What people do with their own account: sign in and out, tokens, sessions, password, language. Never commits."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import g, request
from flask_babel import gettext as _
from sqlalchemy import insert, select, text, update

from app.db import ENTER, db
from app.errors import Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.people import passwords, throttle
from app.people.models import ApiToken, Person, SignedInSession
from app.people.queries import own_or_managed
from app.permissions import Permission, Viewer, viewer
from app.sessions import (
    COOKIE,
    SignedIn,
    close_session,
    enter,
    hash_secret,
    new_secret,
    open_session,
    viewer_of,
)  # fmt: skip
from app.words import offered

LONGEST_TOKEN = timedelta(days=366)


@dataclass(frozen=True)
class Refused:
    """A sign-in that failed, told alike whether the account exists; `wait` in seconds, 0 for none."""

    wait: int


def sign_in(username: str, password: str, address: str) -> str | Refused:
    """Check the password and open a session; returns the cookie's value.

    After `Refused` the caller must commit too: a failure that is rolled back is a failure that nobody counts.
    """
    keys = throttle.keys_of(username, address)
    if wait := throttle.seconds_to_wait(keys):
        return Refused(wait)
    known = db.session.execute(
        text("SELECT person_id, password_hash FROM vigil.credentials_of(:typed)"), {"typed": username.strip()}
    ).first()
    # The same work for an account that does not exist: the time of the answer must not tell.
    stored = known.password_hash if known else passwords.nobodys_hash()
    right = len(password) <= passwords.LONGEST and passwords.matches(stored, password)
    if known is None or not right:
        throttle.note_failure(keys)
        record("people.sign_in_refused", "people", known.person_id if known else "unknown")
        return Refused(0)
    close_session()
    secret = begin(known.person_id)
    if passwords.needs_new_hash(stored):
        set_own_password(password)
    record("people.signed_in", "people", known.person_id)
    return secret


def begin(person_id: int) -> str:
    """Open a session and become that person for the rest of the transaction."""
    # The database must know whose session this is before the role, and so the rights, can be asked.
    db.session.connection().exec_driver_sql(ENTER, (str(person_id), "", "", "", ""))
    secret = open_session(person_id)
    found = db.session.execute(text("SELECT * FROM vigil.of_session(:h)"), {"h": hash_secret(secret)}).one()
    enter(viewer_of(found))
    g.signed_in = SignedIn(found.name, found.language, by_token=False)
    return secret


def sign_out() -> None:
    close_session()
    record("people.signed_out", "people", viewer().person_id)


def by_hand() -> None:
    """Refuse a token: what it may do was narrowed when it was made, and it must not widen that itself."""
    signed_in = g.get("signed_in")
    if signed_in and signed_in.by_token:
        raise NotAllowed(_("A token can't do this. Sign in with your password."), code="sign_in_by_hand")


def change_password(current: str, chosen: str, address: str) -> None:
    """Raises Invalid with the field at fault. The other sessions of the person end."""
    by_hand()
    who = viewer()
    username = check_password(current, address)
    if fault := passwords.fault_of(chosen, username):
        raise Invalid(_("This password can't be used."), fields={"chosen": fault})
    set_own_password(chosen)
    end_sessions(who.person_id)
    end_tokens(who.person_id)
    record("people.password_changed", "people", who.person_id)


def check_password(current: str, address: str) -> str:
    """Make sure that the account's holder sits there and not somebody at an open screen; returns the user name.

    Raises Invalid for the field `current`: too many tries, or WrongPassword.
    """
    who = viewer()
    username: str = db.session.execute(select(Person.username).where(Person.id == who.person_id)).scalar_one()
    keys = throttle.keys_of(username, address)
    if throttle.seconds_to_wait(keys):
        sentence = _("Too many wrong passwords. Wait some minutes and try again.")
        raise Invalid(sentence, code="wait", fields={"current": sentence})
    stored = db.session.execute(text("SELECT vigil.own_password_hash()")).scalar_one()
    if len(current) > passwords.LONGEST or not passwords.matches(stored, current):
        throttle.note_failure(keys)
        record("people.password_refused", "people", who.person_id)
        raise WrongPassword
    return username


class WrongPassword(Invalid):
    """The caller must commit: the failure is counted."""

    def __init__(self) -> None:
        super().__init__(
            _("This password can't be used."), fields={"current": _("This is not your present password.")}
        )


def set_own_password(password: str) -> None:
    db.session.execute(
        update(Person)
        .where(Person.id == viewer().person_id)
        .values(password_hash=passwords.hash_password(password))
    )


def end_sessions(person_id: int) -> None:
    """End the person's sessions, all but the one that asks."""
    s = SignedInSession
    cookie = request.cookies.get(COOKIE, "")
    db.session.execute(
        update(s)
        .where(s.person_id == person_id, s.revoked_at.is_(None), s.token_hash != hash_secret(cookie))
        .values(revoked_at=datetime.now(UTC))
    )


def end_tokens(person_id: int) -> None:
    """Revoke the person's tokens: whoever knew the old password may have made one."""
    db.session.execute(
        update(ApiToken)
        .where(ApiToken.person_id == person_id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=datetime.now(UTC))
    )


def choose_language(language: str) -> None:
    if language not in dict(offered()):
        raise Invalid(_("Vigil does not speak this language yet."))
    who = viewer().person_id
    db.session.execute(update(Person).where(Person.id == who).values(language=language))
    record("people.language_chosen", "people", who, {"language": language})


def revoke_session(token_hash: bytes) -> None:
    """End a session: one's own, or anybody's for those who manage people."""
    by_hand()
    s = SignedInSession
    person_id = db.session.execute(
        update(s)
        .where(s.token_hash == token_hash, s.revoked_at.is_(None), own_or_managed(s.person_id))
        .values(revoked_at=datetime.now(UTC))
        .returning(s.person_id)
    ).scalar()
    if person_id is None:
        raise NotFound
    record("people.session_revoked", "people", person_id)


def token_scopes(holder: Viewer, chosen: Iterable[str]) -> list[str]:
    """The scopes of a new token: what was chosen and the role holds, with the mission's base data in any case.

    Without `people:own_account` a token could not even read the sectors and places that a report is filed in.
    Raises Invalid when nothing is left.
    """
    known = {p.value for p in Permission if holder.holds(p)}
    kept = {scope for scope in chosen if scope in known}
    if not kept:
        raise Invalid(_("Choose at least one thing that this role may do."))
    return sorted(kept | {Permission.OWN_ACCOUNT.value})


def create_token(label: str, scopes: Iterable[str], days: int, password: str, address: str) -> str:
    """Make a token of one's own; returns the secret, which is shown once and kept as a hash.

    It takes the password anew: a stolen session must not make something that outlives it. Raises Invalid.
    """
    by_hand()
    check_password(password, address)
    lasts = timedelta(days=days)
    if not timedelta(0) < lasts <= LONGEST_TOKEN:
        raise Invalid(_("A token lasts from a day to a year."))
    who = viewer()
    kept = token_scopes(who, scopes)
    secret = new_secret()
    token_id = db.session.execute(
        insert(ApiToken).returning(ApiToken.id),
        {
            "token_hash": hash_secret(secret),
            "person_id": who.person_id,
            "label": label,
            "scopes": kept,
            "expires_at": datetime.now(UTC) + lasts,
        },
    ).scalar_one()
    record("people.token_created", "api_tokens", token_id, {"person": who.person_id, "scopes": kept})
    return secret


def revoke_token(token_id: int) -> None:
    """Revoke a token: one's own, or anybody's for those who manage people. It fails at its next request."""
    by_hand()
    t = ApiToken
    person_id = db.session.execute(
        update(t)
        .where(t.id == token_id, t.revoked_at.is_(None), own_or_managed(t.person_id))
        .values(revoked_at=datetime.now(UTC))
        .returning(t.person_id)
    ).scalar()
    if person_id is None:
        raise NotFound
    record("people.token_revoked", "api_tokens", token_id, {"person": person_id})
