"""A long search for a plan: who asked for it, how far it is, the best so far, and whether it was asked to stop."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class SolveKind(StrEnum):
    PLAN = "plan"
    MIX = "mix"
    SITING = "siting"


class SolveState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"  # by a person, with the best so far kept
    FAILED = "failed"


OPEN = (SolveState.WAITING.value, SolveState.RUNNING.value)


class Solve(Base):
    """`subject_id` is the row of the kind's own table. `share` of the work that is done, 0 to 1; `best` so far in the
    kind's own unit (wording.BEST), None before there is one; `error` a code."""

    __tablename__ = "solves"
    __table_args__ = (
        one_of("kind", SolveKind),
        one_of("state", SolveState),
        CheckConstraint("share BETWEEN 0 AND 1", name="share"),
        Index(
            "uq_solves_open", "kind", "subject_id", unique=True,
            postgresql_where=text("state IN ('waiting', 'running')"),
        ),
        Index("ix_solves_subject", "kind", "subject_id"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    subject_id: Mapped[int]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    state: Mapped[str] = mapped_column(server_default="waiting")
    share: Mapped[float] = mapped_column(server_default=text("0"))
    best: Mapped[float | None]
    told_at: Mapped[datetime | None]
    stop_asked_at: Mapped[datetime | None]
    took_seconds: Mapped[float | None]
    error: Mapped[str | None]
