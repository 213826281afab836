"""The rest of a day as an officer confirms it: new times, stops that go with another patrol or are called off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from app.db import db
from app.errors import Conflict
from app.ledger.actions import record
from app.patrols.models import Patrol, PatrolStop
from app.replanning.day import day_of
from app.replanning.repairing import Change, as_confirmed


def confirm(patrol_id: int, said: Mapping[int, int]) -> None:
    """Write the rest of the day around the patrol that answers an alert. said: for each stop left of the patrol that is
    called away the patrol that goes there, or 0: it is called off.

    Raises NotFound, NotAllowed, or Conflict where the day has changed so that this can't be done any more.
    """
    first = day_of(patrol_id)
    if first is not None:
        ids = sorted(patrol.id for patrol in first.patrols)
        # Whoever moves one of them meanwhile waits; then the day is read again as it stands.
        db.session.execute(select(Patrol.id).where(Patrol.id.in_(ids)).order_by(Patrol.id).with_for_update())
    day = day_of(patrol_id) if first is not None else None
    found = as_confirmed(day, said) if day is not None else None
    if found is None:
        raise Conflict(
            _("The day has changed meanwhile, and this can’t be done any more. Look at the new proposal."),
            code="day_changed",
        )
    for change in found.changes:
        write(change, patrol_id)
    # Each patrol's record says what became of its day.
    for patrol in {found.away.id} | {c.patrol.id for c in found.changes if c.patrol is not None}:
        details: dict[str, Any] = {
            "answer": patrol_id,
            "stops": [
                {"stop": c.stop.id, "to": c.patrol.id if c.patrol else None}
                for c in found.changes
                if patrol == found.away.id or (c.patrol is not None and c.patrol.id == patrol)
            ],
        }
        record("patrols.replanned", "patrols", patrol, details)


def write(change: Change, answer_id: int) -> None:
    s = PatrolStop
    if change.patrol is not None and not change.moved:
        put(change.stop.id, arrive_planned=change.arrive, depart_planned=change.depart)
        return
    put(change.stop.id, called_off_at=datetime.now(UTC), called_off_for_id=answer_id)
    if change.patrol is None:
        return
    last = select(func.max(s.sequence)).where(s.patrol_id == change.patrol.id)
    old = db.session.execute(select(s.name, s.place, s.place_id).where(s.id == change.stop.id)).one()
    db.session.execute(
        insert(s)
        .inline()
        .values(
            patrol_id=change.patrol.id, sequence=(db.session.execute(last).scalar() or 0) + 1, name=old.name,
            place=old.place, place_id=old.place_id, arrive_planned=change.arrive, depart_planned=change.depart,
        )
    )  # fmt: skip


def put(stop_id: int, **values: Any) -> None:
    db.session.execute(
        update(PatrolStop)
        .where(PatrolStop.id == stop_id)
        .values(**values)
        .execution_options(synchronize_session=False)
    )
