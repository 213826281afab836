"""Reads of siting studies. A study stands on the havens named in it: who may not know of one of them finds no study."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select

from app.db import db
from app.errors import NotFound
from app.havens import correcting
from app.havens import queries as havens
from app.havens.models import Haven
from app.mission.models import Sector
from app.permissions import Permission, knows_restricted, within
from app.siting.models import SitingStudy

PAGE = 50


def visible() -> ColumnElement[bool]:
    """The viewer's sectors, for those who read havens and threats there, also where a haven that everybody in the mission
    may know of has come to lie in another sector since; `vigil`'s policy (0053) says the same."""
    s = SitingStudy
    known = func.array(select(Haven.id).where(havens.visible()).scalar_subquery())
    scope = and_(
        within(Permission.READ_HAVENS, s.sector_id),
        within(Permission.READ_THREATS, s.sector_id),
        or_(func.vigil.openly_known(s.haven_ids), s.haven_ids.contained_by(known)),
    )
    return scope if knows_restricted() else and_(scope, s.restricted.is_(False))


def rows() -> Select[Any]:
    return (
        select(*SitingStudy.__table__.columns, Sector.name.label("sector"))
        .join(Sector, Sector.id == SitingStudy.sector_id)
        .where(visible())
    )


def table(page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of studies, the newest first and those put aside last, and how many there are."""
    total = db.session.execute(select(func.count()).select_from(rows().subquery())).scalar_one()
    found = (
        rows()
        .order_by(SitingStudy.withdrawn_at.is_not(None), SitingStudy.asked_at.desc(), SitingStudy.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(db.session.execute(found)), total


def one(study_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(SitingStudy.id == study_id)).first()
    if found is None:
        raise NotFound
    return found


def seen(study_id: int | None) -> Row[Any] | None:
    """The study, or None where the viewer finds none."""
    return db.session.execute(rows().where(SitingStudy.id == study_id)).first() if study_id else None


def moved_since(study: Row[Any]) -> list[str]:
    """The names of its havens whose place was corrected since it was asked, of those that the viewer may know of."""
    moved = [n for n, at in correcting.moved_at(study.haven_ids).items() if at > study.asked_at]
    named = select(Haven.name).where(Haven.id.in_(moved), havens.visible()).order_by(Haven.name, Haven.id)
    return list(db.session.execute(named).scalars()) if moved else []


def as_json(s: Row[Any]) -> dict[str, Any]:
    return {
        "id": s.id, "sector_id": s.sector_id, "goal": s.goal, "seasons": s.seasons, "new_sites": s.new_sites,
        "minutes": s.minutes, "room": s.room, "threat_km": s.threat_km, "two_ways": s.two_ways,
        "haven_states": s.haven_states, "asked_at": s.asked_at.isoformat(),
        "ready_at": s.ready_at.isoformat() if s.ready_at else None,
        "withdrawn_at": s.withdrawn_at.isoformat() if s.withdrawn_at else None, "answer": s.answer,
    }  # fmt: skip
