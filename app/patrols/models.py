"""Patrols and their stops; where they are stands in app/positions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.mission.models import metres_index, shape


class PatrolState(StrEnum):
    PLANNED = "planned"
    UNDER_WAY = "under_way"
    PAUSED = "paused"
    DONE = "done"
    ABANDONED = "abandoned"


class PatrolMode(StrEnum):
    FOOT = "foot"
    VEHICLE = "vehicle"
    AIR = "air"
    RIVERINE = "riverine"
    MIXED = "mixed"


class CheckedIn(StrEnum):
    """How an arrival or departure came to be known."""

    HAND = "hand"
    POSITION = "position"
    CODE = "code"


class Patrol(Base):
    __tablename__ = "patrols"
    __table_args__ = (
        one_of("state", PatrolState), one_of("mode", PatrolMode),
        # Asked by the policies of all that hangs on a patrol (app/patrols/visits.py).
        Index("ix_patrols_visits", "id", postgresql_where=text("purpose = 'defender_visit'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    call_sign: Mapped[str]
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"), index=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), index=True)
    purpose: Mapped[str]
    mode: Mapped[str] = mapped_column(server_default="vehicle")
    state: Mapped[str] = mapped_column(server_default="planned")
    task: Mapped[str] = mapped_column(server_default="")
    planned_start: Mapped[datetime]
    planned_end: Mapped[datetime]
    started_at: Mapped[datetime | None] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    abandoned_reason: Mapped[str | None]
    # The way that the plan was made with, on roads; without one nobody has planned a line.
    route: Mapped[WKBElement | None] = mapped_column(shape("LINESTRING"))
    ordered_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class PatrolStop(Base):
    __tablename__ = "patrol_stops"
    __table_args__ = (
        UniqueConstraint("patrol_id", "sequence"),
        metres_index("patrol_stops"),
        one_of("arrived_by", CheckedIn),
        one_of("departed_by", CheckedIn),
        CheckConstraint("(called_off_at IS NULL) = (called_off_for_id IS NULL)", name="called_off"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"))
    sequence: Mapped[int]
    name: Mapped[str]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("places.id"))
    arrive_planned: Mapped[datetime | None]
    depart_planned: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None] = mapped_column(index=True)
    departed_at: Mapped[datetime | None]
    arrived_by: Mapped[str | None]
    departed_by: Mapped[str | None]
    # Taken out of the day because of the patrol that answers an alert (app/replanning); where another patrol took the
    # stop over, it has one of its own.
    called_off_at: Mapped[datetime | None]
    called_off_for_id: Mapped[int | None] = mapped_column(ForeignKey("patrols.id"))
