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
    """What must not be few in a cell: its rows, those in the denominator and those left out, both sides of a share, and
    what another measure's figures less these would give."""
    if measure.shape is Shape.TOTAL:
        return (round(figure.numerator),)
    among = figure.counted if measure.shape is Shape.TIMES else figure.among
    counts: tuple[int, ...] = (figure.rows, among, figure.rows - among)
    if measure.shape is Shape.SHARE:
        counts += (figure.counted, figure.among - figure.counted)
    return counts + (figure.also or (0,) * len(measure.also))


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
        told = replace(shown(measure, total), parts=parts_released(total))
        found[code] = Block(told, cut.months(), cut.cells())
    return found


def shown(measure: Measure, figure: Figure) -> Figure:
    """A cell that is told: of a time, how many are missing only where neither they nor the others left out are few."""
    if measure.shape is not Shape.TIMES:
        return figure.without_parts()
    missing = figure.missing or 0
    told = not is_small((missing, figure.rows - figure.counted - missing))
    return replace(figure, missing=figure.missing if told else None)


#: Rates tell how many anybody answered, how many the mission did, and how many nobody: parts are hidden within each of
#: these, since their sums are known.
Group = tuple[str, ...]
ANSWERED_TREE: tuple[tuple[Group, ...], ...] = (
    (("mission", "joint"), ("state", "partner", "community")),
    (("nobody",), ("open",)),
)


def parts_released(total: Figure) -> dict[str, int | None]:
    """Parts of a division, the few ones hidden with others."""
    counts = {part: count or 0 for part, count in total.parts.items()}
    if "nobody" not in counts:
        hidden = hidden_cells({part: (count,) for part, count in counts.items()})
        return {part: None if part in hidden else count for part, count in counts.items()}
    sides = {side: sum(counts[part] for group in side for part in group) for side in ANSWERED_TREE}
    gone: set[str] = set()
    for side in ANSWERED_TREE:
        groups = {group: (sum(counts[part] for part in group),) for group in side}
        hidden_groups = frozenset(side) if is_small(tuple(sides.values())) else hidden_cells(groups)
        for group in side:
            within = hidden_cells({part: (counts[part],) for part in group})
            gone |= set(group) if group in hidden_groups else within
    return {part: None if part in gone else count for part, count in counts.items()}


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
        return () if small else tuple(shown(self.measure, m) for m in self.by_month)

    def cells(self) -> tuple[Figure, ...]:
        months = self.quarter.months()
        # By how many rows there are alone, in the same way for each measure of a source: what one hides no other shows.
        of_rows = months if not any(is_small((m.rows,)) for m in self.by_month) else []
        hidden = hidden_cells(
            {f.key: tuple(one.rows for one in self.each(f, of_rows)) for f in self.whole}, OF_ONE_PERSON
        )
        told = months if self.months() else []
        vectors = {
            f.key: tuple(n for one in self.each(f, told) for n in counts_of(self.measure, one))
            for f in self.whole
        }
        hidden |= hidden_cells(vectors, hidden | OF_ONE_PERSON)
        every = [*self.whole, *(self.parted if told else ())]
        return tuple(f.veiled() if f.key in hidden else shown(self.measure, f) for f in every)

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
