"""Keeping score, in the worker and for the house: of surfaces whose period has passed, and of alerts.

A score is of what was issued, by what is on record when it is made, and is made once: what comes to light later changes
no score, as it would change what officers were told.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Integer, cast, func, select, text

from app.db import db
from app.grading import Verification
from app.ledger.actions import record
from app.locks import Lock
from app.mission.queries import procedures
from app.surfaces import facts
from app.surfaces.cells import NO_DATA, Cells, grid_of, shown, unpacked
from app.surfaces.models import AlertScore, Surface, SurfaceKind, SurfacePart, SurfaceScore, Verdict
from geo.surfaces.issue import FEWEST_JUDGED, Issue, Judgement, Reasons, judge

#: Bands of probability. Fixed, so that scores of several surfaces add up; narrow below, where most cells lie.
EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
# The last judgements that say whether the model is used: half a year of weeks.
LAST_JUDGED = 26
MOST_AT_ONCE = 50

VERDICTS = {
    Verification.VERIFIED: Verdict.CONFIRMED, Verification.CORROBORATED: Verdict.CONFIRMED,
    Verification.PARTIALLY_VERIFIED: Verdict.CONFIRMED, Verification.UNFOUNDED: Verdict.UNFOUNDED,
    Verification.CONTRADICTED: Verdict.UNFOUNDED,
}  # fmt: skip


def score_all(now: datetime | None = None) -> int:
    """Score what is due and has no score: how many surfaces and alerts. Twice writes nothing the second time."""
    moment = now or datetime.now(UTC)
    db.session.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": Lock.SCORES})
    scored = select(SurfaceScore.id).where(SurfaceScore.surface_id == Surface.id)
    due = db.session.scalars(
        select(Surface)
        .where(
            Surface.until_at + func.make_interval(0, 0, 0, cast(Surface.grace_days, Integer)) <= moment,
            ~scored.exists(),
        )
        .order_by(Surface.from_at)
        .limit(MOST_AT_ONCE)
    ).all()
    for surface in due:
        score(surface, known=moment)
    return len(due) + score_alerts(moment)


def score(surface: Surface, known: datetime) -> None:
    """What came of a surface, sector by sector, by the incidents on record at `known`."""
    grid = grid_of(surface)
    found = facts.events(surface.from_at, surface.until_at, known)
    cells = grid.cells_of(found.places)
    events = np.zeros(grid.size)
    first = np.full(grid.size, np.inf)
    inside = cells >= 0
    np.add.at(events, cells[inside], 1.0)
    np.minimum.at(first, cells[inside], (found.at[inside] - surface.from_at.timestamp()) / 3600.0)
    for part in db.session.scalars(select(SurfacePart).where(SurfacePart.surface_id == surface.id)):
        own = unpacked(part.content, part.cells)
        db.session.add(of_part(surface, part.sector_id, own, events[own["cell"]], first[own["cell"]]))
    db.session.flush()
    record("surfaces.scored", "surfaces", surface.id, {"kind": surface.kind})


def of_part(
    surface: Surface, sector_id: int | None, cells: Cells, events: NDArray[np.float64], first: NDArray[np.float64]
) -> SurfaceScore:  # fmt: skip
    """events: (cells,), what happened. first: (cells,), hours from issue to the first of them."""
    issued = as_issued(surface, cells)
    seen, warned = issued.observed.ravel(), issued.warned.ravel()
    happened = seen & (events > 0)
    row = SurfaceScore(
        surface_id=surface.id, sector_id=sector_id, cells=int(seen.sum()), happened=int(happened.sum()),
        hits=0, misses=0, false_alarms=0, leads=[], bins={},
    )  # fmt: skip
    if not seen.any():
        return row
    came = judge(issued, events[None, :])
    row.hits, row.misses, row.false_alarms = came.hits, came.misses, came.false_alarms
    row.brier, row.brier_persistence, row.brier_climatology = (
        came.brier, came.brier_persistence, came.brier_climatology,
    )  # fmt: skip
    row.leads = sorted(round(float(hours), 1) for hours in first[happened & warned])
    row.bins = {"shown": bins(shown(surface, cells)[seen], happened[seen])}
    if issued.probability is not None:
        row.bins["model"] = bins(issued.probability.ravel()[seen], happened[seen])
    return row


def as_issued(surface: Surface, cells: Cells) -> Issue:
    """The cells of a part as one row of a grid, to be judged."""
    nothing = np.zeros((1, len(cells)))
    return Issue(
        origin=surface.past_periods,
        probability=cells["probability"].astype(float)[None, :] if surface.learned else None,
        persistence=cells["persistence"].astype(float)[None, :],
        climatology=cells["climatology"].astype(float)[None, :],
        trusted=surface.used == "model",
        warned=(cells["warned"] > 0)[None, :],
        observed=(cells["kind"] != NO_DATA)[None, :],
        classes=(),
        reasons=Reasons(nothing, nothing, nothing, nothing),
    )


def bins(said: NDArray[np.float64], happened: NDArray[np.bool_]) -> list[list[float]]:
    """By band of EDGES: forecasts, the sum of what they said, how often it happened. Sums, so that they add up."""
    band = np.clip(np.searchsorted(EDGES, said, side="right") - 1, 0, len(EDGES) - 2)
    return [
        [int((band == n).sum()), round(float(said[band == n].sum()), 6), int(happened[band == n].sum())]
        for n in range(len(EDGES) - 1)
    ]


def judged_before(moment: datetime, cell_metres: int, period_days: int) -> list[Judgement]:
    """The judgements on which the model is trusted at a moment, oldest first: of surfaces of the same cells and period
    that were over by then, no two of the same days. Those made afterwards count until there are enough of what was
    issued."""
    rows = db.session.execute(
        select(
            Surface.kind, Surface.from_at, Surface.until_at, Surface.id,
            func.sum(SurfaceScore.hits).label("hits"), func.sum(SurfaceScore.misses).label("misses"),
            func.sum(SurfaceScore.false_alarms).label("false_alarms"),
            *(
                (func.sum(getattr(SurfaceScore, n) * SurfaceScore.cells) / func.sum(SurfaceScore.cells)).label(n)
                for n in ("brier", "brier_persistence", "brier_climatology")
            ),
        )
        .join(SurfaceScore, SurfaceScore.surface_id == Surface.id)
        .where(
            Surface.until_at <= moment, Surface.cell_metres == cell_metres, Surface.period_days == period_days,
            SurfaceScore.cells > 0,
        )
        .group_by(Surface.id)
        .order_by(Surface.until_at.desc(), Surface.id.desc())
    ).all()  # fmt: skip

    def apart(kinds: set[str]) -> list[Judgement]:
        taken: list[Judgement] = []
        begun = moment + timedelta(days=1)
        for row in rows:
            if row.kind in kinds and row.until_at <= begun and len(taken) < LAST_JUDGED:
                taken.append(
                    Judgement(row.hits, row.misses, row.false_alarms, row.brier, row.brier_persistence,
                              row.brier_climatology)
                )  # fmt: skip
                begun = row.from_at
        return taken[::-1]

    issued = apart({SurfaceKind.ISSUED.value})
    return issued if len(issued) >= FEWEST_JUDGED else apart({kind.value for kind in SurfaceKind})


def score_alerts(moment: datetime) -> int:
    """Alerts raised so long ago that what they warned of has come or not: what was found out about each."""
    values = procedures()
    days = values["measures_warning_days"]
    before = moment - timedelta(days=days + values["surface_grace_days"])
    due = facts.alerts_to_score(before, values["measures_warning_metres"], days)
    db.session.add_all(
        AlertScore(
            alert_id=row.alert_id, sector_id=row.sector_id, channel=row.channel, rule_id=row.rule_id,
            verdict=VERDICTS.get(Verification(row.verification), Verdict.UNDECIDED).value,
            lead_hours=row.lead_hours, raised_at=row.raised_at,
        )
        for row in due
    )  # fmt: skip
    db.session.flush()
    if due:
        record("alerts.scored", "alert_scores", "due", {"count": len(due)})
    return len(due)
