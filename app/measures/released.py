"""Figures as they may leave the house: of quarters that have ended, with small cells hidden (geo/release.py).

Who reads what is counted sees the figures as they are on the page; everything else, and every file, gets these.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from app.measures import queries
from app.measures.models import Figure, Measure, Shape
from app.measures.periods import Period
from app.measures.sources import OF_ONE_PERSON
from geo.release import hidden_cells, is_small


@dataclass(frozen=True)
class Block:
    """A quarter of one measure. total: hidden where the whole quarter is. months: empty where one of them is small.
    cells: of the quarter, and of its months where these are shown."""

    total: Figure
    months: tuple[Figure, ...] = ()
    cells: tuple[Figure, ...] = ()


def counts_of(measure: Measure, figure: Figure) -> tuple[int, ...]:
    """What must not be small in a cell: how many rows there are, and how many on either side of a share."""
    if measure.shape is Shape.TOTAL:
        return (round(figure.numerator),)
    if measure.shape is Shape.SHARE:
        return (figure.rows, figure.among, figure.counted, figure.among - figure.counted)
    return (figure.rows, figure.counted if measure.shape is Shape.TIMES else figure.among)


def may_be_released(measure: Measure, period: Period, now: datetime) -> bool:
    """Months and quarters of quarters that are over: what still grows would tell by a difference what came today.
    What is counted as it stands now is of no period, and is told to those who read it alone."""
    return bool(period.code) and period.quarter.until <= now and not measure.source.now


def blocks(measures: Sequence[Measure], quarter: Period, by: str = "") -> dict[str, Block]:
    """A quarter's figures of measures of one source, by code, with what must be hidden taken out. For a viewer who reads
    measures of the whole mission."""
    totals = queries.figures(measures, quarter)
    months = queries.figures(measures, quarter, monthly=True)
    whole = queries.figures(measures, quarter, by) if by else {}
    parted = queries.figures(measures, quarter, by, monthly=True) if by else {}
    found = {}
    for measure in measures:
        code = measure.code
        if measure.shape is Shape.NOT_RECORDED:
            continue
        total = totals[code][0] if totals[code] else Figure(parts=dict.fromkeys(measure.parts, 0))
        if is_small(counts_of(measure, total)):
            found[code] = Block(total.veiled())
            continue
        cut = Cut(measure, quarter, months[code], whole.get(code, []), parted.get(code, []))
        found[code] = Block(replace(total, parts=parts_released(total)), cut.months(), cut.cells())
    return found


def parts_released(total: Figure) -> dict[str, int | None]:
    hidden = hidden_cells({part: (count or 0,) for part, count in total.parts.items()})
    return {part: None if part in hidden else count for part, count in total.parts.items()}


@dataclass
class Cut:
    """One measure's months and cells of a quarter, as counted, and what of them may be shown."""

    measure: Measure
    quarter: Period
    by_month: Sequence[Figure]
    whole: Sequence[Figure]
    parted: Sequence[Figure]

    def months(self) -> tuple[Figure, ...]:
        """None where one is small, or where the source's own rows are: its cells are then of the quarter alone."""
        small = any(is_small((m.rows,)) or is_small(counts_of(self.measure, m)) for m in self.by_month)
        return () if small else tuple(m.without_parts() for m in self.by_month)

    def cells(self) -> tuple[Figure, ...]:
        months = self.quarter.months()
        # By how many rows there are alone, in the same way for each measure of a source: what one hides no other shows.
        of_rows = months if not any(is_small((m.rows,)) for m in self.by_month) else []
        hidden = hidden_cells(
            {f.key: tuple(one.rows for one in self.each(f, of_rows)) for f in self.whole}, OF_ONE_PERSON
        )
        shown = months if self.months() else []
        vectors = {
            f.key: tuple(n for one in self.each(f, shown) for n in counts_of(self.measure, one))
            for f in self.whole
        }
        hidden |= hidden_cells(vectors, hidden | OF_ONE_PERSON)
        every = [*self.whole, *(self.parted if shown else ())]
        return tuple(f.veiled() if f.key in hidden else f.without_parts() for f in every)

    def each(self, figure: Figure, months: Sequence[str]) -> list[Figure]:
        """A cell in each of the months, empty ones too; or in the quarter."""
        at = {f.month: f for f in self.parted if f.key == figure.key}
        return [at.get(month, Figure()) for month in months] or [figure]


def in_period(measures: Sequence[Measure], period: Period, by: str = "") -> dict[str, Block]:
    """Released figures of a month or quarter: of a month, its own alone, hidden where those of the quarter are."""
    found = blocks(measures, period.quarter, by)
    return found if period.is_quarter else {code: month_of(one, period) for code, one in found.items()}


def month_of(block: Block, period: Period) -> Block:
    if block.total.hidden or (not block.months and block.total.rows):
        return Block(block.total.veiled())
    mine = [m for m in block.months if m.month == period.code]
    return Block(mine[0] if mine else Figure(), (), tuple(c for c in block.cells if c.month == period.code))
