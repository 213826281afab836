"""How much of a figure this viewer sees, and the lines of the page made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from app.errors import NotFound
from app.measures import queries, released
from app.measures.catalogue import CATALOGUE
from app.measures.models import Figure, Measure, Shape, Source
from app.measures.periods import Period
from app.measures.sources import READ_BY
from app.permissions import Permission, viewer
from geo.release import is_small


class Sight(StrEnum):
    """EXACT: as counted. TOTALS: the mission's totals as counted, parts of them as released. RELEASED: of quarters that
    have ended, small cells hidden."""

    EXACT = "exact"
    TOTALS = "totals"
    RELEASED = "released"


@dataclass(frozen=True)
class Line:
    """One measure of the page. figure None: nothing is told of this period. months: its trend, oldest first."""

    measure: Measure
    figure: Figure | None
    sight: Sight
    months: Sequence[Figure] = ()
    cells: Sequence[Figure] = ()


def sight_of(source: Source) -> Sight | None:
    """None: this viewer sees nothing of the source's measures.

    Whoever reads the rows themselves, as far as he reads measures, loses nothing by a figure and learns nothing from it.
    Who reads the log learns from it when each alert was raised and each act was done: the mission's totals, which judge
    command and no source, are his as they are. Everybody else gets what may leave the house.
    """
    who, reads = viewer(), READ_BY[source]
    wide = Permission.READ_MEASURES in who.anywhere()
    if reads in who.anywhere() or (not wide and reads in who.in_sector()):
        return Sight.EXACT
    if source is Source.DEFENDERS:
        return Sight.EXACT if who.holds(reads) else None
    if Permission.RELEASE_MEASURES not in who.anywhere():
        return None
    if Permission.READ_LEDGER in who.anywhere() and source is not Source.VICTIMS:
        return Sight.TOTALS
    return Sight.RELEASED


def seen_as(source: Source, as_released: bool) -> Sight | None:
    sight = sight_of(source)
    if sight is None or not as_released or Permission.RELEASE_MEASURES not in viewer().anywhere():
        return sight
    return Sight.RELEASED


def guarded(measure: Measure, figure: Figure) -> Figure:
    """Defenders' files are few and each is a person: small figures of them are shown to nobody."""
    if measure.source is Source.DEFENDERS and is_small(released.counts_of(measure, figure)):
        return figure.veiled()
    return figure


def board(period: Period, as_released: bool = False, now: datetime | None = None) -> list[Line]:
    """A line for each measure of which the viewer sees anything, in the catalogue's order."""
    now = now or datetime.now(UTC)
    found: dict[str, Line] = {}
    for source in Source:
        sight = seen_as(source, as_released)
        measures = [m for m in CATALOGUE.values() if m.source is source]
        if sight is None:
            continue
        if sight is Sight.RELEASED:
            told = released.may_be_released(measures[0], period, now)
            blocks = released.in_period(measures, period) if told else {}
            figures = {code: block.total for code, block in blocks.items()}
        else:
            figures = queries.totals(measures, period)
        for m in measures:
            figure = figures.get(m.code)
            found[m.code] = Line(m, figure and guarded(m, figure), sight)
    return [found[code] for code in CATALOGUE if code in found]


def one(
    measure: Measure, period: Period, by: str = "", as_released: bool = False, now: datetime | None = None
) -> Line:
    """One measure in a period, with its cells by a division. Raises NotFound where the viewer sees nothing of it."""
    now = now or datetime.now(UTC)
    sight = seen_as(measure.source, as_released)
    if sight is None:
        raise NotFound
    if measure.shape is Shape.NOT_RECORDED:
        return Line(measure, None, sight)
    may = released.may_be_released(measure, period, now)
    block = None
    if may and sight is not Sight.EXACT:
        block = released.in_period([measure], period, by)[measure.code]
    if sight is Sight.RELEASED:
        return (
            Line(measure, block.total, sight, block.months, block.cells)
            if block
            else Line(measure, None, sight)
        )
    figure = queries.totals([measure], period)[measure.code]
    if measure.source.now:
        months: Sequence[Figure] = ()
    else:
        months = queries.figures([measure], trend(period), monthly=True)[measure.code]
    cells: Sequence[Figure] = block.cells if block else ()
    if by and sight is Sight.EXACT:
        cells = queries.figures([measure], period, by)[measure.code]
    return Line(measure, guarded(measure, figure), sight, months, cells)


def trend(period: Period) -> Period:
    """The year that ends with the period's last month, or the period itself where it is longer."""
    last = period.months()[-1]
    year, month = int(last[:4]), int(last[5:])
    since = datetime(year - 1 + month // 12, month % 12 + 1, 1, tzinfo=UTC)
    return Period(min(since, period.since), period.until)
