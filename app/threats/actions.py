"""Assessing threats. Each assessment is one ledger event with the figures before and after."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from geoalchemy2.shape import from_shape
from shapely import MultiPolygon
from sqlalchemy import select

from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import record
from app.mission.models import Actor
from app.mission.placing import areas_of
from app.permissions import Permission, viewer
from app.reasons import reason_given
from app.threats.body import Assessment
from app.threats.models import Threat

FIGURES = (
    "intent", "capability", "likelihood", "impact", "residual_likelihood", "residual_impact", "vulnerable",
    "protected", "confidence",
)  # fmt: skip


def assess_threat(body: Assessment) -> Threat:
    """Record a new threat. Raises Invalid, or NotAllowed where its middle lies outside the viewer's sectors."""
    area = body.shape()
    if area is None:
        raise Invalid(
            _("Say where: an area, or a centre and a radius."), fields={"area": _("This is needed.")}
        )
    threat = Threat(owner_id=viewer().person_id)
    write(threat, body, area)
    db.session.add(threat)
    db.session.flush()
    record("threats.assessed", "threats", threat.id, figures(threat))
    return threat


def reassess(threat_id: int, body: Assessment) -> Threat:
    """Assess a threat anew; without an area the old one stands."""
    threat = taken(threat_id)
    before = figures(threat)
    write(threat, body, body.shape())
    threat.changed_at = datetime.now(UTC)
    db.session.flush()
    record("threats.reassessed", "threats", threat.id, {"before": before, "after": figures(threat)})
    return threat


def end_threat(threat_id: int, reason: str) -> Threat:
    """The threat is over. Its record stays; its area no longer weighs in alerts."""
    threat = taken(threat_id)
    reason = reason_given(reason, "reason")
    threat.ended_at = threat.changed_at = datetime.now(UTC)
    threat.end_reason = reason
    db.session.flush()
    record("threats.ended", "threats", threat.id)
    return threat


def write(threat: Threat, body: Assessment, area: MultiPolygon | None) -> None:
    body.check_review()
    who = viewer()
    if db.session.execute(select(Actor.id).where(Actor.id == body.actor_id)).first() is None:
        raise Invalid(_("This actor is not on the list."), fields={"actor_id": _("Choose one of the list.")})
    if area is not None:
        # Who answers for the middle of the area answers for the threat.
        middle = area.centroid
        threat.sector_id = areas_of(middle.x, middle.y).sector_id
        threat.area = from_shape(area, srid=4326)
    if not (
        who.may(Permission.ASSESS_THREATS, threat.sector_id)
        and who.may(Permission.READ_THREATS, threat.sector_id)
    ):
        raise NotAllowed(_("The middle of this area lies outside the sectors whose threats you assess."))
    for name, value in body.model_dump(exclude={"area", "circle"}).items():
        setattr(threat, name, value)


def figures(threat: Threat) -> dict[str, Any]:
    return {name: getattr(threat, name) for name in FIGURES} | {"sector": threat.sector_id}


def taken(threat_id: int) -> Threat:
    """The threat, locked; NotFound if the viewer may not see it, Conflict if it has ended."""
    who = viewer()
    threat = db.session.get(Threat, threat_id)
    if threat is None or not who.may(Permission.READ_THREATS, threat.sector_id):
        raise NotFound
    if not who.may(Permission.ASSESS_THREATS, threat.sector_id):
        raise NotAllowed(_("Your role may read this threat and may not assess it."))
    db.session.refresh(threat, with_for_update=True)
    if threat.ended_at is not None:
        raise Conflict(_("This threat has ended. Record a new one if it has come back."), code="ended")
    return threat
