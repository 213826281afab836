"""Saying that a road is closed or slow, and that it is open again. Each is a row and an event; nothing is taken out."""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.db import db
from app.errors import Conflict, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import RoadLink
from app.permissions import Permission, viewer
from app.reasons import reason_given
from app.roads.body import ConditionBody
from app.roads.models import RoadCondition


def link_to_change(link_id: int) -> int | None:
    """The sector in which the link's middle lies. Raises NotFound, or NotAllowed where the viewer says nothing of it."""
    if not viewer().holds(Permission.SEE_MAP):
        raise NotFound
    sector = func.vigil.sector_at(func.ST_LineInterpolatePoint(RoadLink.line, 0.5))
    found = db.session.execute(
        select(RoadLink.id, sector.label("sector_id")).where(RoadLink.id == link_id)
    ).first()
    if found is None:
        raise NotFound
    if not viewer().may(Permission.SEND_PATROLS, found.sector_id):
        raise NotAllowed(_("The middle of this road lies outside the sectors in which you send patrols."))
    return found.sector_id  # type: ignore[no-any-return]


def say(link_id: int, body: ConditionBody) -> RoadCondition:
    """Close a link or slow it, from now on. Raises as `link_to_change`, and Invalid without a reason."""
    condition = RoadCondition(
        link_id=link_id, sector_id=link_to_change(link_id), condition=body.condition.value, cause=body.cause.value,
        factor=body.factor, from_at=datetime.now(UTC), until_at=body.until_at(),
        reason=reason_given(body.reason, "reason"), set_by_id=viewer().person_id,
    )  # fmt: skip
    db.session.add(condition)
    db.session.flush()
    record(
        "roads.said", "road_conditions", condition.id,
        {"link": link_id, "condition": condition.condition, "cause": condition.cause, "factor": condition.factor},
    )  # fmt: skip
    return condition


def open_again(condition_id: int, why: str) -> RoadCondition:
    """Take one statement back; others on the same link hold on. Raises Conflict where it was taken back already."""
    condition = db.session.get(RoadCondition, condition_id)
    if condition is None or not viewer().holds(Permission.SEE_MAP):
        raise NotFound
    if not viewer().may(Permission.SEND_PATROLS, condition.sector_id):
        raise NotAllowed(_("This road lies outside the sectors in which you send patrols."))
    # Whoever says so at the same instant waits; what was taken back can't be locked any more, the policy hides it.
    holds = RoadCondition.id == condition_id, RoadCondition.opened_at.is_(None)
    locked = select(RoadCondition).where(*holds).with_for_update().execution_options(populate_existing=True)
    if db.session.execute(locked).first() is None:
        raise Conflict(_("This road was opened again already."), code="opened_already")
    condition.opened_at, condition.opened_by_id = datetime.now(UTC), viewer().person_id
    condition.opened_why = reason_given(why, "why")
    db.session.flush()
    record("roads.opened", "road_conditions", condition.id, {"link": condition.link_id})
    return condition
