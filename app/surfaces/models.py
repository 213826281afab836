"""Surfaces of risk as issued, and their scores. Rows are written once by the worker and never changed."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    Float,
    ForeignKey,
    Identity,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


class SurfaceKind(StrEnum):
    """ISSUED: made for the days that then followed. AFTERWARDS: made for a period that was over, from what of the time
    before it is on record by now; a look back, which nobody could have read then."""

    ISSUED = "issued"
    AFTERWARDS = "afterwards"


class Used(StrEnum):
    """What a surface shows: what the model says, or what happened in the last four periods."""

    MODEL = "model"
    PERSISTENCE = "persistence"


class Verdict(StrEnum):
    CONFIRMED = "confirmed"
    UNFOUNDED = "unfounded"
    UNDECIDED = "undecided"


class Surface(Base):
    """One surface: for when, on which grid (geo/metric_grid.py), what it stood on, and whether its model was used.

    from_at, until_at: the period that it speaks of. cell_metres, period_days, grace_days, heard_days: the standing
    procedures' values at that time (cells larger where there would be too many). events: incidents that it stood on.
    people_known: exposure was on record. learned: there was enough past for a model. judged, skill: on how many
    judgements and on what skill beside persistence `used` was decided.
    """

    __tablename__ = "surfaces"
    __table_args__ = (
        one_of("kind", SurfaceKind),
        one_of("used", Used),
        CheckConstraint("until_at > from_at", name="period"),
        # Made twice in a day of the same cells and period, it stands once.
        UniqueConstraint("kind", "issued_on", "cell_metres", "period_days"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    kind: Mapped[str]
    issued_on: Mapped[date] = mapped_column(Date)
    from_at: Mapped[datetime]
    until_at: Mapped[datetime]
    made_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    cell_metres: Mapped[int]
    period_days: Mapped[int]
    grace_days: Mapped[int]
    heard_days: Mapped[int]
    plane_lon: Mapped[float] = mapped_column(Float)
    plane_lat: Mapped[float] = mapped_column(Float)
    west_m: Mapped[float] = mapped_column(Float)
    south_m: Mapped[float] = mapped_column(Float)
    columns: Mapped[int]
    rows: Mapped[int]
    past_periods: Mapped[int]
    events: Mapped[int]
    people_known: Mapped[bool] = mapped_column(Boolean)
    learned: Mapped[bool] = mapped_column(Boolean)
    used: Mapped[str]
    judged: Mapped[int]
    skill: Mapped[float | None] = mapped_column(Float)


class SurfacePart(Base):
    """The cells of a surface in one sector (or in none), packed as cells.py says: read where its sector may be.

    near_repeats: whether incidents there made others nearby and soon more likely, as repeats.py reads it; None of a look
    back, and before it was asked.
    """

    __tablename__ = "surface_parts"
    __table_args__ = (UniqueConstraint("surface_id", "sector_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    surface_id: Mapped[int] = mapped_column(ForeignKey("surfaces.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    cells: Mapped[int]
    observed: Mapped[int]
    warned: Mapped[int]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    near_repeats: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class SurfaceScore(Base):
    """What came of a surface in one sector. All of it adds up over sectors and surfaces.

    cells: observed ones, which alone are judged. happened: those with an event. brier…: mean squared errors over `cells`,
    of the model (None without one) and of the simple forecasts. leads: hours from issue to the first event, for each hit.
    bins: {"shown": …, "model": …}, each rows of [forecasts, sum of what they said, events] by scoring.EDGES.
    """

    __tablename__ = "surface_scores"
    __table_args__ = (UniqueConstraint("surface_id", "sector_id", postgresql_nulls_not_distinct=True),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    surface_id: Mapped[int] = mapped_column(ForeignKey("surfaces.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    scored_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    cells: Mapped[int]
    happened: Mapped[int]
    hits: Mapped[int]
    misses: Mapped[int]
    false_alarms: Mapped[int]
    brier: Mapped[float | None] = mapped_column(Float)
    brier_persistence: Mapped[float | None] = mapped_column(Float)
    brier_climatology: Mapped[float | None] = mapped_column(Float)
    leads: Mapped[list[Any]]
    bins: Mapped[dict[str, Any]]


class AlertScore(Base):
    """What came of an alert, once: what was found out about it, and hours until the first incident near, if any."""

    __tablename__ = "alert_scores"
    __table_args__ = (one_of("verdict", Verdict),)

    alert_id: Mapped[int] = mapped_column(ForeignKey("alerts.id"), primary_key=True, autoincrement=False)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    channel: Mapped[str]
    rule_id: Mapped[int | None] = mapped_column(ForeignKey("rules.id"))
    verdict: Mapped[str]
    lead_hours: Mapped[float | None] = mapped_column(Float)
    raised_at: Mapped[datetime]
    scored_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
