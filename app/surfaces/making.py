"""Making surfaces, in the worker and for the house: today's, and once a look back over periods that have passed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select, text
from threadpoolctl import threadpool_limits

from app.db import db
from app.ledger.actions import record
from app.locks import Lock
from app.mission.queries import procedures
from app.surfaces import past, repeating, scoring
from app.surfaces.cells import CLASSES, LAYOUT, NEVER, NO_DATA, Cells, packed, unpacked
from app.surfaces.models import Surface, SurfaceKind, SurfacePart, Used
from app.surfaces.past import Ground, Past
from geo.surfaces.forecaster import Forecaster
from geo.surfaces.issue import Issue, Judgement, issue, skills

# Periods that have passed of which surfaces are made once, so that the first one is not without any judgement.
LOOK_BACK = 12
# Days after which a surface that warned of a cell is not "yesterday's" any more.
UNBROKEN = timedelta(days=2)


@dataclass(frozen=True)
class Terms:
    """The standing procedures' values under which surfaces are made."""

    cell_metres: int
    period_days: int
    grace_days: int
    heard_days: int

    @classmethod
    def now(cls) -> Terms:
        values = procedures()
        return cls(
            *(int(values[f"surface_{n}"]) for n in ("cell_metres", "period_days", "grace_days", "heard_days"))
        )

    @property
    def period(self) -> timedelta:
        return timedelta(days=self.period_days)


def make(now: datetime | None = None) -> int | None:
    """Today's surface, unless it stands; before the first of these terms, a look back. The surface's id, None where there
    is nothing to make one of. One at a time."""
    moment, terms = now or datetime.now(UTC), Terms.now()
    db.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": Lock.SURFACES})
    ground = past.ground(terms.cell_metres)
    if ground is None or standing(SurfaceKind.ISSUED, moment, ground, terms):
        return None
    whole = past.past(ground, moment, terms.period, known=moment)
    # The room goes first: a night's work takes one processor and no more.
    with threadpool_limits(1):
        forecaster = Forecaster(whole.history)
        if not scoring.judged_before(moment, int(ground.grid.cell_m), terms.period_days):
            for back in range(min(LOOK_BACK, whole.history.periods - 1), 0, -1):
                look_back(ground, whole, forecaster, moment - back * terms.period, back, terms)
        return write(SurfaceKind.ISSUED, ground, whole, forecaster, moment, terms).id


def look_back(
    ground: Ground, whole: Past, forecaster: Forecaster, from_at: datetime, back: int, terms: Terms
) -> None:
    """The surface as the same code makes it of what lay before `from_at`, marked as made afterwards, and judged at
    once."""
    if standing(SurfaceKind.AFTERWARDS, from_at, ground, terms):
        return
    history = whole.history.before(whole.history.periods - back)
    happened = whole.incidents.those(whole.incidents.at < from_at.timestamp())
    before = Past(history, int(history.counts.sum()), whole.people_known, happened)
    made = write(SurfaceKind.AFTERWARDS, ground, before, forecaster, from_at, terms)
    scoring.score(made, known=datetime.now(UTC))


def standing(kind: SurfaceKind, moment: datetime, ground: Ground, terms: Terms) -> bool:
    asked = select(Surface.id).where(
        Surface.kind == kind, Surface.issued_on == moment.date(), Surface.cell_metres == int(ground.grid.cell_m),
        Surface.period_days == terms.period_days,
    )  # fmt: skip
    return db.session.execute(asked).first() is not None


