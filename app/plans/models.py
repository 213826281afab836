"""A patrol plan of a sector's day or week: what was asked, the ground that it stands on, what was found."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class PlanState(StrEnum):
    SOLVING = "solving"
    READY = "ready"
    ISSUED = "issued"
    WITHDRAWN = "withdrawn"


class PatrolPlan(Base):
    """`wishes` (wishes.py) of the officer; `ground` (frozen.py) so that the checker can replay it later; `result`
    (results.py). A plan that is made from another has it as parent and starts from it; what is ready never changes."""

    __tablename__ = "plans"
    __table_args__ = (
        one_of("state", PlanState),
        CheckConstraint("days BETWEEN 1 AND 7", name="days"),
        CheckConstraint("seconds BETWEEN 0.2 AND 120", name="seconds"),
        CheckConstraint("(state = 'issued') = (issued_at IS NOT NULL)", name="issued"),
        CheckConstraint("state NOT IN ('ready', 'issued') OR result IS NOT NULL", name="found"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), index=True)
    first_day: Mapped[date] = mapped_column(Date)
    days: Mapped[int]
    seconds: Mapped[float]
    state: Mapped[str] = mapped_column(server_default="solving")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("plans.id"))
    wishes: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    ground: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    result: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    issued_at: Mapped[datetime | None]


class PlanPatrol(Base):
    """The patrol that a tour of an issued plan became; with how many of the State's forces it is to go, under which
    decision of due diligence, if with any."""

    __tablename__ = "plan_patrols"
    __table_args__ = (
        CheckConstraint("(clearance_id IS NULL) = (state_forces IS NULL)", name="joint"),
        CheckConstraint("state_forces BETWEEN 1 AND 500", name="state_forces"),
    )

    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"), primary_key=True, autoincrement=False)
    plan_id: Mapped[int] = mapped_column(ForeignKey("plans.id"), index=True)
    tour: Mapped[int]
    clearance_id: Mapped[int | None] = mapped_column(ForeignKey("due_diligence.id"))
    state_forces: Mapped[int | None]
