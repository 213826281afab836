"""Signals: what a patrol saw that concerns a child or sexual violence, as a yes and nothing more.

The database itself makes two of each report that is sent, one for each concern and whatever was said
(migrations/sql/0042_signals.sql): so neither the log nor a number tells whether there was a yes. They hold no place and
no words; who wants to know more asks the patrol's leader.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, UniqueConstraint, Uuid, text
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


class Step(StrEnum):
    TAKEN = "taken"
    SETTLED = "settled"


class Signal(Base):
    """`told`: yes, in the report as it was sent at `told_at`; a yes stays one, and `taken_back_at` says that a later
    sending took it back. `call_sign`, `leader` and `patrol_ended_at` are copies, since its reader reads no patrols."""

    __tablename__ = "signals"
    __table_args__ = (one_of("concern", Concern), UniqueConstraint("report_id", "concern"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("patrol_reports.id"))
    concern: Mapped[str]
    told: Mapped[bool]
    told_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    call_sign: Mapped[str]
    leader: Mapped[str]
    patrol_ended_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]


class SignalStep(Base):
    """An adviser took a signal up, or settled what he had taken up. Keys are drawn by lot: the log names them beside the
    adviser's post, and the signal's own number would lead its readers to the patrol."""

    __tablename__ = "signal_steps"
    __table_args__ = (
        one_of("kind", Step),
        one_of("outcome", Outcome),
        CheckConstraint("(kind = 'settled') = (outcome IS NOT NULL)", name="settled"),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    signal_id: Mapped[int] = mapped_column(ForeignKey("signals.id"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None]
