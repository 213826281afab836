"""What an adviser does with a signal: takes it up, and says what came of it. Never commits."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, select

from app.api.bodies import Body
from app.db import db
from app.errors import Conflict
from app.ledger.actions import record
from app.permissions import viewer
from app.signals import queries
from app.signals.models import Outcome, SignalStep, Step


class Taking(Body):
    """`over_from`: the person who has it, as the list says; nobody, where it says so."""

    over_from: int | None = None


class Settlement(Body):
    """What came of a signal, by a code alone: words about whom it concerns have no place here."""

    outcome: Outcome


def take(signal_id: int, said: Taking) -> None:
    """Take it up, or over from a colleague. Raises NotFound, or Conflict where it stands otherwise than was seen."""
    one = held(signal_id)
    holder = one.by_id if one.step == Step.TAKEN else None
    if one.step == Step.SETTLED or holder == viewer().person_id or holder != said.over_from:
        raise Conflict(_("Somebody was quicker. Look at the list again."), code="wrong_state")
    write(signal_id, Step.TAKEN)


def settle(signal_id: int, said: Settlement) -> None:
    """By whoever has taken it up. Raises NotFound, or Conflict where he has not."""
    one = held(signal_id)
    if one.step != Step.TAKEN or one.by_id != viewer().person_id:
        raise Conflict(_("Only whoever took it up settles it. Look at the list again."), code="wrong_state")
    write(signal_id, Step.SETTLED, said.outcome)


def held(signal_id: int) -> Row[Any]:
    """Nobody else writes a step of it until the commit; a row that nobody may change can't be locked itself."""
    queries.one(signal_id)
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("signals"), signal_id)))
    return queries.one(signal_id)


def write(signal_id: int, kind: Step, outcome: Outcome | None = None) -> None:
    step = {"id": uuid4(), "signal_id": signal_id, "kind": kind.value, "by_id": viewer().person_id}
    step |= {"outcome": outcome.value} if outcome else {}
    db.session.execute(insert(SignalStep).inline(), step)
    record(f"signals.{kind.value}", "signal_steps", step["id"])
