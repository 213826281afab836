"""The parts of a document's outline, the same for page, PDF and DOCX.

An outline is text that is already final: a renderer chooses only where it stands and how it looks. That
is what makes the same figure in three formats the same string.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

from app.documents.parts import Chart, Figure, MapData

T = TypeVar("T")
Align = Literal["left", "right"]


@dataclass(frozen=True)
class Column:
    """A table's column; `width` is its share of the table's width, relative to the others."""

    title: str
    width: float = 1.0
    align: Align = "left"
    #: Serials, grids and date-time groups stand in monospace.
    mono: bool = False


@dataclass(frozen=True)
class Headline:
    """The figures that stand first, as a band."""

    figures: tuple[Figure, ...]
    type: Literal["headline"] = "headline"


@dataclass(frozen=True)
class Facts:
    """Labels and values, one below the other."""

    rows: tuple[tuple[str, str], ...]
    type: Literal["facts"] = "facts"


@dataclass(frozen=True)
class Prose:
    """Paragraphs; `tone` sets apart what must not be taken for fact or must not be missed."""

    paragraphs: tuple[str, ...]
    tone: Literal["plain", "small", "note", "danger"] = "plain"
    type: Literal["prose"] = "prose"


@dataclass(frozen=True)
class Items:
    """A plain list."""

    texts: tuple[str, ...]
    type: Literal["items"] = "items"


@dataclass(frozen=True)
class Table:
    """Rows under titled columns; `empty` is the sentence that stands where there are no rows.

    `behind`: the figures of a drawing, which the page lets one fold away.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str
    behind: bool = False
    type: Literal["table"] = "table"

    def __post_init__(self) -> None:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of “{self.caption}” has not as many cells as there are columns")


@dataclass(frozen=True)
class Drawing:
    """A map or chart with its caption and its text alternative."""

    data: MapData | Chart
    caption: str
    alt: str
    type: Literal["drawing"] = "drawing"


Block = Headline | Facts | Prose | Items | Table | Drawing


@dataclass(frozen=True)
class Section:
    """A titled part of the document; `wide` ones are printed in landscape."""

    title: str
    blocks: tuple[Block, ...]
    wide: bool = False


@dataclass(frozen=True)
class Outline:
    """A whole document, ready to be set."""

    kind_title: str
    title: str
    serial: str
    marking: str
    exercise: str
    subtitle: str
    #: Who, when, for whom: the box at the head of the first page.
    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    #: Where the document comes from: hash of the brief, template, checkpoint.
    origin: tuple[tuple[str, str], ...]
    checkpoint_note: str
    checkpoint_alt: str
    language: str
    labels: dict[str, str] = field(default_factory=dict)


def with_texts(value: T, change: Callable[[str], str]) -> T:
    """The same structure with every text in it changed, however deep it stands; keys are left alone."""
    changed: Any = value
    if isinstance(value, str):
        changed = change(value)
    elif isinstance(value, tuple):
        changed = tuple(with_texts(item, change) for item in value)
    elif isinstance(value, dict):
        changed = {key: with_texts(item, change) for key, item in value.items()}
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        texts = {f.name: with_texts(getattr(value, f.name), change) for f in dataclasses.fields(value)}
        changed = dataclasses.replace(value, **texts)
    result: T = changed
    return result
