"""Studies of where havens or temporary bases would protect most people, and their answers as they were found."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Float, ForeignKey, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, id_by_lot
from app.grading import one_of

# New sites of one study.
MOST_SITES = 12


class Goal(StrEnum):
    MOST_WITHIN = "most_within"
    LEAST_MEAN = "least_mean"
    LEAST_WORST = "least_worst"


class Seasons(StrEnum):
    DRY = "dry"
    RAINY = "rainy"
    BOTH = "both"


class SitingStudy(Base):
    """What was asked, and once a worker has solved and checked it, the answer.

    `haven_ids`: the existing havens that count; a viewer who may not know of one of them may not know of the study.
    `restricted`: whether havens may count that not everybody knows of. `room`: people in each new one, None where
    capacities don't count. `fixed`: new sites that were set by hand (references as in app/siting/ground.py), None where
    the best are looked for. `rooms`: people by reference, where one was enlarged.
    """

    __tablename__ = "siting_studies"
    __table_args__ = (
        one_of("goal", Goal),
        one_of("seasons", Seasons),
        CheckConstraint(f"new_sites BETWEEN 0 AND {MOST_SITES}", name="new_sites"),
        CheckConstraint("minutes BETWEEN 1 AND 1440", name="minutes"),
        CheckConstraint("room BETWEEN 1 AND 1000000", name="room"),
        CheckConstraint("threat_km BETWEEN 0 AND 500", name="threat_km"),
        CheckConstraint("haven_states <@ '{open,full,standby}'::text[]", name="haven_states"),
        CheckConstraint("(answer IS NULL) = (ready_at IS NULL)", name="ready"),
        CheckConstraint("(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)", name="withdrawn"),
    )

    id: Mapped[int] = id_by_lot("siting_studies")
    sector_id: Mapped[int] = mapped_column(ForeignKey("sectors.id"), index=True)
    goal: Mapped[str]
    seasons: Mapped[str]
    new_sites: Mapped[int]
    minutes: Mapped[int]
    room: Mapped[int | None]
    threat_km: Mapped[float] = mapped_column(Float, server_default=text("0"))
    two_ways: Mapped[bool] = mapped_column(server_default=text("false"))
    haven_states: Mapped[list[str]] = mapped_column(ARRAY(Text))
    restricted: Mapped[bool] = mapped_column(server_default=text("false"))
    haven_ids: Mapped[list[int]] = mapped_column(ARRAY(BigInteger))
    fixed: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    rooms: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=text("'{}'"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("siting_studies.id"))
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    asked_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    ready_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
