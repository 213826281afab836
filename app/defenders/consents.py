"""Consent: given for a scope until a day, withdrawn at once. What operations see follows in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.db import db
from app.defenders import gate
from app.defenders.gate import SHARING
from app.defenders.keeping import kept_file
from app.defenders.models import Consent, DefenderCell
from app.defenders.wording import HOW, SCOPES
from app.errors import Conflict, Invalid, NotFound
from app.ledger.actions import record
from app.permissions import viewer

# Consent is asked for again at least this often.
LONGEST = timedelta(days=730)


@dataclass(frozen=True)
class Given:
    """A consent as the person gave it: scope 1 to 10 of the handbook's 3.8, from a day to the end of a day (UTC)."""

    scope: int
    given_on: date
    until: date
    how: str
    conditions: str = ""


def end_of(day: date) -> datetime:
    """The moment at which consent given until that day ends: midnight UTC after it."""
    return datetime.combine(day + timedelta(days=1), time(), UTC)


def shared_until(in_force: Iterable[tuple[int, date]]) -> datetime | None:
    """From (scope, until) of the consents in force today: the end of the longest that lets operations see the
    cell; None when there is none."""
    days = [until for scope, until in in_force if scope in SHARING]
    return end_of(max(days)) if days else None


def check(given: Given) -> None:
    """Raises Invalid with a sentence a field."""
    wrong = {}
    if given.scope not in SCOPES or given.scope == 0:
        wrong["scope"] = _("Choose what the person consents to.")
    if given.how not in HOW:
        wrong["how"] = _("Choose how the consent was given.")
    if given.given_on > gate.today():
        wrong["given_on"] = _("A consent that is to come can’t be recorded.")
    if given.until < given.given_on:
        wrong["until"] = _("The consent ends before it begins.")
    elif given.until > given.given_on + LONGEST:
        wrong["until"] = _("Two years is the longest. Ask again then.")
    if wrong:
        raise Invalid(_("This consent can’t be recorded yet."), fields=wrong)


def give_consent(defender_id: int, given: Given) -> int:
    """Record a consent; returns its id. Raises NotFound, NotAllowed, Invalid."""
    check(given)
    defender = kept_file(defender_id)
    consent_id = add(defender.id, given)
    share(defender.id)
    record("defenders.consent_given", "consents", consent_id)
    return consent_id


def add(defender_id: int, given: Given) -> int:
    consent = Consent(
        defender_id=defender_id, scope=given.scope, given_on=given.given_on, until=given.until, how=given.how,
        conditions=given.conditions, recorded_by_id=viewer().person_id,
    )  # fmt: skip
    db.session.add(consent)
    db.session.flush()
    return consent.id


def withdraw_consent(defender_id: int, consent_id: int) -> None:
    """End a consent now. Raises NotFound, NotAllowed, Conflict (withdrawn before)."""
    defender = kept_file(defender_id)
    consent = db.session.scalars(
        select(Consent).where(Consent.id == consent_id, Consent.defender_id == defender.id).with_for_update()
    ).first()
    if consent is None:
        raise NotFound
    if consent.withdrawn_at is not None:
        raise Conflict(_("This consent was withdrawn before."))
    consent.withdrawn_at = datetime.now(UTC)
    db.session.flush()
    share(defender.id)
    record("defenders.consent_withdrawn", "consents", consent.id)


def share(defender_id: int) -> None:
    """Let both cells stand on the operations picture for as long as the consents in force say, and no longer."""
    rows = db.session.execute(
        select(Consent.scope, Consent.until).where(Consent.defender_id == defender_id, gate.in_force())
    )
    until = shared_until((row.scope, row.until) for row in rows)
    db.session.execute(
        update(DefenderCell).where(DefenderCell.defender_id == defender_id).values(shared_until=until)
    )
