"""A mix of plans for a run of days, the days that are drawn from it, and their seeds, sealed until each day is over."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, Identity, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class MixState(StrEnum):
    SOLVING = "solving"
    READY = "ready"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Mix(Base):
    """`unit_ids`: the units that take part, none for all of the sector. `ground` (ground.py, frozen as that of plans),
    `terms` (terms.py) that each day is drawn from, `result` its figures. What was found never changes; accepted by
    vigil.seal_mix alone. `kept_by_id`: who took it over after that, and as whom its days are drawn since then."""

    __tablename__ = "mixes"
    __table_args__ = (
        one_of("state", MixState),
        CheckConstraint("days BETWEEN 1 AND 14", name="days"),
        CheckConstraint("seconds BETWEEN 0.2 AND 120", name="seconds"),
        CheckConstraint("(state = 'accepted') = (accepted_at IS NOT NULL)", name="accepted"),
        CheckConstraint(
            "state NOT IN ('ready', 'accepted') OR num_nulls(ground, terms, result) = 0", name="found"
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    days: Mapped[int]
    seconds: Mapped[float]
    unit_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    state: Mapped[str] = mapped_column(server_default="solving")
    ground: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    terms: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    accepted_at: Mapped[datetime | None]
    kept_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Draw(Base):
    """One day of a mix. `commitment` and `digest` (geo/patrols/drawing.py) were sealed together, and stand in the log
    too. It may be drawn from `due_at` on; `over_at` the day is over, and `seed` opened. `drawn_plan` counts from 0,
    `drawn_starts` are minutes after midnight of each of the mix's tours. `plan_id`: the plan that was made of it.
    `undrawn_why`: why the house could not draw it when it was due (wording.UNDRAWN), which stays on record."""

    __tablename__ = "draws"
    __table_args__ = (
        CheckConstraint("num_nulls(drawn_plan, drawn_starts, drawn_at) IN (0, 3)", name="drawn"),
        CheckConstraint("drawn_at IS NULL OR released_at IS NULL", name="stands"),
        CheckConstraint("plan_id IS NULL OR drawn_at IS NOT NULL", name="plan"),
        CheckConstraint(
            "(seed IS NULL) = (opened_at IS NULL) AND (opened_at IS NULL OR opened_at >= over_at)",
            name="opened",
        ),
        CheckConstraint("undrawn_why IN ('no_account', 'unexpected')", name="undrawn_why"),
        # One draw a day and sector: whoever could have a second one would draw until he liked it.
        Index(
            "uq_draws_standing", "sector_id", "day", unique=True, postgresql_where=text("released_at IS NULL")
        ),
        Index("ix_draws_plan_id", "plan_id", unique=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    mix_id: Mapped[int] = mapped_column(ForeignKey("mixes.id"), index=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"))
    day: Mapped[date] = mapped_column(Date)
    commitment: Mapped[str]
    digest: Mapped[str]
    sealed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    due_at: Mapped[datetime]
    over_at: Mapped[datetime]
    drawn_plan: Mapped[int | None]
    drawn_starts: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    drawn_at: Mapped[datetime | None]
    plan_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    released_at: Mapped[datetime | None]
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    opened_at: Mapped[datetime | None]
    undrawn_why: Mapped[str | None]


class DrawSeed(Base):
    """No role that serves reads or writes it: vigil.seal_mix puts in, vigil.draw_day and vigil.open_seed take out."""

    __tablename__ = "draw_seeds"

    draw_id: Mapped[int] = mapped_column(ForeignKey("draws.id"), primary_key=True, autoincrement=False)
    seed: Mapped[bytes] = mapped_column(LargeBinary)
