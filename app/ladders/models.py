"""Ladders as rows: one in force for each priority and kind; a change is a new version, and the old one stays."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.models import Priority
from app.db import Base
from app.grading import one_of
from app.ladders.climbing import Then


class LadderVersion(Base):
    """`kind`: of alerts, or empty for all that have no ladder of their own. `rungs`: [{post, minutes, ways}]."""

    __tablename__ = "ladders"
    __table_args__ = (
        one_of("priority", Priority),
        one_of("then", Then),
        CheckConstraint("priority <> 'P1' OR quiet_from IS NULL", name="p1_never_quiet"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_hours"),
        CheckConstraint(
            "quiet_from BETWEEN 0 AND 1439 AND quiet_until BETWEEN 0 AND 1439", name="minutes_of_the_day"
        ),
        CheckConstraint(
            "jsonb_typeof(rungs) = 'array' AND jsonb_array_length(rungs) BETWEEN 1 AND 6", name="has_rungs"
        ),
        CheckConstraint("mod(quiet_until - quiet_from + 1440, 1440) <= 720", name="quiet_half_a_day"),
        CheckConstraint("priority <> 'P1' OR \"then\" = 'tell_again'", name="p1_told_again"),
        Index(
            "uq_ladders_in_force",
            "kind",
            "priority",
            unique=True,
            postgresql_where=text("replaced_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(server_default="")
    priority: Mapped[str]
    version: Mapped[int]
    rungs: Mapped[list[Any]]
    then: Mapped[str]
    quiet_from: Mapped[int | None] = mapped_column(SmallInteger)
    quiet_until: Mapped[int | None] = mapped_column(SmallInteger)
    reason: Mapped[str]
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    replaced_at: Mapped[datetime | None]
