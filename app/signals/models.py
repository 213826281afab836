"""Signals: what a patrol saw that concerns a child or sexual violence, as a yes and nothing more.

The database itself makes two of each report that is sent, one for each concern and whatever was said
(migrations/sql/0042_signals.sql): so neither the log nor a number tells whether there was a yes. They hold no place and
no words; who wants to know more asks the patrol's leader.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Concern(StrEnum):
    CHILD = "child"
    SEXUAL_VIOLENCE = "sexual_violence"


class Outcome(StrEnum):
    FOLLOWED_UP = "followed_up"
    REFERRED = "referred"
    KNOWN = "known"
    NO_GROUND = "no_ground"
    # Asking on would have endangered whoever it is about: leaving it is an answer.
    UNSAFE = "unsafe"


class Signal(Base):
    """`told`: yes, in the report as it was sent last. `call_sign` and `patrol_ended_at` are copies, since its reader
    reads no patrols."""

    __tablename__ = "signals"
    __table_args__ = (
        one_of("concern", Concern),
        one_of("outcome", Outcome),
        UniqueConstraint("report_id", "concern"),
        CheckConstraint("(taken_at IS NULL) = (taken_by_id IS NULL)", name="taken"),
        CheckConstraint(
            "(settled_at IS NULL) = (settled_by_id IS NULL) AND (settled_at IS NULL) = (outcome IS NULL)"
            " AND (settled_at IS NULL OR taken_at IS NOT NULL)",
            name="settled",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("patrol_reports.id"))
    concern: Mapped[str]
    told: Mapped[bool]
    told_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    call_sign: Mapped[str]
    patrol_ended_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]
    taken_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None]
