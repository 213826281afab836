"""Field reports: what was sent, as it was sent. Never edited; a second body under one id is kept beside it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.models import BY_RULE, Channel, known_indicators
from app.db import Base
from app.grading import Graded, graded, one_of
from app.mission.models import metres_index, shape
from geo.warning import KIND_WEIGHT


class FieldReport(Graded, Base):
    __tablename__ = "field_reports"
    __table_args__ = (
        *graded(),
        one_of("kind", list(KIND_WEIGHT)),
        one_of("channel", [channel for channel in Channel if channel not in BY_RULE]),
        known_indicators(),
        metres_index("field_reports"),
        Index("ix_field_reports_indicators", "occurred_at", postgresql_where=text("indicators IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    serial: Mapped[int] = mapped_column(Identity(always=True), unique=True)
    receipt: Mapped[str]
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    kind: Mapped[str]
    channel: Mapped[str] = mapped_column(server_default="patrol")
    occurred_at: Mapped[datetime]
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    # The point that searches use; for a grid reference or a place name, the middle of `extent`.
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    extent: Mapped[WKBElement | None] = mapped_column(shape("POLYGON"))
    place_as_given: Mapped[str]
    radius_metres: Mapped[int] = mapped_column(server_default=text("0"))
    admin_code: Mapped[str | None] = mapped_column(ForeignKey("admin_areas.code"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    # Patrols answer alerts, alerts come from reports, reports from patrols: this end of the ring is added last.
    patrol_id: Mapped[int | None] = mapped_column(
        ForeignKey("patrols.id", use_alter=True, name="fk_field_reports_patrol_id_patrols"), index=True
    )
    actors: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    people_affected: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    what: Mapped[str]
    text: Mapped[str]
    indicators: Mapped[list[str] | None] = mapped_column(ARRAY(Text))


class ReportConflict(Base):
    """The same report id with another body: both are kept, a human looks."""

    __tablename__ = "report_conflicts"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("field_reports.id"), index=True)
    body_hash: Mapped[bytes] = mapped_column(LargeBinary)
    body: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reporter_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    received_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    settled_at: Mapped[datetime | None]
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class Look(StrEnum):
    """What somebody on duty made of a report whose weighing raised no alert."""

    RAISED = "raised"
    NO_ALERT = "no_alert"


class UnraisedReport(Base):
    """A report whose weighing stayed below the mark, and what an officer made of it. `reasons`: the weighing's sentences
    for all who read alerts; its score and points are `ReportWeighing`'s."""

    __tablename__ = "unraised_reports"
    __table_args__ = (
        one_of("look", Look),
        CheckConstraint(
            "(look IS NULL) = (looked_at IS NULL) AND (look IS NULL) = (looked_by_id IS NULL)", name="looked"
        ),
        CheckConstraint("(look IS NOT DISTINCT FROM 'raised') = (alert_id IS NOT NULL)", name="raised"),
        CheckConstraint("(alert_id IS NULL) = (why IS NULL)", name="why"),
        CheckConstraint(
            "jsonb_typeof(reasons) = 'array' AND "
            "NOT jsonb_path_exists(reasons, 'strict $[*] ? (@.type() <> \"string\")', '{}', true)",
            name="reasons",
        ),
        Index("ix_unraised_reports_waiting", "sector_id", postgresql_where=text("look IS NULL")),
    )

    report_id: Mapped[UUID] = mapped_column(ForeignKey("field_reports.id"), primary_key=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    reasons: Mapped[list[str]] = mapped_column(JSONB)
    look: Mapped[str | None]
    looked_at: Mapped[datetime | None]
    looked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    why: Mapped[str | None]
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), unique=True)


class ReportWeighing(Base):
    """How such a report was weighed, as `alert_weighings` has it of alerts: only those who see cells read points."""

    __tablename__ = "report_weighings"
    __table_args__ = (CheckConstraint("score BETWEEN 0 AND 100", name="score"),)

    report_id: Mapped[UUID] = mapped_column(ForeignKey("unraised_reports.report_id"), primary_key=True)
    score: Mapped[int]
    reasons: Mapped[list[Any]] = mapped_column(JSONB)


class ReportAllowance(Base):
    """A part of what one person may still file (migrations/sql/0006_allowance.sql says why in parts). Unlogged: after a
    crash everybody has a full allowance again."""

    __tablename__ = "report_allowances"
    __table_args__ = {"prefixes": ["UNLOGGED"]}

    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    spare: Mapped[float]
    at: Mapped[datetime]
