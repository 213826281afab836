"""Reads of scores: how often surfaces and alerts were right, in all, by sector, by rule and by source."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from sqlalchemy import Row, func, select, text

from app.db import db
from app.permissions import Permission, viewer, within
from app.rules.models import Rule, RuleVersion
from app.surfaces.models import AlertScore, Surface, SurfaceKind, SurfaceScore, Verdict
from geo.release import is_small

MOST_SURFACES = 60


@dataclass(frozen=True)
class Bin:
    """Forecasts of a band: how many, what they said on average, how often it happened."""

    count: int
    said: float
    happened: float


@dataclass
class Tally:
    """Scores added up. The errors are sums over cells; those of persistence and climatology beside the model's are of the
    same surfaces, the ones that had a model."""

    surfaces: int = 0
    cells: int = 0
    happened: int = 0
    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    with_model: int = 0
    error: float = 0.0
    error_persistence: float = 0.0
    error_climatology: float = 0.0
    leads: list[float] = field(default_factory=list)
    bands: dict[str, list[list[float]]] = field(default_factory=dict)

    def add(self, score: SurfaceScore) -> None:
        self.cells += score.cells
        self.happened += score.happened
        self.hits += score.hits
        self.misses += score.misses
        self.false_alarms += score.false_alarms
        self.leads += score.leads
        if score.brier is not None:
            self.with_model += 1
            self.error += score.brier * score.cells
            self.error_persistence += (score.brier_persistence or 0.0) * score.cells
            self.error_climatology += (score.brier_climatology or 0.0) * score.cells
        for name, rows in score.bins.items():
            own = self.bands.setdefault(name, [[0, 0.0, 0] for _ in rows])
            for mine, theirs in zip(own, rows, strict=True):
                for n in range(3):
                    mine[n] += theirs[n]

    @property
    def caught(self) -> float | None:
        """Share of the cells with an event that had been warned of."""
        return self.hits / (self.hits + self.misses) if self.hits + self.misses else None

    @property
    def right(self) -> float | None:
        """Share of the warnings that came true."""
        return self.hits / (self.hits + self.false_alarms) if self.hits + self.false_alarms else None

    @property
    def lead_hours(self) -> float | None:
        return median(self.leads) if self.leads else None

    @property
    def skill_persistence(self) -> float | None:
        return 1.0 - self.error / self.error_persistence if self.error_persistence > 0 else None

    @property
    def skill_climatology(self) -> float | None:
        return 1.0 - self.error / self.error_climatology if self.error_climatology > 0 else None

    def calibration(self, of: str) -> list[Bin]:
        """Of what was "shown", or of the "model"."""
        return [
            Bin(int(count), said / count, happened / count)
            for count, said, happened in self.bands.get(of, [])
            if count
        ]


@dataclass(frozen=True)
class Scored:
    """One surface and what came of it, as far as the viewer may know; None while its period lasts."""

    surface: Surface
    tally: Tally | None


@dataclass(frozen=True)
class Record:
    """Scores of one kind of surface: in all, by sector (None: in no sector). left_out: sectors in which so little
    happened that a viewer who reads no incident is not told of them; never one alone, which the total would give back."""

    total: Tally
    sectors: dict[int | None, Tally]
    left_out: int = 0


@dataclass(frozen=True)
class Warner:
    """A rule, or a source that warned, and what came of its alerts. lead_hours: the median of those `foreseen`."""

    rule_id: int | None
    rule: str | None
    channel: str
    confirmed: int
    unfounded: int
    undecided: int
    foreseen: int
    lead_hours: float | None


def of_surfaces(kind: SurfaceKind, most: int = MOST_SURFACES) -> list[Scored]:
    """The latest surfaces of a kind, the newest first, each with its score."""
    if not viewer().holds(Permission.READ_FORECAST):
        return []
    surfaces = db.session.scalars(
        select(Surface).where(Surface.kind == kind).order_by(Surface.from_at.desc()).limit(most)
    ).all()
    tallies: dict[int, Tally] = {}
    for score in scores_of([s.id for s in surfaces]):
        tallies.setdefault(score.surface_id, Tally(surfaces=1)).add(score)
    return [Scored(s, tallies.get(s.id)) for s in surfaces]


def scores_of(surfaces: Sequence[int]) -> Sequence[SurfaceScore]:
    return db.session.scalars(
        select(SurfaceScore)
        .where(
            SurfaceScore.surface_id.in_(surfaces),
            SurfaceScore.cells > 0,
            within(Permission.READ_FORECAST, SurfaceScore.sector_id),
        )
        .order_by(SurfaceScore.id)
    ).all()


def record_of(surfaces: Iterable[Scored]) -> Record:
    """What these surfaces' scores add up to."""
    ids = [each.surface.id for each in surfaces if each.tally is not None]
    total, sectors = Tally(surfaces=len(ids)), dict[int | None, Tally]()
    for score in scores_of(ids):
        total.add(score)
        sectors.setdefault(score.sector_id, Tally(surfaces=len(ids))).add(score)
    told = dict(sorted(sectors.items(), key=lambda item: -item[1].happened))
    if viewer().holds(Permission.READ_INCIDENTS):
        return Record(total, told)
    few = [sector for sector, tally in told.items() if is_small([tally.happened])]
    if len(few) == 1:
        few += [sector for sector in reversed(told) if sector not in few][:1]
    return Record(total, {sector: told[sector] for sector in told if sector not in few}, len(few))


