"""Reads of signals: those that wait for their adviser, and the settled ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, false, func, select

from app.db import db
from app.errors import NotFound
from app.mission.models import Sector
from app.moments import iso
from app.permissions import Permission, viewer
from app.signals.models import Concern, Signal, SignalStep, Step

PAGE = 50
MOST_WAITING = 200
CONCERN_OF = {
    Permission.SEE_CHILD_SIGNALS: Concern.CHILD,
    Permission.SEE_VIOLENCE_SIGNALS: Concern.SEXUAL_VIOLENCE,
}


def visible() -> ColumnElement[bool]:
    """What was told, of the viewer's own concern."""
    concerns = [concern.value for permission, concern in CONCERN_OF.items() if viewer().holds(permission)]
    return and_(Signal.told, Signal.concern.in_(concerns))


def last_step() -> Subquery:
    """Of each signal the last step since it was told: `kind`, `at`, `by_id`, `outcome`."""
    s, step = Signal, SignalStep
    return (
        select(step.signal_id, step.kind, step.at, step.by_id, step.outcome)
        .join(s, and_(s.id == step.signal_id, step.at >= s.told_at))
        .distinct(step.signal_id)
        .order_by(step.signal_id, step.at.desc(), step.kind)
        .subquery()
    )


def rows() -> tuple[Select[Any], Subquery]:
    s, last = Signal, last_step()
    found = (
        select(
            s.id, s.concern, s.told_at, s.taken_back_at, s.call_sign, s.leader, s.patrol_ended_at,
            Sector.name.label("sector"), last.c.kind.label("step"), last.c.at.label("step_at"), last.c.by_id,
            last.c.outcome,
        )
        .outerjoin(Sector, Sector.id == s.sector_id)
        .outerjoin(last, last.c.signal_id == s.id)
        .where(visible())
    )  # fmt: skip
    return found, last


def waiting() -> list[Row[Any]]:
    """One's own first, then what nobody has taken up, the longest waiting before the others; `MOST_WAITING` at most."""
    found, last = rows()
    mine = func.coalesce(last.c.by_id == viewer().person_id, false())
    found = found.where(func.coalesce(last.c.kind, "") != Step.SETTLED.value).limit(MOST_WAITING)
    return list(
        db.session.execute(found.order_by(mine.desc(), last.c.kind.is_not(None), Signal.told_at, Signal.id))
    )


def settled(page: int) -> tuple[list[Row[Any]], int]:
    """One page, the latest first, and how many there are."""
    found, last = rows()
    found = found.where(last.c.kind == Step.SETTLED.value)
    total = db.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    found = found.order_by(last.c.at.desc(), Signal.id.desc())
    return list(db.session.execute(found.limit(PAGE).offset((page - 1) * PAGE))), total


def one(signal_id: int) -> Row[Any]:
    """Raises NotFound."""
    found, _last = rows()
    row = db.session.execute(found.where(Signal.id == signal_id)).one_or_none()
    if row is None:
        raise NotFound
    return row


def as_json(s: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": s.id, "concern": s.concern, "told_at": s.told_at.isoformat(), "call_sign": s.call_sign, "leader": s.leader,
        "sector": s.sector, "patrol_ended_at": iso(s.patrol_ended_at), "taken_back_at": iso(s.taken_back_at),
        "step": s.step, "step_at": iso(s.step_at), "by_id": s.by_id, "outcome": s.outcome,
    }  # fmt: skip
