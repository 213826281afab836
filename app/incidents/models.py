"""Incidents: things that happened. House types after the handbook's 4.7; the source's own type is kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import Graded, Verification, graded, one_of
from app.mission.models import metres_index, shape, shape_index


class IncidentKind(StrEnum):
    ARMED_CLASH = "armed_clash"
    ATTACK_ON_CIVILIANS = "attack_on_civilians"
    SHELLING_REMOTE_VIOLENCE = "shelling_remote_violence"
    IED_MINE = "ied_mine"
    KILLING = "killing"
    INJURY = "injury"
    ABDUCTION = "abduction"
    CRSV = "crsv"
    TORTURE = "torture"
    ARBITRARY_DETENTION = "arbitrary_detention"
    DISPLACEMENT = "displacement"
    LOOTING_BURNING = "looting_burning"
    EXTORTION = "extortion"
    CATTLE_RAID = "cattle_raid"
    ROBBERY = "robbery"
    DEMONSTRATION = "demonstration"
    RIOT_MOB = "riot_mob"
    ROADBLOCK = "roadblock"
    ATTACK_ON_UN = "attack_on_un"
    RESTRICTION_OF_MOVEMENT = "restriction_of_movement"
    ARMED_GROUP_MOVEMENT = "armed_group_movement"
    ATTACK_ON_PROTECTED_SITE = "attack_on_protected_site"
    HATE_SPEECH = "hate_speech"
    ACCESS_DENIAL = "access_denial"
    AGREEMENT = "agreement"
    OTHER = "other"


class Incident(Graded, Base):
    __tablename__ = "incidents"
    __table_args__ = (
        *graded(),
        one_of("kind", IncidentKind),
        one_of("verification", Verification),
        CheckConstraint("least(killed_low, killed_best, killed_high) >= 0", name="killed"),
        # Other sources' counts are kept as they gave them: some give a low above their best.
        CheckConstraint(
            "source <> 'vigil' OR (killed_low <= killed_best AND killed_best <= killed_high)",
            name="killed_in_order",
        ),
        UniqueConstraint("source", "source_id"),
        metres_index("incidents"),
        shape_index("incidents", "place"),
        Index("ix_incidents_import_id", "import_id", postgresql_where=text("import_id IS NOT NULL")),
        Index("ix_incidents_occurred_from", "occurred_from"),
        Index("ix_incidents_occurred_to", "occurred_to"),
        # What the pyramid of pins leaves out.
        Index("ix_incidents_coarse", "place_precision", postgresql_where=text("place_precision > 2")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    source: Mapped[str] = mapped_column(server_default="vigil")
    source_id: Mapped[str | None]
    kind: Mapped[str]
    original_kind: Mapped[str | None]
    occurred_from: Mapped[datetime]
    occurred_to: Mapped[datetime]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    place_name: Mapped[str | None]
    admin_code: Mapped[str | None] = mapped_column(ForeignKey("admin_areas.code"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    side_a: Mapped[str | None]
    side_b: Mapped[str | None]
    killed_low: Mapped[int] = mapped_column(server_default=text("0"))
    killed_best: Mapped[int] = mapped_column(server_default=text("0"))
    killed_high: Mapped[int] = mapped_column(server_default=text("0"))
    injured: Mapped[int | None]
    abducted: Mapped[int | None]
    killed_by_side: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    verification: Mapped[str] = mapped_column(server_default="reported")
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    summary: Mapped[str] = mapped_column(server_default="")
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("field_reports.id"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"))
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # The file that it came in by (app/imports), None where somebody recorded it by hand or the operator loaded it.
    import_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    original: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))


class IncidentVerification(Base):
    """One judgement on an incident, with its reasoning (handbook 4.9); never changed, since a later one adds a row."""

    __tablename__ = "incident_verifications"
    __table_args__ = (one_of("to_status", Verification),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    incident_id: Mapped[int] = mapped_column(ForeignKey("incidents.id"), index=True)
    from_status: Mapped[str]
    to_status: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str]
