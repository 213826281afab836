"""A file that somebody brings in, from its arrival until nothing of it is kept but the counts."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class ImportKind(StrEnum):
    PLACES = "places"
    ROADS = "roads"
    BOUNDARIES = "boundaries"
    UNITS = "units"
    RIVERS = "rivers"
    ACTORS = "actors"
    NETWORKS = "networks"
    INCIDENTS = "incidents"
    TRACKS = "tracks"


class ImportState(StrEnum):
    WAITING = "waiting"  # for a worker to look into it
    LOOKED = "looked"  # for its sender to say which column is what
    RUNNING = "running"
    DONE = "done"
    UNREADABLE = "unreadable"
    FAILED = "failed"
    REMOVED = "removed"


# The file lies there in these states, and in no other.
KEPT = frozenset({ImportState.WAITING, ImportState.LOOKED, ImportState.RUNNING})


class Import(Base):
    """`stored_as` is the file's random name under var/imports; `found` what a worker saw in it (looking.Look, and marks
    for a small map); `columns` our field → the file's column; `every` our field → one value for each row; `at_row` how
    many rows are done, so that a worker that follows a killed one goes on there; `refusals` [[number, code, facts],
    …], of files that came in before there were codes [[number, sentence], …]."""

    __tablename__ = "imports"
    __table_args__ = (
        one_of("kind", ImportKind),
        one_of("state", ImportState),
        CheckConstraint("size_bytes > 0", name="size_bytes"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    own_name: Mapped[str]
    stored_as: Mapped[str] = mapped_column(unique=True)
    size_bytes: Mapped[int]
    sha256: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="waiting")
    layer: Mapped[str | None]
    found: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    columns: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    every: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    source: Mapped[str | None]
    tracked_id: Mapped[int | None] = mapped_column(ForeignKey("tracked.id"))
    total: Mapped[int | None]
    at_row: Mapped[int] = mapped_column(server_default=text("0"))
    new: Mapped[int] = mapped_column(server_default=text("0"))
    changed: Mapped[int] = mapped_column(server_default=text("0"))
    unchanged: Mapped[int] = mapped_column(server_default=text("0"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    refusals: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    failure: Mapped[str | None]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"), index=True)
    ended_at: Mapped[datetime | None]
