"""Reads of files on their way in: one's own, and nobody else's."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, literal, select

from app.db import db
from app.errors import NotFound
from app.imports.models import KEPT, Import, ImportKind
from app.mission.queries import procedures
from app.permissions import Permission, viewer

MOST = 50
I = Import  # noqa: E741 - one letter for the table, as in the statements of other features


def visible() -> ColumnElement[bool]:
    who = viewer()
    return and_(Import.by_id == who.person_id, literal(who.holds(Permission.BRING_FILES_IN)))


def own() -> list[Row[Any]]:
    """One's own files, newest first."""
    found = db.session.execute(
        select(I.id, I.kind, I.own_name, I.size_bytes, I.state, I.at, I.ended_at, I.new, I.changed, I.unchanged,
               I.refused)
        .where(visible())
        .order_by(I.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return list(found)


def one(import_id: int) -> Import:
    """NotFound also for another's."""
    found = db.session.execute(select(Import).where(Import.id == import_id, visible())).scalar()
    if found is None:
        raise NotFound
    return found


def room_for_incidents(by_id: int) -> int:
    """How many incidents this person may still bring in by files today: a captured account must not bury the record."""
    since = datetime.now(UTC) - timedelta(days=1)
    stored = select(func.coalesce(func.sum(I.new), 0)).where(
        I.by_id == by_id, I.kind == ImportKind.INCIDENTS, I.at > since
    )
    return int(procedures()["imported_incidents_per_day"]) - int(db.session.execute(stored).scalar_one())


def lying() -> int:
    """How many of one's own files lie there."""
    states = [state.value for state in KEPT]
    return db.session.execute(
        select(func.count()).select_from(Import).where(visible(), Import.state.in_(states))
    ).scalar_one()
