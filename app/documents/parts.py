"""The parts that all kinds of brief are made of: frozen values, already cleared for their audience.

A brief is what a document is rendered from and nothing else. Whoever builds one has narrowed every
field to its audience first; the renderers neither look anything up nor leave anything out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime

from app.documents.wording import in_utc

#: A time with a zone, kept in UTC so that one instant has one canonical spelling.
UtcTime = Annotated[AwareDatetime, AfterValidator(in_utc)]

Classification = Literal["UNCLASSIFIED", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL"]
Precedence = Literal["FLASH", "IMMEDIATE", "PRIORITY", "ROUTINE"]
Audience = Literal["command", "protection", "auditor"]


@dataclass(frozen=True)
class Period:
    """A span of time, `begin` within it and `end` after it."""

    begin: UtcTime
    end: UtcTime


@dataclass(frozen=True)
class Checkpoint:
    """The ledger's signed head at the data cut-off: C2SP note, number of entries, root hash in hex."""

    note: str
    size: int
    root_hex: str


@dataclass(frozen=True)
class Header:
    """What stands at the head of every product of a mission, whatever its kind."""

    serial: str
    title: str
    classification: Classification
    precedence: Precedence
    exercise: bool
    mission: str
    prepared_at: UtcTime
    prepared_by_role: str
    data_cutoff: UtcTime
    audience: Audience
    template_version: str
    approver: str | None = None
    period: Period | None = None
    checkpoint: Checkpoint | None = None
    #: Minutes that local time is ahead of UTC; a fixed offset, so that a later zone rule changes nothing.
    local_offset_minutes: int = 0
    language: str = "en"
    #: What was withheld from this audience, in words ("exact place of the defender's home").
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class MapArea:
    """A named polygon, drawn with its count where it has one. `shape`: WKT, lon lat, WGS 84."""

    name: str
    shape: str
    count: int | None = None


@dataclass(frozen=True)
class MapRoad:
    """A road of class `main`, `secondary` or `track`. `shape`: WKT line, lon lat."""

    road_class: Literal["main", "secondary", "track"]
    shape: str


@dataclass(frozen=True)
class MapMark:
    """A point with a name: base, haven or settlement; lon and lat in degrees, WGS 84."""

    name: str
    kind: Literal["base", "haven", "settlement"]
    lon: float
    lat: float


@dataclass(frozen=True)
class MapData:
    """All that a map shows. `extent`: west, south, east, north in degrees.

    `place` is the WKT of the event: a point only where `place_is_exact`; otherwise the area within which
    it lies, because a pin in the middle of a district is a claim that nobody made.
    """

    extent: tuple[float, float, float, float]
    land: str | None = None
    areas: tuple[MapArea, ...] = ()
    roads: tuple[MapRoad, ...] = ()
    marks: tuple[MapMark, ...] = ()
    place: str | None = None
    place_is_exact: bool = False


@dataclass(frozen=True)
class Panel:
    """One small bar chart: a value for each category of its chart, None where nothing was counted."""

    label: str
    values: tuple[int | None, ...]
    #: Index of the category to set apart (the month of the event), if any.
    marked: int | None = None


@dataclass(frozen=True)
class Chart:
    """Small multiples of zero-based bars over the same categories. `unit`: what is counted."""

    title: str
    unit: str
    categories: tuple[str, ...]
    panels: tuple[Panel, ...]
    columns: int = 1


@dataclass(frozen=True)
class Figure:
    """A figure as every format prints it: formatted here once, with what it was counted from."""

    label: str
    value_text: str
    numerator: int | None = None
    denominator: int | None = None
    note: str = ""

    @property
    def basis(self) -> str:
        """What stands below the value: "18 of 25 actionable alerts", or the note alone."""
        if self.numerator is None or self.denominator is None:
            return self.note
        return f"{self.numerator:,} of {self.denominator:,} {self.note}".rstrip()
