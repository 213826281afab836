"""Reads of handovers: what waits for a signature, the earlier ones, one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select, text

from app.db import db
from app.errors import NotFound
from app.handovers.freezing import told_of
from app.handovers.models import Handover
from app.mission.models import Sector
from app.permissions import Permission, viewer, within

PAGE = 30


def visible() -> ColumnElement[bool]:
    return within(Permission.READ_HANDOVERS, Handover.sector_id)


def rows() -> Select[Any]:
    h = Handover
    return (
        select(
            h.id, h.sector_id, Sector.name.label("sector"), h.note, h.tasks, h.items, h.written_by_id, h.written_by_role,
            h.written_at, h.accepted_by_id, h.accepted_by_role, h.accepted_at, h.remark,
        )
        .outerjoin(Sector, Sector.id == h.sector_id)
        .where(visible())
    )  # fmt: skip


def waiting() -> list[Row[Any]]:
    """Notes that nobody has accepted yet, the oldest first."""
    found = rows().where(Handover.accepted_at.is_(None)).order_by(Handover.written_at, Handover.id)
    return list(db.session.execute(found.limit(PAGE)))


def earlier(page: int) -> tuple[list[Row[Any]], int]:
    """One page of the accepted ones, newest first, and how many there are."""
    accepted = Handover.accepted_at.is_not(None)
    total = db.session.execute(
        select(func.count()).select_from(Handover).where(visible(), accepted)
    ).scalar_one()
    found = rows().where(accepted).order_by(Handover.written_at.desc(), Handover.id.desc())
    return list(db.session.execute(found.limit(PAGE).offset((page - 1) * PAGE))), total


def one(handover_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Handover.id == handover_id)).first()
    if found is None:
        raise NotFound
    return found


def may_accept(handover: Row[Any]) -> bool:
    who = viewer()
    return (
        handover.accepted_at is None
        and handover.written_by_id != who.person_id
        and who.may(Permission.HAND_OVER, handover.sector_id)
    )


def signatories() -> Mapping[int | None, str]:
    """The names of those who signed the notes that the viewer reads, by person id."""
    return {r.person_id: r.name for r in db.session.execute(text("SELECT * FROM vigil.signatories()"))}


def as_json(h: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": h.id, "sector_id": h.sector_id, "note": h.note, "tasks": list(h.tasks), "items": told_of(h.items),
        "written_by_role": h.written_by_role, "written_at": h.written_at.isoformat(),
        "accepted_by_role": h.accepted_by_role,
        "accepted_at": h.accepted_at.isoformat() if h.accepted_at else None, "remark": h.remark,
    }  # fmt: skip
