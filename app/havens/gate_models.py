"""Counting at the gate by tokens that are nobody's: who is inside is a number, never a list of people."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.havens.models import OfHaven


class TokenKind(StrEnum):
    ADULT = "adult"
    CHILD = "child"
    WOUNDED = "wounded"
    FAMILY = "family"


class Difference(StrEnum):
    """Why a headcount and the tokens inside differ."""

    CAME_UNCOUNTED = "came_uncounted"
    LEFT_UNCOUNTED = "left_uncounted"
    TOKENS_LOST = "tokens_lost"
    BORN_OR_DIED = "born_or_died"
    STAFF_COUNTED = "staff_counted"
    MISCOUNTED = "miscounted"
    NOT_KNOWN = "not_known"


class HavenToken(Base):
    """A token that was counted in. Hours, not minutes, and not by whom: beside a list of who stood at the gate when, a
    minute would name people. Those that went out are folded into `haven_gate_days` and forgotten."""

    __tablename__ = "haven_tokens"
    __table_args__ = (
        one_of("kind", TokenKind),
        CheckConstraint("people BETWEEN 1 AND 30", name="people"),
        CheckConstraint(
            "came_at = date_trunc('hour', came_at, 'UTC') AND went_at = date_trunc('hour', went_at, 'UTC')",
            name="whole_hours",
        ),
    )

    haven_id: Mapped[int] = mapped_column(ForeignKey("havens.id"), primary_key=True, autoincrement=False)
    number: Mapped[str] = mapped_column(primary_key=True)
    people: Mapped[int]
    kind: Mapped[str | None]
    # None: inside for longer than scans are kept.
    came_at: Mapped[datetime | None]
    went_at: Mapped[datetime | None]


class HavenHeadcount(OfHaven, Base):
    """People counted by eye, beside what the tokens said then; `why` they differ, or None where no token is in use."""

    __tablename__ = "haven_headcounts"
    __table_args__ = (
        one_of("why", Difference),
        CheckConstraint("people >= 0 AND tokens_inside >= 0", name="counts"),
    )

    people: Mapped[int]
    tokens_inside: Mapped[int]
    why: Mapped[str | None]


class HavenGateDay(Base):
    """How many came and went on a day: all that is kept of tokens in the long run. kind: '' where none was said."""

    __tablename__ = "haven_gate_days"
    __table_args__ = (
        UniqueConstraint("haven_id", "day", "kind"),
        CheckConstraint("came >= 0 AND went >= 0", name="counts"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    haven_id: Mapped[int] = mapped_column(ForeignKey("havens.id"))
    day: Mapped[date] = mapped_column(Date)
    kind: Mapped[str]
    came: Mapped[int] = mapped_column(server_default=text("0"))
    went: Mapped[int] = mapped_column(server_default=text("0"))
