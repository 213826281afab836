"""Whether a unit of the State's forces may be supported: the human rights due diligence policy's decision before it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Risk(StrEnum):
    """Of grave violations by the recipient, with the support given."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Decision(StrEnum):
    PROCEED = "proceed"
    CONDITIONAL = "conditional"
    REFUSE = "refuse"


class DueDiligence(Base):
    """A decision stands as it was taken until its review, unless it is suspended; the next one is a new row."""

    __tablename__ = "due_diligence"
    __table_args__ = (
        one_of("risk", Risk),
        one_of("decision", Decision),
        CheckConstraint(
            "(suspended_at IS NULL) = (suspended_by_id IS NULL) AND (suspended_at IS NULL) = (suspended_why IS NULL)",
            name="suspended",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    recipient: Mapped[str]
    support: Mapped[str]
    risk: Mapped[str]
    mitigation: Mapped[str]
    decision: Mapped[str]
    review_on: Mapped[date]
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    decided_by_role: Mapped[str]
    decided_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    suspended_at: Mapped[datetime | None]
    suspended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    suspended_why: Mapped[str | None]
