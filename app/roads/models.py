"""What is said of a road for a time: closed or slow, by whom, why, and until when. Nothing is ever taken out."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Float, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Condition(StrEnum):
    CLOSED = "closed"
    SLOWED = "slowed"


class Cause(StrEnum):
    THREAT = "threat"
    RAIN = "rain"
    MINES = "mines"
    BRIDGE = "bridge"
    CHECKPOINT = "checkpoint"
    WORKS = "works"
    OTHER = "other"


class RoadCondition(Base):
    """One statement about one link. `factor`: how many times longer a slowed link takes; none for a closed one.

    Several may hold at once: the most protective wins (closed before slow, slower before quicker).
    """

    __tablename__ = "road_conditions"
    __table_args__ = (
        one_of("condition", Condition),
        one_of("cause", Cause),
        CheckConstraint(
            "CASE condition WHEN 'closed' THEN factor IS NULL ELSE factor BETWEEN 1 AND 10 AND factor IS NOT NULL END",
            name="factor",
        ),
        CheckConstraint("until_at > from_at", name="period"),
        CheckConstraint("(opened_at IS NULL) = (opened_why IS NULL)", name="opened"),
        Index("ix_road_conditions_standing", "link_id", postgresql_where=text("opened_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    link_id: Mapped[int] = mapped_column(ForeignKey("road_links.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    condition: Mapped[str]
    cause: Mapped[str]
    factor: Mapped[float | None] = mapped_column(Float)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime | None]
    reason: Mapped[str]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    opened_at: Mapped[datetime | None]
    opened_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opened_why: Mapped[str | None]
