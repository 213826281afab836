"""Safe havens and shelters (handbook 2.8): capacity, needs, state, exposure."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, Date, ForeignKey, Identity, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Base, id_by_lot
from app.grading import one_of
from app.mission.models import metres_index, shape


class HavenKind(StrEnum):
    BASE_SHELTER = "base_shelter"
    POC_SITE = "poc_site"
    WEAPONS_FREE_ZONE = "weapons_free_zone"
    SECURED_AREA = "secured_area"
    SAFE_HOUSE = "safe_house"
    RELOCATION_INSIDE = "relocation_inside"
    RELOCATION_ABROAD = "relocation_abroad"
    HOSPITAL = "hospital"
    TRANSIT = "transit"
    RALLY_POINT = "rally_point"
    SHELTER_GBV = "shelter_gbv"


class HavenState(StrEnum):
    CLOSED = "closed"
    STANDBY = "standby"
    OPEN = "open"
    FULL = "full"
    COMPROMISED = "compromised"


class Exposure(StrEnum):
    """Who may know of it. `need_to_know` and `secret` havens are on no shared map."""

    PUBLIC = "public"
    MISSION = "mission"
    NEED_TO_KNOW = "need_to_know"
    SECRET = "secret"  # noqa: S105 - a level of exposure, not a password


OPENLY_KNOWN = (Exposure.PUBLIC.value, Exposure.MISSION.value)
# For statements that are written as text.
OPENLY_KNOWN_SQL = "exposure IN (" + ", ".join(f"'{each}'" for each in OPENLY_KNOWN) + ")"


def called_and_placed() -> tuple[CheckConstraint, ...]:
    """What forms hold a name to; and a place that is somewhere."""
    return (
        CheckConstraint("length(name) BETWEEN 3 AND 120", name="called"),
        CheckConstraint("NOT ST_IsEmpty(place)", name="somewhere"),
    )


class Haven(Base):
    __tablename__ = "havens"
    __table_args__ = (
        one_of("kind", HavenKind),
        one_of("state", HavenState),
        one_of("exposure", Exposure),
        CheckConstraint("occupancy >= 0", name="occupancy"),
        CheckConstraint("capacity_day >= 0 AND capacity_night >= 0", name="capacity"),
        *called_and_placed(),
        metres_index("havens"),
    )

    id: Mapped[int] = id_by_lot("havens")
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    capacity_day: Mapped[int]
    capacity_night: Mapped[int]
    occupancy: Mapped[int] = mapped_column(server_default=text("0"))
    state: Mapped[str] = mapped_column(server_default="closed")
    exposure: Mapped[str] = mapped_column(server_default="mission")
    needs: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    supplies: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    inspected_on: Mapped[date | None] = mapped_column(Date)
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class HavenChange(Base):
    """A change of state, with who and why."""

    __tablename__ = "haven_changes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    haven_id: Mapped[int] = mapped_column(ForeignKey("havens.id"), index=True)
    from_state: Mapped[str]
    to_state: Mapped[str]
    occupancy: Mapped[int]
    reason: Mapped[str]
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class OfHaven:
    """What every row about a haven has: whose, when (told by the database), written by whom, as what."""

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    haven_id: Mapped[int] = mapped_column(ForeignKey("havens.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str]


class HavenCorrection(OfHaven, Base):
    """Another name, kind or place of a haven, from then on, and what stood there before. A row of it is what changes the
    haven (migrations/sql/0053_corrected.sql); what was before, and in which sector the place lies, the database says."""

    __tablename__ = "haven_corrections"
    __table_args__ = (one_of("kind", HavenKind), *called_and_placed())

    why: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    name_before: Mapped[str]
    kind_before: Mapped[str]
    place_before: Mapped[WKBElement] = mapped_column(shape("POINT"))


class CompromiseStep(StrEnum):
    """What is done about a haven that is compromised, in this order (handbook 2.8: rotate or close)."""

    STOP_INTAKE = "stop_intake"
    WARN_THOSE_COMING = "warn_those_coming"
    MOVE_PEOPLE = "move_people"
    ROTATE_OR_CLOSE = "rotate_or_close"
    INSPECT = "inspect"


class HavenCompromiseStep(OfHaven, Base):
    """A step that was taken. `change_id`: the change by which the haven became compromised, this time."""

    __tablename__ = "haven_compromise_steps"
    __table_args__ = (one_of("step", CompromiseStep), CheckConstraint("people >= 0", name="people"))

    change_id: Mapped[int] = mapped_column(ForeignKey("haven_changes.id"), index=True)
    step: Mapped[str]
    note: Mapped[str]
    to_haven_id: Mapped[int | None] = mapped_column(ForeignKey("havens.id"))
    people: Mapped[int | None]
