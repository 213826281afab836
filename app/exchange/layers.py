"""The layers that leave the house: who reads each, what it tells, and by which columns it may be asked.

One list serves the OGC collections, the tiles and the exports, so that no way out tells more than another. Each layer's
rows carry the viewer's reach themselves (the first wall); row level security stands behind. Defenders' cells are not
among them: they leave through app/defenders/gate.py alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask_babel.speaklater import LazyString
from sqlalchemy import ColumnElement, Select, select, true
from sqlalchemy.dialects import postgresql

from app.permissions import Permission, viewer

Column = Any  # a mapped column or an SQL expression


def as_sql(column: Column) -> str:
    """A column or expression of ours as SQL text; nothing of a request is in it."""
    return str(column.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))


@dataclass(frozen=True)
class Layer:
    """One layer. `key` orders and names its rows; `shape` is a WGS 84 geometry (lon, lat) or NULL where a place is
    known too coarsely to be drawn; `drawn` says which kind; `codes` are the enumerated columns that a question may
    filter by; `period` the first and last moment of a row, if it has any; `counted` the names that its changes are
    counted by; `pictured` which of its rows a map draws, where that is not all; `lapsed` when its rows last changed by
    time alone; `uncounted` whether how many left, and by which kind, would tell the log's readers of rows that they may
    not know of."""

    name: str
    title: LazyString
    permission: Permission
    key: Column
    shape: Column
    columns: Mapping[str, Column]
    visible: Callable[[], ColumnElement[bool]]
    drawn: str = "Point"
    codes: Mapping[str, Column] = field(default_factory=dict)
    period: tuple[Column, Column] | None = None
    joined: Callable[[Select[Any]], Select[Any]] = lambda query: query
    counted: Callable[[], list[str]] | None = None
    pictured: Callable[[], ColumnElement[bool]] = true
    lapsed: Callable[[], datetime | None] | None = None
    uncounted: Callable[[], bool] = lambda: False

    def rows(self) -> Select[Any]:
        """(id, shape, …columns) of all that this viewer may see, in no order."""
        told = [column.label(name) for name, column in self.columns.items()]
        query = select(self.key.label("id"), self.shape.label("shape"), *told)
        return self.joined(query).where(self.visible())

    def columns_as_sql(self) -> str:
        return ", ".join(f"{as_sql(column)} AS {name}" for name, column in self.columns.items())

    def open_to_viewer(self) -> bool:
        return viewer().holds(self.permission)

    def counted_as(self) -> list[str]:
        return self.counted() if self.counted else [self.name]
