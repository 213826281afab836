"""Threats: an actor with intent and capability against a population in an area (handbook 2.4, 2.5)."""

from __future__ import annotations

from datetime import date, datetime

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.mission.models import metres_index, shape, shape_index
from geo.warning import KIND_WEIGHT


class Threat(Base):
    __tablename__ = "threats"
    __table_args__ = (
        one_of("kind", list(KIND_WEIGHT)),
        one_of("confidence", ["low", "moderate", "high"]),
        CheckConstraint("intent BETWEEN 0 AND 4", name="intent"),
        CheckConstraint("capability BETWEEN 0 AND 4", name="capability"),
        CheckConstraint("likelihood BETWEEN 1 AND 5", name="likelihood"),
        CheckConstraint("impact BETWEEN 1 AND 5", name="impact"),
        CheckConstraint("residual_likelihood BETWEEN 1 AND 5", name="residual_likelihood"),
        CheckConstraint("residual_impact BETWEEN 1 AND 5", name="residual_impact"),
        shape_index("threats", "area"),
        metres_index("threats", "area"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    actor_id: Mapped[int] = mapped_column(ForeignKey("actors.id"))
    target: Mapped[str]
    kind: Mapped[str]
    area: Mapped[WKBElement] = mapped_column(shape("MULTIPOLYGON"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    intent: Mapped[int]
    capability: Mapped[int]
    likelihood: Mapped[int]
    impact: Mapped[int]
    residual_likelihood: Mapped[int | None]
    residual_impact: Mapped[int | None]
    vulnerable: Mapped[bool] = mapped_column(server_default=text("false"))
    protected: Mapped[bool] = mapped_column(server_default=text("false"))
    confidence: Mapped[str] = mapped_column(server_default="low")
    most_likely_course: Mapped[str] = mapped_column(server_default="")
    most_dangerous_course: Mapped[str] = mapped_column(server_default="")
    review_on: Mapped[date] = mapped_column(Date)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    opened_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
