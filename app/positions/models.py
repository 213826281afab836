"""What is tracked, the devices that tell where it is, and where it was.

Patrols, vehicles and aircraft: nothing here can name a person, and there is no kind for one.
"""

from __future__ import annotations

from datetime import datetime
from enum import IntFlag, StrEnum

from geoalchemy2 import WKBElement
from sqlalchemy import (
    REAL,
    CheckConstraint,
    Float,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.mission.models import metres_index, shape

# How far off a fix may be that does not say how far.
UNKNOWN_ERROR_METRES = 50.0


class Kind(StrEnum):
    PATROL = "patrol"
    VEHICLE = "vehicle"
    AIRCRAFT = "aircraft"


class Flag(IntFlag):
    """What is odd about a fix. It is kept as it was sent; the picture shows what is not DOUBTED."""

    TOO_FAST = 1  # further from its neighbours than its carrier can have moved
    OUTSIDE = 2  # hundreds of kilometres outside the mission
    AHEAD = 4  # the device's clock runs ahead of ours
    LATE = 8  # told long after it was so
    RECKONED = 16  # speed and course come from the fix before, not from the device
    LOST = 32  # told by a device after it was lost


DOUBTED = Flag.TOO_FAST | Flag.OUTSIDE | Flag.AHEAD | Flag.LOST


class Tracked(Base):
    """A patrol (made with it, by a trigger), a vehicle or an aircraft of a unit. `top_speed_kph` is what it could do."""

    __tablename__ = "tracked"
    __table_args__ = (
        one_of("kind", Kind),
        CheckConstraint("(kind = 'patrol') = (patrol_id IS NOT NULL)", name="patrol"),
        CheckConstraint("top_speed_kph > 0", name="top_speed"),
        Index("ix_tracked_call_sign", text("lower(call_sign)")),
        Index(
            # Within a sector: over the whole mission it would tell an officer what drives in another one.
            "uq_tracked_call_sign_in_use", "sector_id", text("lower(call_sign)"), unique=True,
            postgresql_nulls_not_distinct=True, postgresql_where=text("kind <> 'patrol' AND retired_at IS NULL"),
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    patrol_id: Mapped[int | None] = mapped_column(ForeignKey("patrols.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("units.id"), index=True)
    call_sign: Mapped[str]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    top_speed_kph: Mapped[float] = mapped_column(REAL)
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    retired_at: Mapped[datetime | None]


class Tracker(Base):
    """A device that tells where one carrier is, by a key that does nothing else. Shown once, kept as SHA-256."""

    __tablename__ = "trackers"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    tracked_id: Mapped[int] = mapped_column(ForeignKey("tracked.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    lost_since: Mapped[datetime | None]


class Position(Base):
    """A fix, partitioned by month: retention drops partitions and never deletes row by row.

    No foreign key: its check would cost each row a look-up, and the policy makes the same one.
    """

    __tablename__ = "positions"
    __table_args__ = (
        # What has arrived since rules last looked; stored in the order of arrival, so a few bytes for each megabyte do.
        Index("ix_positions_received_at", "received_at", postgresql_using="brin"),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    tracked_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(primary_key=True)
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    accuracy_metres: Mapped[float | None] = mapped_column(Float)
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    speed_kph: Mapped[float | None] = mapped_column(REAL)
    course: Mapped[float | None] = mapped_column(REAL)
    flags: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    # The device that told it, none for a person's own account: a lost one's fixes are doubted, the others' stay.
    tracker_id: Mapped[int | None]


class LatestPosition(Base):
    """The newest fix of each carrier that nothing speaks against."""

    __tablename__ = "latest_positions"
    __table_args__ = (metres_index("latest_positions"),)

    tracked_id: Mapped[int] = mapped_column(ForeignKey("tracked.id"), primary_key=True, autoincrement=False)
    # Copied from what is tracked: the patrol for the weighing of reports, the sector for the policy.
    patrol_id: Mapped[int | None] = mapped_column(ForeignKey("patrols.id"), unique=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    at: Mapped[datetime]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    speed_kph: Mapped[float | None] = mapped_column(REAL)
    course: Mapped[float | None] = mapped_column(REAL)
