"""What units have for patrols, and the escorts that are owed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Date, Float, ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Going(StrEnum):
    """How a unit goes: it drives, it walks, or it drives and dismounts."""

    VEHICLE = "vehicle"
    FOOT = "foot"
    MIXED = "mixed"


class EscortKind(StrEnum):
    HUMANITARIAN = "humanitarian"
    MARKET = "market"
    FIREWOOD = "firewood"
    FIELD = "field"
    SUPPLY = "supply"
    DISPLACED = "displaced"
    OTHER = "other"


class UnitMeans(Base):
    """One unit's means. Speeds: shares of the road's usual one (open and seasonal roads), km/h on foot. Days 1 (Monday)
    to 7, minutes of the mission's own day; a shift whose end lies before its start lasts into the next day. crew: of one
    tour; people_a_day, vehicles: what can go out on a day, None where nobody has said so (crews.py)."""

    __tablename__ = "unit_means"
    __table_args__ = (
        one_of("going", Going),
        CheckConstraint("open_speed BETWEEN 0.1 AND 2 AND seasonal_speed BETWEEN 0.1 AND 2", name="speeds"),
        CheckConstraint("foot_kph BETWEEN 1 AND 8", name="foot_kph"),
        CheckConstraint("longest_duty_minutes BETWEEN 30 AND 10080", name="longest_duty_minutes"),
        CheckConstraint("tours_a_day BETWEEN 0 AND 10", name="tours_a_day"),
        CheckConstraint("crew BETWEEN 1 AND 1000", name="crew"),
        CheckConstraint("people_a_day BETWEEN 0 AND 5000", name="people_a_day"),
        CheckConstraint("vehicles BETWEEN 0 AND 500", name="vehicles"),
        CheckConstraint("days <@ '{1,2,3,4,5,6,7}'::bigint[]", name="days"),
    )

    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), primary_key=True, autoincrement=False)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    going: Mapped[str]
    open_speed: Mapped[float] = mapped_column(Float, server_default=text("1"))
    seasonal_speed: Mapped[float] = mapped_column(Float, server_default=text("1"))
    foot_kph: Mapped[float] = mapped_column(Float, server_default=text("4"))
    shift_from: Mapped[int]
    shift_until: Mapped[int]
    longest_duty_minutes: Mapped[int]
    tours_a_day: Mapped[int]
    crew: Mapped[int]
    people_a_day: Mapped[int | None]
    vehicles: Mapped[int | None]
    interpreters: Mapped[int]
    women: Mapped[int]
    days: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    overnight_base_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    overnight_place_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    note: Mapped[str] = mapped_column(server_default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Escort(Base):
    """An escort that is owed: from a place to a place on a day, begun between two minutes of the mission's own day.

    Whom or what it protects is a kind, never a person: an escort of a defender stands in his file and not here.
    """

    __tablename__ = "escorts"
    __table_args__ = (
        one_of("kind", EscortKind),
        CheckConstraint("from_place_id <> to_place_id", name="places"),
        CheckConstraint("earliest <= latest", name="times"),
        CheckConstraint("ready_minutes BETWEEN 0 AND 1440", name="ready_minutes"),
        CheckConstraint("(ended_at IS NULL) = (outcome IS NULL)", name="ended"),
        one_of("outcome", ("done", "called_off")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    kind: Mapped[str]
    from_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    to_place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    on_day: Mapped[date] = mapped_column(Date)
    earliest: Mapped[int]
    latest: Mapped[int]
    ready_minutes: Mapped[int] = mapped_column(server_default=text("0"))
    note: Mapped[str] = mapped_column(server_default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    outcome: Mapped[str | None]
