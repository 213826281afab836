"""A defender's file: everything that the gate names for this viewer, and nothing fetched that it does not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select

from app.db import db
from app.defenders import gate, queries
from app.defenders.gate import Facts, Purpose
from app.defenders.models import (
    CellTier,
    Consent,
    DefenderCell,
    DefenderNote,
    RiskAssessment,
    SealedValue,
    Unmasking,
)  # fmt: skip
from app.mission.models import Sector
from app.permissions import Permission, viewer
from app.words import grid

# A fine cell is about a square kilometre: two figures each of easting and northing say no more.
FIGURES = {CellTier.FINE: 2, CellTier.COARSE: 1}


@dataclass(frozen=True)
class File:
    """`fields`: what the gate lets through; `parts`: all that it names. The parts are empty where it does not."""

    fields: dict[str, Any]
    parts: frozenset[str]
    sector: str
    keepers: dict[int | None, str]
    cells: Sequence[dict[str, str]]
    assessments: Sequence[Row[Any]]
    consents: Sequence[Row[Any]]
    notes: Sequence[Row[Any]]
    sealed: Sequence[str]
    looks: Sequence[Row[Any]]
    may_keep: bool
    unmask_refusal: gate.UnmaskRefusal | None


def file(defender_id: int) -> File:
    """The file for a page or the API. NotFound where the viewer may not read it."""
    found, answer = queries.gated(defender_id, Purpose.FILE)
    who, parts = viewer(), answer.fields
    return File(
        fields=gate.fields_for(who, found, Purpose.FILE),
        parts=parts,
        sector=db.session.scalar(select(Sector.name).where(Sector.id == found.sector_id)) or "",
        keepers=queries.keepers(),
        cells=cells(found, answer.tier) if "cells" in parts and answer.tier else (),
        assessments=assessments(found.id) if "assessments" in parts else (),
        consents=consents(found.id) if "consents" in parts else (),
        notes=notes(found.id) if "notes" in parts else (),
        sealed=sealed(found.id) if "sealed" in parts else (),
        looks=looks(found.id),
        may_keep=gate.keeps_file(who, found.sector_id, found.compartment),
        unmask_refusal=gate.unmask_refusal(who, found),
    )


def cells(found: Facts, tier: CellTier) -> list[dict[str, str]]:
    """The cells up to this tier as text: `tier`, `grid` of the middle, `side` in kilometres."""
    tiers = [CellTier.FINE, CellTier.COARSE] if tier is CellTier.FINE else [CellTier.COARSE]
    c = DefenderCell
    middle = func.ST_Centroid(c.cell)
    rows = db.session.execute(
        select(
            c.tier, func.ST_X(middle).label("lon"), func.ST_Y(middle).label("lat"),
            func.round(func.sqrt(func.ST_Area(func.geography(c.cell))) / 1000).label("km"),
        )
        .where(c.defender_id == found.id, c.tier.in_([t.value for t in tiers]), ~func.ST_IsEmpty(c.cell))
        .order_by(c.tier.desc())
    )  # fmt: skip
    return [
        {"tier": r.tier, "grid": grid(r.lon, r.lat, FIGURES[CellTier(r.tier)]), "side": f"{r.km:.0f}"}
        for r in rows
    ]


def assessments(defender_id: int) -> Sequence[Row[Any]]:
    a = RiskAssessment
    return db.session.execute(
        select(
            a.id, a.threats, a.vulnerabilities, a.capacities, a.death_threat, a.imminent, a.raw, a.band,
            a.override, a.reasoning, a.defenders_view, a.assessed_at, a.assessed_by_id, a.reviewed_at, a.reviewed_by_id,
        )
        .where(a.defender_id == defender_id)
        .order_by(a.assessed_at.desc(), a.id.desc())
    ).all()  # fmt: skip


def consents(defender_id: int) -> Sequence[Row[Any]]:
    c = Consent
    return db.session.execute(
        select(
            c.id, c.scope, c.given_on, c.until, c.how, c.conditions, c.withdrawn_at,
            gate.in_force().label("in_force"),
        )
        .where(c.defender_id == defender_id)
        .order_by(gate.in_force().desc(), c.scope, c.given_on.desc(), c.id.desc())
    ).all()  # fmt: skip


def notes(defender_id: int) -> Sequence[Row[Any]]:
    n = DefenderNote
    return db.session.execute(
        select(n.id, n.at, n.note, n.by_id)
        .where(n.defender_id == defender_id)
        .order_by(n.at.desc(), n.id.desc())
        .limit(200)
    ).all()


def sealed(defender_id: int) -> list[str]:
    """Which fields are sealed: their names, never what they hold."""
    query = (
        select(SealedValue.field).where(SealedValue.defender_id == defender_id).order_by(SealedValue.field)
    )
    return list(db.session.scalars(query))


def looks(defender_id: int) -> Sequence[Row[Any]]:
    """The viewer's own looks at this defender, or all of them for a supervisor."""
    who, u = viewer(), Unmasking
    query = select(u.id, u.fields, u.role, u.reason, u.at, u.by_id).where(u.defender_id == defender_id)
    if not who.holds(Permission.SUPERVISE_UNMASKING):
        query = query.where(u.by_id == who.person_id)
    return db.session.execute(query.order_by(u.at.desc(), u.id.desc()).limit(20)).all()
