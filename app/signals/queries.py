"""Reads of signals: those that wait for their adviser, and the settled ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select

from app.db import db
from app.mission.models import Sector
from app.permissions import Permission, viewer
from app.signals.models import Concern, Signal

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


def rows() -> Select[Any]:
    s = Signal
    return (
        select(
            s.id, s.concern, s.told_at, s.call_sign, s.patrol_ended_at, s.taken_at, s.taken_by_id, s.settled_at,
            s.outcome, Sector.name.label("sector"),
        )
        .outerjoin(Sector, Sector.id == s.sector_id)
        .where(visible())
    )  # fmt: skip


def waiting() -> list[Row[Any]]:
    """What nobody has taken up comes first, the longest waiting before the others; `MOST_WAITING` at most."""
    found = rows().where(Signal.settled_at.is_(None)).limit(MOST_WAITING)
    return list(db.session.execute(found.order_by(Signal.taken_at.is_not(None), Signal.told_at, Signal.id)))


def settled(page: int) -> tuple[list[Row[Any]], int]:
    """One page, the latest first, and how many there are."""
    done = Signal.settled_at.is_not(None)
    total = db.session.execute(select(func.count()).select_from(Signal).where(visible(), done)).scalar_one()
    found = rows().where(done).order_by(Signal.settled_at.desc(), Signal.id.desc())
    return list(db.session.execute(found.limit(PAGE).offset((page - 1) * PAGE))), total


def as_json(s: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": s.id, "concern": s.concern, "told_at": s.told_at.isoformat(), "call_sign": s.call_sign, "sector": s.sector,
        "patrol_ended_at": s.patrol_ended_at.isoformat() if s.patrol_ended_at else None,
        "taken_at": s.taken_at.isoformat() if s.taken_at else None,
        "settled_at": s.settled_at.isoformat() if s.settled_at else None, "outcome": s.outcome,
    }  # fmt: skip
