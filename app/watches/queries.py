"""Reads of watches: who stands where now, one's own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select, text

from app.db import db
from app.errors import NotFound
from app.ladders.climbing import Post
from app.mission.models import Sector
from app.permissions import Permission, viewer, within
from app.watches.models import STANDS, Watch


def visible() -> ColumnElement[bool]:
    return within(Permission.READ_WATCHES, Watch.sector_id)


def standing() -> Sequence[Row[Any]]:
    """Who is on watch now, by post from the lowest, those of the whole mission first."""
    w = Watch
    order = func.array_position(list(map(str, Post)), w.post)
    return db.session.execute(
        select(w.id, w.post, w.sector_id, Sector.name.label("sector"), w.person_id, w.role, w.deputy, w.ways,
               w.from_at, w.until_at)
        .outerjoin(Sector, Sector.id == w.sector_id)
        .where(visible(), w.ended_at.is_(None), w.until_at > func.now())
        .order_by(order, w.sector_id.nulls_first(), w.deputy, w.id)
    ).all()  # fmt: skip


def empty_posts(found: Sequence[Row[Any]]) -> list[str]:
    """Posts at which nobody stands first, anywhere."""
    taken = {row.post for row in found if not row.deputy}
    return [post.value for post in Post if post.value not in taken]


def own_standing() -> Sequence[Watch]:
    w = Watch
    mine = select(w).where(w.person_id == viewer().person_id, w.ended_at.is_(None), w.until_at > func.now())
    return db.session.scalars(mine.order_by(w.id)).all()


def one_by_one() -> None:
    """Until the commit, nobody but this request changes the viewer's watches and what he is reached by on them."""
    db.session.execute(select(func.pg_advisory_xact_lock(func.hashtext("watches"), viewer().person_id)))


def own(watch_id: int) -> Watch:
    """One's own watch; one that somebody else stands answers as what does not exist."""
    w = Watch
    found = db.session.execute(
        select(w).where(w.id == watch_id, w.person_id == viewer().person_id).with_for_update()
    ).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


def one(watch_id: int) -> Row[Any]:
    w = Watch
    found = db.session.execute(
        select(w.id, w.post, w.sector_id, w.person_id, w.role, w.deputy, w.ways, w.from_at, w.until_at, w.ended_at)
        .where(w.id == watch_id, visible())
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    return found


def watchers() -> Mapping[int, str]:
    """The names of those on watch, by person id."""
    return {r.person_id: r.name for r in db.session.execute(text("SELECT * FROM vigil.watchers()"))}


def own_posts() -> list[str]:
    return [post.value for post in Post if viewer().role in STANDS[post]]


def as_json(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id, "post": row.post, "sector_id": row.sector_id, "role": row.role, "deputy": row.deputy,
        "ways": list(row.ways), "from": row.from_at.isoformat(), "until": row.until_at.isoformat(),
    }  # fmt: skip
