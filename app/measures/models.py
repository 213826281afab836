"""What a measure is, and what a figure is. There are no tables: every figure is counted when it is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

from flask_babel.speaklater import LazyString


class Shape(StrEnum):
    SHARE = "share"
    TIMES = "times"
    PARTS = "parts"
    TOTAL = "total"
    NOT_RECORDED = "not_recorded"


class Source(StrEnum):
    """What is counted: alerts that somebody told of, and apart from them those that a rule raised. Places and defenders
    are counted as they stand now; all else by period."""

    ALERTS = "alerts"
    RULES = "rules"
    ATTACKS = "attacks"
    VICTIMS = "victims"
    PATROLS = "patrols"
    PLACES = "places"
    DEFENDERS = "defenders"

    @property
    def now(self) -> bool:
        return self in (Source.PLACES, Source.DEFENDERS)


@dataclass(frozen=True)
class Measure:
    """One row of the catalogue. The SQL parts speak of the source's columns (sources.py) and are constants of ours.

    among: which rows are counted at all (the denominator). counted: which of those are the numerator. weight, value: what
    a row adds to the denominator and to the numerator; of a time, value is its column. due: whose time is missing where
    there is none. column, parts: of a division, what is told apart and its codes. also: rows that another measure's
    figures less these would give, and that must not be few where figures are released.
    """

    code: str
    source: Source
    shape: Shape
    name: LazyString
    definition: LazyString
    numerator: LazyString | str = ""
    denominator: LazyString | str = ""
    excluded: LazyString | str = ""
    unit: str = "alerts"
    among: str = "true"
    counted: str = "true"
    weight: str = "1"
    value: str = "1"
    due: str = "true"
    column: str = ""
    parts: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class Figure:
    """One measure in one cell. key: of the cell, None for the total; month: "2026-08" where it is of a month.

    rows, among, counted: how many rows there were, in the denominator, in the numerator, whatever they weigh; small ones
    are told by these. missing: rows whose time is due and not on record, None where that may not be
    told. also: as the measure's. hidden: nothing of it may be shown.
    """

    key: str | None = None
    month: str | None = None
    rows: int = 0
    among: int = 0
    counted: int = 0
    numerator: float = 0
    denominator: float = 0
    median: float | None = None
    ninetieth: float | None = None
    missing: int | None = 0
    parts: dict[str, int | None] = field(default_factory=dict)
    also: tuple[int, ...] = ()
    hidden: bool = False

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def missing_share(self) -> float | None:
        if self.missing is None or not self.missing + self.counted:
            return None
        return self.missing / (self.missing + self.counted)

    def veiled(self) -> Figure:
        """The same cell with nothing in it."""
        return Figure(key=self.key, month=self.month, hidden=True)

    def without_parts(self) -> Figure:
        return replace(self, parts={})
