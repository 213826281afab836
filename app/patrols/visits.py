"""Visits to defenders: where one goes tells where a defender lives.

What is done where on such a patrol, and where it is, is told to its leader, to whoever ordered it, and to those who
read defenders' files in its sector. Others see that there is a patrol, whose it is, whether it lives and whether it is
late. Every way out of patrols asks here; the policies `visits_sealed` (migrations/sql/0041_visits.sql) stand behind.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, case, func, or_, select

from app.db import db
from app.errors import NotAllowed
from app.patrols.models import Patrol
from app.permissions import Permission, viewer
from app.positions.models import LatestPosition

VISIT = "defender_visit"
# For statements that are written as text, of the table `p`.
NO_VISIT_SQL = f"p.purpose <> '{VISIT}'"


def no_visit() -> ColumnElement[bool]:
    """For what is reckoned of patrols: a visit counts for nobody, that no figure differs by who looks."""
    return Patrol.purpose != VISIT


def known() -> ColumnElement[bool]:
    """Patrols of which the viewer may know where they go."""
    who = func.vigil.may_know_visit(Patrol.purpose, Patrol.leader_id, Patrol.ordered_by_id, Patrol.sector_id)
    return or_(no_visit(), who)


def any_known() -> bool:
    """Whether what this viewer is shown of patrols tells where a visit goes: then no client keeps it on its disk."""
    asked = select(Patrol.id).where(Patrol.purpose == VISIT, known()).limit(1)
    return db.session.execute(asked).first() is not None


def told(column: Any) -> Any:
    """A column of a patrol, or NULL where the viewer may not know it. A patrol without a purpose is such a visit."""
    return case((known(), column))


def heard_at() -> Any:
    """When the patrol was last heard of; told of each."""
    return case((known(), LatestPosition.at), else_=func.vigil.visit_heard_at(Patrol.id))


def is_known(patrol: Patrol) -> bool:
    who = viewer()
    return (
        patrol.purpose != VISIT
        or (patrol.leader_id == who.person_id and who.holds(Permission.LEAD_PATROLS))
        or patrol.ordered_by_id == who.person_id
        or who.may(Permission.READ_DEFENDERS, patrol.sector_id)
    )


def refuse_unless_known(patrol: Patrol) -> None:
    """Nobody writes of a way that he may not know."""
    if not is_known(patrol):
        raise NotAllowed(
            _("Where this patrol goes is known to its leader and to whoever ordered it. Ask them.")
        )
