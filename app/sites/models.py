"""Sites to protect: places of the mission with what presence they are owed (handbook 2.6, `protection_priority`)."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Identity, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class Priority(StrEnum):
    MUST = "must"
    SHOULD = "should"
    COULD = "could"


class Need(StrEnum):
    """What a visit needs of the patrol."""

    INTERPRETER = "interpreter"
    WOMEN = "women"
    FOOT = "foot"
    ALONE = "alone"  # without forces of the State


class Site(Base):
    """A place that patrols shall visit. Days of the week are 1 (Monday) to 7; minutes are of the mission's own day.

    A visit begins within the window, where there is one; on market days one is wanted within the market's hours.
    """

    __tablename__ = "sites"
    __table_args__ = (
        one_of("priority", Priority),
        CheckConstraint("visits_a_week BETWEEN 0 AND 21", name="visits_a_week"),
        CheckConstraint("longest_gap_days BETWEEN 1 AND 90", name="longest_gap_days"),
        CheckConstraint("visit_minutes BETWEEN 5 AND 1440", name="visit_minutes"),
        CheckConstraint("night_share BETWEEN 0 AND 1", name="night_share"),
        CheckConstraint("market_days <@ '{1,2,3,4,5,6,7}'::bigint[]", name="market_days"),
        CheckConstraint("needs <@ '{interpreter,women,foot,alone}'::text[]", name="needs"),
        CheckConstraint("(dropped_at IS NULL) = (dropped_why IS NULL)", name="dropped"),
        Index("uq_sites_standing", "place_id", unique=True, postgresql_where=text("dropped_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("places.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    priority: Mapped[str]
    visits_a_week: Mapped[int]
    longest_gap_days: Mapped[int]
    visit_minutes: Mapped[int]
    night_share: Mapped[float] = mapped_column(Float, server_default=text("0"))
    market_days: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), server_default=text("'{}'"))
    market_from: Mapped[int | None]
    market_until: Mapped[int | None]
    window_from: Mapped[int | None]
    window_until: Mapped[int | None]
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    note: Mapped[str] = mapped_column(server_default="")
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    set_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    dropped_at: Mapped[datetime | None]
    dropped_why: Mapped[str | None]
