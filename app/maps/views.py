"""Reads of the views that are kept: one's own, and those for the shift."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, or_, select

from app.db import db
from app.errors import NotFound
from app.maps.models import SavedView
from app.permissions import Permission, viewer


def visible() -> ColumnElement[bool]:
    """One's own; and for those who take shifts over, what was left for them: it tells where the room looks."""
    who = viewer()
    if not who.holds(Permission.SEE_MAP):
        return false()
    left = SavedView.for_shift if who.holds(Permission.READ_HANDOVERS) else false()
    return SavedView.removed_at.is_(None) & or_(left, SavedView.owner_id == who.person_id)


def kept() -> Sequence[SavedView]:
    """The views that the viewer may open, newest first."""
    return db.session.scalars(
        select(SavedView).where(visible()).order_by(SavedView.id.desc()).limit(200)
    ).all()


def one(view_id: int) -> SavedView:
    found = db.session.scalars(select(SavedView).where(visible(), SavedView.id == view_id)).first()
    if found is None:
        raise NotFound
    return found
