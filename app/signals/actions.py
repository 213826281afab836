"""What an adviser does with a signal: takes it up, and says what came of it. Never commits."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from app.api.bodies import Body
from app.db import db
from app.errors import Conflict, NotFound
from app.ledger.actions import record
from app.permissions import viewer
from app.signals import queries
from app.signals.models import Outcome, Signal


class Settlement(Body):
    """What came of a signal, by a code alone: words about whom it concerns have no place here."""

    outcome: Outcome


def take(signal_id: int) -> None:
    """Raises NotFound, or Conflict where somebody has it already."""
    taken = {"taken_at": datetime.now(UTC), "taken_by_id": viewer().person_id}
    change(signal_id, Signal.taken_at.is_(None), taken, _("Somebody has taken this up already."))
    record("signals.taken", "signals", signal_id)


def settle(signal_id: int, said: Settlement) -> None:
    """By whoever took it up. Raises NotFound, or Conflict where he did not, or it is settled."""
    who = viewer()
    values = {
        "settled_at": datetime.now(UTC),
        "settled_by_id": who.person_id,
        "outcome": said.outcome.value,
    }
    mine = Signal.taken_by_id == who.person_id
    change(signal_id, mine, values, _("Only whoever took it up settles it. Look at the list again."))
    record("signals.settled", "signals", signal_id)


def change(signal_id: int, when: ColumnElement[bool], values: dict[str, Any], otherwise: str) -> None:
    this = Signal.id == signal_id
    if db.session.execute(select(Signal.id).where(this, queries.visible())).scalar() is None:
        raise NotFound
    changed = db.session.execute(
        update(Signal)
        .where(this, when, Signal.settled_at.is_(None))
        .values(**values)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(otherwise, code="wrong_state")
