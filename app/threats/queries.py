"""Reads of threats: the table, the matrix, one threat with its area. Each goes through the viewer's scope."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.db import db
from app.errors import NotFound
from app.mission.models import Actor
from app.permissions import Permission, within
from app.threats.models import Threat
from geo.risk import ThreatRisk, matrix_risk, threat_risk
from geo.warning import KIND_WEIGHT

PAGE = 50
SORTS = {
    "name": Threat.name, "kind": Threat.kind, "actor": Actor.name, "review": Threat.review_on,
    "score": Threat.likelihood * Threat.impact, "confidence": Threat.confidence,
    "residual": func.coalesce(Threat.residual_likelihood, Threat.likelihood)
    * func.coalesce(Threat.residual_impact, Threat.impact),
}  # fmt: skip
OVERDUE = Threat.review_on < func.current_date()


def rows() -> Select[Any]:
    return (
        select(
            Threat.id, Threat.name, Threat.kind, Threat.target, Threat.actor_id, Actor.name.label("actor"),
            Threat.sector_id, Threat.intent, Threat.capability, Threat.likelihood, Threat.impact,
            Threat.residual_likelihood, Threat.residual_impact, Threat.vulnerable, Threat.protected,
            Threat.confidence, Threat.review_on, Threat.opened_at, Threat.changed_at, Threat.ended_at,
            Threat.end_reason, Threat.most_likely_course, Threat.most_dangerous_course, OVERDUE.label("overdue"),
            func.ST_X(func.ST_PointOnSurface(Threat.area)).label("lon"),
            func.ST_Y(func.ST_PointOnSurface(Threat.area)).label("lat"),
            (func.ST_Area(func.geography(Threat.area)) / 1e6).label("square_km"),
        )
        .join(Actor, Actor.id == Threat.actor_id)
        .where(within(Permission.READ_THREATS, Threat.sector_id))
    )  # fmt: skip


def risk_of(threat: Any) -> ThreatRisk:
    return threat_risk(
        threat.likelihood, threat.impact, vulnerable=threat.vulnerable, protected=threat.protected,
        residual_likelihood=threat.residual_likelihood, residual_impact=threat.residual_impact,
    )  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """The table's filters, as they stand in the URL. `state`: open (the default), overdue, ended, all."""

    state: str = "open"
    kind: str = ""
    actor: str = ""
    sector: int | None = None
    search: str = ""
    sort: str = ""

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state == "ended":
            found.append(Threat.ended_at.is_not(None))
        elif self.state != "all":
            found.append(Threat.ended_at.is_(None))
        if self.state == "overdue":
            found.append(OVERDUE)
        # A kind that no threat has is the map's filter for incidents, and is none here.
        if self.kind in KIND_WEIGHT:
            found.append(Threat.kind == self.kind)
        if self.actor:
            found.append(func.strpos(func.lower(Actor.name), self.actor.lower()) > 0)
        if self.sector is not None:
            found.append(Threat.sector_id == self.sector)
        if self.search:
            wanted = self.search.lower()
            found.append(
                (func.strpos(func.lower(Threat.name), wanted) > 0)
                | (func.strpos(func.lower(Actor.name), wanted) > 0)
                | (func.strpos(func.lower(Threat.target), wanted) > 0)
            )
        return found


def table(filters: Filters, page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of threats and how many there are: those whose review is overdue first, then the highest score."""
    wanted = rows().where(*filters.where())
    total = db.session.execute(select(func.count()).select_from(wanted.subquery())).scalar_one()
    column: Any = SORTS.get(filters.sort.lstrip("-"))
    if column is None:
        order: list[Any] = [OVERDUE.desc(), (Threat.likelihood * Threat.impact).desc(), Threat.review_on]
    else:
        order = [column.desc() if filters.sort.startswith("-") else column.asc()]
    found = db.session.execute(
        wanted.order_by(*order, Threat.id.desc()).limit(PAGE).offset((page - 1) * PAGE)
    )
    return list(found), total


@dataclass(frozen=True)
class Cell:
    """One field of the 5×5 matrix: how many threats stand in it, and the band that its score alone gives."""

    likelihood: int
    impact: int
    count: int
    band: str


def matrix(residual: bool = False) -> list[list[Cell]]:
    """Open threats by likelihood (rows, 5 on top) and impact (columns, 1 first), as they stand or after measures."""
    likelihood: Any = Threat.likelihood
    impact: Any = Threat.impact
    if residual:
        likelihood = func.coalesce(Threat.residual_likelihood, likelihood)
        impact = func.coalesce(Threat.residual_impact, impact)
    counted = db.session.execute(
        select(likelihood.label("l"), impact.label("i"), func.count().label("n"))
        .where(within(Permission.READ_THREATS, Threat.sector_id), Threat.ended_at.is_(None))
        .group_by(likelihood, impact)
    )
    counts = {(row.l, row.i): row.n for row in counted}
    return [
        [Cell(li, im, counts.get((li, im), 0), matrix_risk(li, im).band.value) for im in range(1, 6)]
        for li in range(5, 0, -1)
    ]


def one(threat_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Threat.id == threat_id)).first()
    if found is None:
        raise NotFound
    return found


def area_of(threat_id: int) -> dict[str, Any]:
    """The area as a GeoJSON geometry in degrees."""
    written = db.session.execute(
        select(func.ST_AsGeoJSON(Threat.area, 6)).where(
            Threat.id == threat_id, within(Permission.READ_THREATS, Threat.sector_id)
        )
    ).scalar()
    if written is None:
        raise NotFound
    return dict(json.loads(written))


def actors() -> list[Row[Any]]:
    return list(db.session.execute(select(Actor.id, Actor.code, Actor.name, Actor.kind).order_by(Actor.name)))


def as_json(t: Row[Any]) -> Mapping[str, Any]:
    risk = risk_of(t)
    return {
        "id": t.id, "name": t.name, "kind": t.kind, "actor": t.actor, "actor_id": t.actor_id, "target": t.target,
        "sector_id": t.sector_id, "intent": t.intent, "capability": t.capability,
        "inherent": {"likelihood": risk.inherent.likelihood, "impact": risk.inherent.impact,
                     "score": risk.inherent.score, "band": risk.inherent.band.value},
        "residual": {"likelihood": risk.residual.likelihood, "impact": risk.residual.impact,
                     "score": risk.residual.score, "band": risk.residual.band.value},
        "vulnerable": t.vulnerable, "protected": t.protected, "confidence": t.confidence,
        "most_likely_course": t.most_likely_course, "most_dangerous_course": t.most_dangerous_course,
        "review_on": t.review_on.isoformat(), "overdue": t.overdue and t.ended_at is None,
        "opened_at": t.opened_at.isoformat(), "changed_at": t.changed_at.isoformat(),
        "ended_at": t.ended_at.isoformat() if t.ended_at else None,
    }  # fmt: skip
