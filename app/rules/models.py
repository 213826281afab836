"""Rules that watch: each a set of versions of which none is ever rewritten, and the lapses that it saw."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.models import Priority
from app.db import Base
from app.grading import one_of
from app.mission.models import shape
from geo.warning import KIND_WEIGHT


class RuleKind(StrEnum):
    AREA = "area"
    DISTANCE = "distance"
    ABSENCE = "absence"
    OVERDUE = "overdue"
    CHECK_IN = "check_in"
    IMMOBILITY = "immobility"
    GATHERING = "gathering"
    INDICATOR = "indicator"
    STALE_THREAT = "stale_threat"
    HAVEN_STOCK = "haven_stock"


class Rule(Base):
    """One rule, of a sector or (without one) of the whole mission: it watches what belongs there. Who enabled it answers
    for it; `version` is the one that holds."""

    __tablename__ = "rules"
    __table_args__ = (
        one_of("kind", RuleKind),
        CheckConstraint("(enabled_at IS NULL) = (enabled_by_id IS NULL)", name="enabled"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    version: Mapped[int] = mapped_column(server_default=text("1"))
    enabled_at: Mapped[datetime | None]
    enabled_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    # When it was last switched off, and by whom: what watches no more is found out by looking.
    rested_at: Mapped[datetime | None]
    rested_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    created_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RuleVersion(Base):
    """What a rule says: who wrote it, when and why; an edit is a new one."""

    __tablename__ = "rule_versions"
    __table_args__ = (
        one_of("priority", Priority),
        one_of("alert_kind", list(KIND_WEIGHT)),
        UniqueConstraint("rule_id", "version"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    version: Mapped[int]
    name: Mapped[str]
    # As app/rules/parameters.py has them, kind by kind.
    parameters: Mapped[dict[str, Any]]
    area: Mapped[WKBElement | None] = mapped_column(shape("MULTIPOLYGON"))
    priority: Mapped[str]
    alert_kind: Mapped[str]
    why: Mapped[str]
    by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    by_role: Mapped[str]
    at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RuleLapse(Base):
    """One firing, from its first sure sign to the all-clear. `subject`: what it is about, as `patrol:7`, never a person.
    `withdrawn_at`: what arrived late showed that it never was."""

    __tablename__ = "rule_lapses"
    __table_args__ = (
        CheckConstraint("amber_at IS NOT NULL OR red_at IS NOT NULL", name="fired"),
        # Two workers that see the same thing at once open one lapse.
        Index(
            "uq_rule_lapses_open", "rule_id", "subject", unique=True,
            postgresql_where=text("cleared_at IS NULL AND withdrawn_at IS NULL"),
        ),
        Index("ix_rule_lapses_rule_id_opened_at", "rule_id", "opened_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"))
    version: Mapped[int]
    subject: Mapped[str]
    opened_at: Mapped[datetime]
    amber_at: Mapped[datetime | None]
    red_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    paged_at: Mapped[datetime | None]
    # {"value": metres, seconds or a count}: the sentence is made from it and the version's parameters. "held": whether
    # its alert was held back, since the rule had raised too many.
    explanation: Mapped[dict[str, Any]]
    place: Mapped[WKBElement | None] = mapped_column(shape("POINT"))
    alert_id: Mapped[int | None] = mapped_column(ForeignKey("alerts.id"), unique=True)
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class RuleWatch(Base):
    """How far a rule's watching has come: up to which receipt of positions, and when one was last present (absence)."""

    __tablename__ = "rule_watches"

    rule_id: Mapped[int] = mapped_column(ForeignKey("rules.id"), primary_key=True, autoincrement=False)
    version: Mapped[int]
    seen_until: Mapped[datetime | None]
    present_at: Mapped[datetime | None]
    ran_at: Mapped[datetime]