def warners() -> list[Warner]:
    """What came of alerts by rule and by source: those of the viewer's sectors as they are; for who reads no alert,
    counts of quarters that have ended, without small ones."""
    if viewer().holds(Permission.READ_ALERTS):
        found = db.session.execute(counts(AlertScore.rule_id, AlertScore.channel)).all()
    elif Permission.READ_FORECAST in viewer().anywhere():
        found = db.session.execute(text("SELECT * FROM vigil.alert_score_counts()")).all()
    else:
        found = []
    names = rule_names()
    told = [
        Warner(row.rule_id, names.get(row.rule_id), row.channel, row.confirmed, row.unfounded, row.undecided,
               row.foreseen, row.lead_hours)
        for row in found
    ]  # fmt: skip
    return sorted(
        told, key=lambda w: (w.rule_id is None, -(w.confirmed + w.unfounded + w.undecided), w.channel)
    )


def sectors_warned() -> Sequence[Row[Any]]:
    """What came of alerts by sector (None: in no sector), for those who read them there; the most first. The counts of
    quarters that others are given know no sector."""
    found = (
        db.session.execute(counts(AlertScore.sector_id)).all()
        if viewer().holds(Permission.READ_ALERTS)
        else []
    )
    return sorted(found, key=lambda row: -(row.confirmed + row.unfounded + row.undecided))


def counts(*by: Any) -> Any:
    def of(verdict: Verdict) -> Any:
        return func.count().filter(AlertScore.verdict == verdict).label(verdict.value)

    return (
        select(
            *by, *(of(verdict) for verdict in Verdict),
            func.count(AlertScore.lead_hours).label("foreseen"),
            func.percentile_cont(0.5).within_group(AlertScore.lead_hours).label("lead_hours"),
        )
        .where(within(Permission.READ_ALERTS, AlertScore.sector_id))
        .group_by(*by)
    )  # fmt: skip


def rule_names() -> dict[int, str]:
    """Of the rules that the viewer reads; others stand by their number."""
    rows: Sequence[Row[Any]] = db.session.execute(
        select(Rule.id, RuleVersion.name)
        .join(RuleVersion, (RuleVersion.rule_id == Rule.id) & (RuleVersion.version == Rule.version))
        .where(within(Permission.READ_RULES, Rule.sector_id))
    ).all()
    return {row.id: row.name for row in rows}
