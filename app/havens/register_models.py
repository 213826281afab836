"""What the handbook keeps of a haven beside its state (2.8): its record, its inspections, what was counted in its stores.

Of each nothing is rewritten: an edit is a new row, and the newest holds. Nobody's name or number stands here.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Date, Float, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Base
from app.grading import one_of
from app.havens.models import OfHaven


class MedicalLevel(StrEnum):
    NONE = "none"
    FIRST_AID = "first_aid"
    LEVEL_1 = "level_1"
    LEVEL_2 = "level_2"
    LEVEL_3 = "level_3"


class GuardForce(StrEnum):
    NONE = "none"
    MILITARY = "military"
    UN_POLICE = "un_police"
    FORMED_POLICE = "formed_police"
    HOST_STATE = "host_state"
    COMMUNITY = "community"
    PRIVATE = "private"


class Owner(StrEnum):
    MISSION = "mission"
    HOST_STATE = "host_state"
    COMMUNITY = "community"
    FAITH = "faith"
    SCHOOL = "school"
    HEALTH = "health"
    UN_AGENCY = "un_agency"
    NGO = "ngo"
    PRIVATE = "private"


class Post(StrEnum):
    """Who inspected, as a post: never a person."""

    MILITARY = "military"
    UN_POLICE = "un_police"
    PROTECTION = "protection"
    CIVIL_AFFAIRS = "civil_affairs"
    ENGINEERS = "engineers"
    MEDICAL = "medical"
    SECURITY = "security"
    PARTNER = "partner"


class Finding(StrEnum):
    FIT = "fit"
    FIT_WITH_FAULTS = "fit_with_faults"
    UNFIT = "unfit"


PERIMETERS = ("berm", "ditch", "fence", "wall", "wire", "gate", "lighting", "watchtower")
ACCESSIBILITY = ("step_free", "wide_doors", "accessible_latrine", "handrails", "guides", "sign_language")
COMMUNICATIONS = ("vhf", "hf", "mobile", "satellite", "internet", "siren")


def codes() -> Mapped[list[str]]:
    return mapped_column(ARRAY(Text), server_default=text("'{}'"))


class HavenRecord(OfHaven, Base):
    """One version of a haven's record. None: not known. Groups stand under the mission's own codes; `do_not_mix`: pairs
    of them, `A/B`. `ways`: [{to, use: in|out|both, minutes_dry, minutes_rainy}] by road. `capacity_day` and
    `capacity_night` stand in the haven too; versions from before they could be changed don't tell them."""

    __tablename__ = "haven_records"
    __table_args__ = (
        one_of("medical_level", MedicalLevel),
        one_of("guard_force", GuardForce),
        one_of("owner", Owner),
        CheckConstraint("guard_hours BETWEEN 0 AND 24", name="guard_hours"),
        CheckConstraint(
            "capacity_day >= 0 AND capacity_night >= 0 AND capacity_most >= 0 AND guard_strength >= 0 "
            "AND fire_points >= 0",
            name="counts",
        ),
    )

    why: Mapped[str]
    capacity_day: Mapped[int | None]
    capacity_night: Mapped[int | None]
    capacity_most: Mapped[int | None]
    medical_level: Mapped[str | None]
    perimeter: Mapped[list[str]] = codes()
    guard_force: Mapped[str | None]
    guard_strength: Mapped[int | None]
    guard_hours: Mapped[int | None]
    ways: Mapped[list[Any]] = mapped_column(server_default=text("'[]'"))
    fire_points: Mapped[int | None]
    screening_point: Mapped[bool | None]
    women_child_space: Mapped[bool | None]
    accessibility: Mapped[list[str]] = codes()
    communications: Mapped[list[str]] = codes()
    groups_accepted: Mapped[list[str]] = codes()
    groups_reserved: Mapped[list[str]] = codes()
    groups_refused: Mapped[list[str]] = codes()
    do_not_mix: Mapped[list[str]] = codes()
    owner: Mapped[str | None]
    agreement_with: Mapped[str | None]
    agreement_until: Mapped[date | None] = mapped_column(Date)


class HavenInspection(OfHaven, Base):
    __tablename__ = "haven_inspections"
    __table_args__ = (one_of("post", Post), one_of("finding", Finding))

    inspected_on: Mapped[date] = mapped_column(Date)
    post: Mapped[str]
    finding: Mapped[str]
    found: Mapped[str]
    next_due: Mapped[date | None] = mapped_column(Date)


class HavenStock(OfHaven, Base):
    """What was counted at one time. Litres in store and litres that come (water) or are burnt (fuel) in a day; rations:
    one person's food for one day each. None: not counted."""

    __tablename__ = "haven_stocks"
    __table_args__ = (
        CheckConstraint(
            "water_litres >= 0 AND water_litres_a_day >= 0 AND rations >= 0 AND fuel_litres >= 0 "
            "AND fuel_litres_a_day >= 0 AND beds >= 0 AND latrines >= 0",
            name="amounts",
        ),
    )

    water_litres: Mapped[float | None] = mapped_column(Float)
    water_litres_a_day: Mapped[float | None] = mapped_column(Float)
    rations: Mapped[float | None] = mapped_column(Float)
    fuel_litres: Mapped[float | None] = mapped_column(Float)
    fuel_litres_a_day: Mapped[float | None] = mapped_column(Float)
    beds: Mapped[int | None]
    latrines: Mapped[int | None]
