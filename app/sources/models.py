"""Sources, under codes. Who somebody is and how he is reached stands with those who hold it, and nowhere in this house:
a list of a mission's sources is what an armed group would pay most for."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Identity, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class SourceKind(StrEnum):
    FOCAL_POINT = "focal_point"
    CALLER = "caller"
    COMMUNITY_LEADER = "community_leader"
    DEFENDER = "defender"
    OBSERVER = "observer"
    PARTNER = "partner"
    AUTHORITY = "authority"
    STATE_FORCES = "state_forces"
    MEDIA = "media"
    OTHER = "other"


class KnownBy(StrEnum):
    """How one tells that it is the same source again. Never the word, the number or the voice itself."""

    CODE_WORD = "code_word"
    OWN_LINE = "own_line"
    DEVICE = "device"
    IN_PERSON = "in_person"
    NOT_TOLD_APART = "not_told_apart"


class HeldBy(StrEnum):
    """Who holds how the source is reached."""

    NOBODY = "nobody"
    NETWORK = "network"
    FIELD_OFFICE = "field_office"
    HUMAN_RIGHTS = "human_rights"


class Source(Base):
    """`grade` is an officer's own judgement, apart from what the history suggests (queries.py: history)."""

    __tablename__ = "sources"
    __table_args__ = (
        CheckConstraint(r"code ~ '^[A-Z0-9][A-Z0-9-]{1,19}$'", name="code"),
        one_of("kind", SourceKind),
        one_of("known_by", KnownBy),
        one_of("contact_held_by", HeldBy),
        CheckConstraint("grade IN ('A','B','C','D','E','F')", name="grade"),
        CheckConstraint(
            "(grade IS NULL) = (graded_by_id IS NULL) AND (grade IS NULL) = (graded_at IS NULL)",
            name="graded",
        ),
        # One code in one sector. Over the whole mission it would tell an officer what codes another sector has.
        UniqueConstraint("sector_id", "code", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    code: Mapped[str]
    kind: Mapped[str]
    network_id: Mapped[int | None] = mapped_column(ForeignKey("community_networks.id"))
    known_by: Mapped[str]
    contactable: Mapped[bool] = mapped_column(Boolean)
    contact_held_by: Mapped[str]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    grade: Mapped[str | None]
    graded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    graded_at: Mapped[datetime | None]
    added_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    added_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class AlertSource(Base):
    """Who said what an alert tells, and whom he repeats. The latest row of an alert counts; none is changed."""

    __tablename__ = "alert_sources"
    __table_args__ = (CheckConstraint("repeats_id <> source_id", name="repeats_another"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), index=True)
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"), index=True)
    repeats_id: Mapped[int | None] = mapped_column(ForeignKey("sources.id"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