def write(
    kind: SurfaceKind, ground: Ground, stood_on: Past, forecaster: Forecaster, from_at: datetime, terms: Terms
) -> Surface:
    """Issue a surface and keep it as issued, with its event in the ledger."""
    grid = ground.grid
    judged: Sequence[Judgement] = scoring.judged_before(from_at, int(grid.cell_m), terms.period_days)
    seen = past.observed(ground, from_at, terms.heard_days)
    made = issue(stood_on.history, seen, judged, forecaster=forecaster)
    found = skills(judged)
    surface = Surface(
        kind=kind.value, issued_on=from_at.date(), from_at=from_at, until_at=from_at + terms.period,
        cell_metres=int(grid.cell_m), period_days=terms.period_days, grace_days=terms.grace_days,
        heard_days=terms.heard_days, plane_lon=grid.plane.lon, plane_lat=grid.plane.lat, west_m=grid.west_m,
        south_m=grid.south_m, columns=grid.columns, rows=grid.rows, past_periods=stood_on.history.periods,
        events=stood_on.events, people_known=stood_on.people_known, learned=made.probability is not None,
        used=(Used.MODEL if made.trusted else Used.PERSISTENCE).value, judged=len(judged),
        skill=found[1] if found is not None and np.isfinite(found[1]) else None,
    )  # fmt: skip
    db.session.add(surface)
    db.session.flush()
    cells = told(made, warned_before(surface), from_at)
    parts = list(by_sector(cells, ground.owner))
    # A look back judges the model: it is there for its scores, and near repeats are not judged by any.
    issued = kind is SurfaceKind.ISSUED
    repeats = repeating.by_sector(ground, stood_on.incidents, surface.id) if issued else {}
    for sector_id, own in parts:
        db.session.add(
            SurfacePart(
                surface_id=surface.id, sector_id=sector_id, cells=len(own),
                observed=int((own["kind"] != NO_DATA).sum()), warned=int(own["warned"].sum()), content=packed(own),
                near_repeats=repeats.get(sector_id),
            )
        )  # fmt: skip
    db.session.flush()
    details = {"kind": kind.value, "used": surface.used, "cells": sum(len(own) for _sector, own in parts)}
    record("surfaces.issued", "surfaces", surface.id, details)
    return surface


def told(made: Issue, before: dict[int, int], from_at: datetime) -> Cells:
    """All cells of the grid as they are stored. before: cells that yesterday's surface warned of, and since which day."""
    why, size = made.reasons, made.observed.size
    cells = np.zeros(size, dtype=LAYOUT)
    cells["cell"] = np.arange(size)
    cells["kind"] = [CLASSES.index(each.value) for each in made.classes]
    cells["warned"] = made.warned.ravel()
    cells["probability"] = np.nan if made.probability is None else made.probability.ravel()
    cells["persistence"], cells["climatology"] = made.persistence.ravel(), made.climatology.ravel()
    for name, counts, most in (
        ("lately", why.lately, 65_535),
        ("beside", why.beside, 65_535),
        ("ever", why.ever, 2**31),
    ):
        cells[name] = np.minimum(counts.ravel(), most)
    cells["since"] = why.periods_since.ravel()
    today = from_at.date().toordinal() - datetime(1970, 1, 1, tzinfo=UTC).date().toordinal()
    cells["warned_since"] = [
        before.get(n, today) if warned else NEVER for n, warned in enumerate(cells["warned"])
    ]
    return cells


def warned_before(surface: Surface) -> dict[int, int]:
    """Cells of which the surface of the day before warned, on the same grid: since which day."""
    previous = db.session.scalars(
        select(Surface)
        .where(
            Surface.kind == surface.kind, Surface.from_at < surface.from_at,
            Surface.from_at >= surface.from_at - UNBROKEN, Surface.id != surface.id,
            *(getattr(Surface, n) == getattr(surface, n) for n in
              ("cell_metres", "plane_lon", "plane_lat", "west_m", "south_m", "columns", "rows")),
        )
        .order_by(Surface.from_at.desc())
        .limit(1)
    ).first()  # fmt: skip
    if previous is None:
        return {}
    found: dict[int, int] = {}
    for part in db.session.scalars(select(SurfacePart).where(SurfacePart.surface_id == previous.id)):
        cells = unpacked(part.content, part.cells)
        warned = cells[cells["warned"] > 0]
        found |= dict(zip(warned["cell"].tolist(), warned["warned_since"].tolist(), strict=True))
    return found


def by_sector(cells: Cells, owner: NDArray[np.int64]) -> Iterator[tuple[int | None, Cells]]:
    """The mission's cells, sector by sector; what lies outside the mission is not kept."""
    for sector in np.unique(owner[owner != past.OUTSIDE]).tolist():
        yield (None if sector == past.NO_SECTOR else sector), cells[owner == sector]
