"""Evacuations and the plans that were made for each."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, Boolean, CheckConstraint, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, id_by_lot
from app.mission.models import shape


class Evacuation(Base):
    """An area from which people are to be brought away: around a place, or that of a threat.

    restricted: whether its plans were given havens that few may know of; then all of it is for those few. ended_at: from
    then on the places that its order gives away are free for others (promises.py).
    """

    __tablename__ = "evacuations"
    __table_args__ = (
        CheckConstraint("alert_id IS NULL OR threat_id IS NULL", name="cause"),
        CheckConstraint("radius_metres BETWEEN 500 AND 60000", name="radius_metres"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (ended_by_role IS NULL)",
            name="ended",
        ),
    )

    id: Mapped[int] = id_by_lot("evacuations")
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    threat_id: Mapped[int | None] = mapped_column(ForeignKey("threats.id"))
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    radius_metres: Mapped[int]
    restricted: Mapped[bool] = mapped_column(Boolean)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_by_role: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_by_role: Mapped[str | None]


class EvacuationPlan(Base):
    """A version: `asked` is a body.PlanBody, `content` what solving.py made of it, `haven_ids` the havens that
    it tells of: once one of them is hidden, the evacuation is for those alone who may know of it. Written once, and
    issued once."""

    __tablename__ = "evacuation_plans"
    __table_args__ = (
        UniqueConstraint("evacuation_id", "version"),
        CheckConstraint(
            "(issued_at IS NULL) = (issued_by_id IS NULL) AND (issued_at IS NULL) = (issued_by_role IS NULL)",
            name="issued",
        ),
        CheckConstraint("vigil.says_who_goes_where(content, haven_ids)", name="content"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    evacuation_id: Mapped[int] = mapped_column(ForeignKey("evacuations.id"))
    version: Mapped[int]
    asked: Mapped[dict[str, Any]]
    content: Mapped[dict[str, Any]]
    haven_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    made_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    made_by_role: Mapped[str]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    issued_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    issued_by_role: Mapped[str | None]
    issued_at: Mapped[datetime | None]
