"""Reads of due diligence: everybody who may read one reads all, for a State unit is supported by the whole mission."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, Select, and_, literal, select, text

from app.db import db
from app.due_diligence.models import Decision
from app.due_diligence.models import DueDiligence as D
from app.permissions import Permission, viewer


def rows() -> Select[Any]:
    today = text("(now() AT TIME ZONE 'UTC')::date")
    holds = and_(D.decision != Decision.REFUSE, D.suspended_at.is_(None), D.review_on >= today)
    return select(
        D.id, D.recipient, D.support, D.risk, D.mitigation, D.decision, D.review_on, D.decided_by_role, D.decided_at,
        D.suspended_at, D.suspended_why, holds.label("holds"),
    ).where(literal(viewer().holds(Permission.READ_DUE_DILIGENCE)))  # fmt: skip


def all_decisions() -> list[Row[Any]]:
    """Every decision, the newest first."""
    return list(db.session.execute(rows().order_by(D.id.desc()).limit(500)))


def one(decision_id: int) -> Row[Any] | None:
    return db.session.execute(rows().where(D.id == decision_id)).first()


def recipients(ids: Collection[int]) -> dict[int, str]:
    """Decision → the unit of the State's forces that it is about; none for those who read no due diligence."""
    return {d.id: d.recipient for d in db.session.execute(rows().where(D.id.in_(ids)))}


def holding(until: date) -> Sequence[Row[Any]]:
    """The decisions under which a joint patrol that ends on that day may be ordered."""
    found = rows().where(D.decision != Decision.REFUSE, D.suspended_at.is_(None), D.review_on >= until)
    return db.session.execute(found.order_by(D.recipient, D.id)).all()


def choices(until: datetime) -> list[tuple[str, str]]:
    """(id, words) of the decisions that hold then."""
    return [
        (str(d.id), _("%(recipient)s, until %(day)s", recipient=d.recipient, day=d.review_on.isoformat()))
        for d in holding(until.date())
    ]


def as_json(d: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": d.id, "recipient": d.recipient, "support": d.support, "risk": d.risk, "mitigation": d.mitigation,
        "decision": d.decision, "review_on": d.review_on.isoformat(), "decided_by_role": d.decided_by_role,
        "decided_at": d.decided_at.isoformat(), "holds": d.holds,
        "suspended_at": d.suspended_at.isoformat() if d.suspended_at else None, "suspended_why": d.suspended_why,
    }  # fmt: skip
