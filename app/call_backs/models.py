"""Call-backs: a source is asked again, by a time. Ordered once and done once; neither is changed afterwards.

Whoever ordered one makes it, until it is handed to another who is on watch."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Result(StrEnum):
    CONFIRMS = "confirms"
    ADDS = "adds"
    DENIES = "denies"
    NOT_REACHED = "not_reached"
    # A call may kill the one who is called: not calling is an answer.
    UNSAFE_TO_CALL = "unsafe_to_call"


class CallBack(Base):
    """`source_id`: who is called, by his code alone; who holds the number, the source says."""

    __tablename__ = "call_backs"
    __table_args__ = (
        one_of("result", Result),
        CheckConstraint(
            "(done_at IS NULL) = (done_by_id IS NULL) AND (done_at IS NULL) = (result IS NULL)", name="done"
        ),
        Index("ix_call_backs_due_at", "due_at", postgresql_where=text("done_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    question: Mapped[str]
    due_at: Mapped[datetime]
    ordered_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    ordered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    handed_to_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # Who was reminded that it is overdue, and when the watch was; both by the clocks' process (workers/call_backs.py).
    reminded_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    watch_reminded_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    result: Mapped[str | None]
    answer: Mapped[str] = mapped_column(server_default="")
