"""Deviations of patrols from what was ordered: noticed by the rules' process, explained by the leader or an officer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, Float, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.mission.models import shape


class DeviationKind(StrEnum):
    OFF_ROUTE = "off_route"
    STOP_SKIPPED = "stop_skipped"
    LATE = "late"
    SILENT = "silent"


class DeviationReason(StrEnum):
    ORDERED_OTHERWISE = "ordered_otherwise"
    ROAD_CLOSED = "road_closed"
    REFUSED_PASSAGE = "refused_passage"
    THREAT = "threat"
    INCIDENT = "incident"
    BREAKDOWN = "breakdown"
    WEATHER = "weather"
    PEOPLE_IN_NEED = "people_in_need"
    NO_SIGNAL = "no_signal"
    WRONG_POSITION = "wrong_position"
    DELAY_AT_STOP = "delay_at_stop"
    LOST_THE_WAY = "lost_the_way"
    OTHER = "other"


class Deviation(Base):
    """One lapse. `opened_at`: since when it was so; `fired_at`: when it had lasted long enough to count; `value`: metres
    off the line, or seconds late or silent, when it did; `withdrawn_at`: what came late showed that it never was."""

    __tablename__ = "patrol_deviations"
    __table_args__ = (
        one_of("kind", DeviationKind),
        one_of("reason", DeviationReason),
        CheckConstraint(
            "(acknowledged_at IS NULL) = (acknowledged_by_id IS NULL) AND (acknowledged_at IS NULL) = (reason IS NULL)",
            name="acknowledged",
        ),
        Index(
            "uq_patrol_deviations_once", "patrol_id", "kind", "stop_id", "opened_at", unique=True,
            postgresql_nulls_not_distinct=True, postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"), index=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("patrol_orders.id"))
    kind: Mapped[str]
    stop_id: Mapped[int | None] = mapped_column(ForeignKey("patrol_stops.id"))
    opened_at: Mapped[datetime]
    noticed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    fired_at: Mapped[datetime]
    cleared_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    value: Mapped[float] = mapped_column(Float)
    place: Mapped[WKBElement | None] = mapped_column(shape("POINT"))
    told_at: Mapped[datetime | None]
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    acknowledged_by_role: Mapped[str | None]
    reason: Mapped[str | None]
    note: Mapped[str] = mapped_column(server_default="")
