"""Patrol reports: one for each patrol, in 17 blocks; and the log of what was done with it, to which is only added."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, UniqueConstraint, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class ReportState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    DEBRIEFED = "debriefed"
    APPROVED = "approved"


class EntryKind(StrEnum):
    SUBMITTED = "submitted"
    RETURNED = "returned"
    AMENDED = "amended"
    DEBRIEFED = "debriefed"
    APPROVED = "approved"
    FILED = "filed"


# In these the leader writes.
OPEN = (ReportState.DRAFT, ReportState.RETURNED)


class PatrolReport(Base):
    """`blocks`: code of a block → its fields (blocks.py); `flags`: what the checks found when it was sent, each with
    the leader's sentence; `revision`: how often a block was kept."""

    __tablename__ = "patrol_reports"
    __table_args__ = (
        one_of("state", ReportState),
        CheckConstraint(
            "debriefed_by_id IS DISTINCT FROM author_id AND approved_by_id IS DISTINCT FROM author_id",
            name="two_persons",
        ),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    # Chosen by the phone, so that a report that is begun twice is begun once.
    device_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"), unique=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(server_default="draft")
    blocks: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    flags: Mapped[list[Any]] = mapped_column(JSONB, server_default=text("'[]'"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    submitted_at: Mapped[datetime | None]
    debriefed_at: Mapped[datetime | None]
    debriefed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))


class PatrolReportEntry(Base):
    """A line of the log. `before`: a block as it read before it was amended; `item`: what was filed, such as
    "incidents.0", with the record that it became."""

    __tablename__ = "patrol_report_entries"
    __table_args__ = (one_of("kind", EntryKind), UniqueConstraint("report_id", "item"))

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("patrol_reports.id"))
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str]
    note: Mapped[str] = mapped_column(server_default="")
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    item: Mapped[str | None]
    incident_id: Mapped[int | None] = mapped_column(ForeignKey("incidents.id"))
    field_report_id: Mapped[UUID | None] = mapped_column(ForeignKey("field_reports.id"))
