"""Defenders. What names or places a person is sealed apart; maps and warnings work on coarse cells.

`defender_cells` keeps each tier of cell in a row of its own, so that a policy, not a promise, keeps the finer
cell from those without clearance. `shared_until` follows from consent: past it, the cell is on no map.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    UniqueConstraint,
    text,
)  # fmt: skip
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import Text

from app.db import Base
from app.grading import one_of
from app.mission.models import metres_index, shape, shape_index


class CellTier(StrEnum):
    FINE = "fine"
    COARSE = "coarse"


class RiskBand(StrEnum):
    ORDINARY = "ordinary"
    ELEVATED = "elevated"
    HIGH = "high"
    EXTREME = "extreme"


class CaseStatus(StrEnum):
    INTAKE = "intake"
    SCREENING = "screening"
    ASSESSMENT = "assessment"
    PLAN_AGREED = "plan_agreed"
    MEASURES_ACTIVE = "measures_active"
    MONITORING = "monitoring"
    DE_ESCALATION = "de_escalation"
    CLOSED = "closed"


class SealedField(StrEnum):
    NAME = "name"
    CONTACT = "contact"
    HOME = "home"


class CalledBy(StrEnum):
    """How a check-in is made. The number, the word and the hour stand with the case officer, and nowhere here."""

    CALLS_US = "calls_us"
    WE_CALL = "we_call"
    SMS = "sms"
    RADIO = "radio"
    IN_PERSON = "in_person"
    TRUSTED_CONTACT = "trusted_contact"


class PlanEnd(StrEnum):
    PERSONS_WISH = "persons_wish"
    RISK_OVER = "risk_over"
    OTHER_PLAN = "other_plan"
    MOVED_AWAY = "moved_away"
    CASE_CLOSED = "case_closed"


class Defender(Base):
    __tablename__ = "defenders"
    __table_args__ = (one_of("case_status", CaseStatus), one_of("risk_band", RiskBand))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    codename: Mapped[str] = mapped_column(unique=True)
    profiles: Mapped[list[str]] = mapped_column(ARRAY(Text))
    work: Mapped[str]
    compartment: Mapped[str]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), index=True)
    case_status: Mapped[str] = mapped_column(server_default="assessment")
    case_officer_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The band alone stands here, for the map's and the warning's use; its components stand in the assessments.
    risk_band: Mapped[str] = mapped_column(server_default="ordinary")
    review_on: Mapped[date] = mapped_column(Date)
    registered_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class DefenderCell(Base):
    __tablename__ = "defender_cells"
    __table_args__ = (
        one_of("tier", CellTier),
        UniqueConstraint("defender_id", "tier"),
        shape_index("defender_cells", "cell"),
        metres_index("defender_cells", "cell"),
        # The few who live where no coarse cell holds enough people: squares are counted from them (count_presences).
        Index(
            "ix_defender_cells_empty",
            "defender_id",
            postgresql_where=text("tier = 'coarse' AND ST_IsEmpty(cell)"),
        ),
        # Who shares a square, when one of them comes, goes or changes.
        Index("ix_defender_cells_coarse", "cell", postgresql_where=text("tier = 'coarse'")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"))
    tier: Mapped[str]
    cell: Mapped[WKBElement] = mapped_column(shape("POLYGON"))
    # Copies of the defender's, so that a map or a warning need not touch the register.
    compartment: Mapped[str]
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), index=True)
    risk_band: Mapped[str]
    shared_until: Mapped[datetime | None]


class CellPresence(Base):
    """One square of the coarse grid (or, where too few people live for one, a whole degree) and the ends of consent of
    those who may be warned there, by risk: what a report is weighed against. Whose they are stands nowhere in it.
    Kept by triggers of `defender_cells` (migrations/sql/0020_presences.sql), read by the weighing alone."""

    __tablename__ = "cell_presences"
    __table_args__ = (UniqueConstraint("cell", "whole_degree"), shape_index("cell_presences", "cell"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    cell: Mapped[WKBElement] = mapped_column(shape("POLYGON"))
    whole_degree: Mapped[bool] = mapped_column(Boolean)
    # In order, and no more than the 64 latest: the weighing counts no further.
    ordinary: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    elevated: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    high: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
    extreme: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))


class SealedValue(Base):
    """Ciphertext of one field of one defender; only the key-holder can open it."""

    __tablename__ = "sealed_values"
    __table_args__ = (one_of("field", SealedField), UniqueConstraint("defender_id", "field"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"))
    field: Mapped[str]
    compartment: Mapped[str]
    wrapped_key: Mapped[bytes] = mapped_column(LargeBinary)
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    ciphertext: Mapped[bytes] = mapped_column(LargeBinary)


class RiskAssessment(Base):
    """One assessment, kept for ever: components, bands, overrides, the defender's own view."""

    __tablename__ = "risk_assessments"
    __table_args__ = (
        CheckConstraint("threats BETWEEN 1 AND 5", name="threats"),
        CheckConstraint("vulnerabilities BETWEEN 1 AND 5", name="vulnerabilities"),
        CheckConstraint("capacities BETWEEN 1 AND 5", name="capacities"),
        one_of("band", RiskBand),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    threats: Mapped[int]
    vulnerabilities: Mapped[int]
    capacities: Mapped[int]
    death_threat: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    imminent: Mapped[bool] = mapped_column(Boolean, server_default=text("false"))
    raw: Mapped[float] = mapped_column(Float)
    band: Mapped[str]
    override: Mapped[str | None]
    reasoning: Mapped[str] = mapped_column(server_default="")
    defenders_view: Mapped[str] = mapped_column(server_default="")
    assessed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    assessed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    reviewed_at: Mapped[datetime | None]


class Consent(Base):
    """One scope of consent (handbook 3.8), from a day until a day, or withdrawn."""

    __tablename__ = "consents"
    __table_args__ = (CheckConstraint("scope BETWEEN 0 AND 10", name="scope"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    scope: Mapped[int]
    given_on: Mapped[date] = mapped_column(Date)
    until: Mapped[date] = mapped_column(Date)
    how: Mapped[str]
    conditions: Mapped[str] = mapped_column(server_default="")
    withdrawn_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class CheckInPlan(Base):
    """What was agreed with the defender: to be heard of every so often. One runs at a time; what it says is never
    changed: another agreement is another plan. It is watched from `runs_from` on, and not while it is suspended."""

    __tablename__ = "check_in_plans"
    __table_args__ = (
        one_of("made_by", CalledBy),
        one_of("ended_why", PlanEnd),
        CheckConstraint("interval_minutes BETWEEN 60 AND 20160", name="interval_minutes"),
        CheckConstraint("grace_minutes BETWEEN 5 AND 1440", name="grace_minutes"),
        CheckConstraint(
            "(ended_at IS NULL) = (ended_why IS NULL) AND (ended_at IS NULL) = (ended_by_id IS NULL)", name="ended"
        ),
        Index("uq_check_in_plans_running", "defender_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    interval_minutes: Mapped[int]
    grace_minutes: Mapped[int]
    made_by: Mapped[str]
    agreed_on: Mapped[date] = mapped_column(Date)
    agreed_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    runs_from: Mapped[datetime] = mapped_column(server_default=text("now()"))
    suspended_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    ended_why: Mapped[str | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class CheckIn(Base):
    """That the defender was heard of, when, and by which way. Never from where."""

    __tablename__ = "check_ins"
    __table_args__ = (one_of("way", CalledBy), Index("ix_check_ins_plan_id_heard_at", "plan_id", "heard_at"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("check_in_plans.id"))
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    heard_at: Mapped[datetime]
    way: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class Unmasking(Base):
    """A look at a sealed value: recorded before it is shown, and shown to the supervisor."""

    __tablename__ = "unmaskings"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    fields: Mapped[list[str]] = mapped_column(ARRAY(Text))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    role: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    seen_by_supervisor_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    seen_by_supervisor_at: Mapped[datetime | None]


class DefenderNote(Base):
    """A dated note in the file: case work, without names."""

    __tablename__ = "defender_notes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    defender_id: Mapped[int] = mapped_column(ForeignKey("defenders.id"), index=True)
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    note: Mapped[str]
    details: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
