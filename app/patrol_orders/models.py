"""Patrol orders in their versions, and the codes that stand on cards at stops."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Identity, LargeBinary, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.mission.models import shape


class PatrolOrder(Base):
    """A version of a patrol's order: written once; another officer's approval issues it, and an amendment is the next
    version. `content` is a body.OrderBody; `route` the planned line, `straight` where nobody planned one on roads."""

    __tablename__ = "patrol_orders"
    __table_args__ = (
        UniqueConstraint("patrol_id", "version"),
        CheckConstraint("NOT joint OR clearance_id IS NOT NULL", name="gate"),
        # What the gate is asked by is what is carried out: no State forces in an order that says it has none.
        CheckConstraint(
            "joint = (coalesce((content #>> '{composition,state_forces}')::int, 0) > 0)",
            name="joint_as_composed",
        ),
        CheckConstraint(
            "(approved_at IS NULL) = (approved_by_id IS NULL) AND (approved_at IS NULL) = (approved_by_role IS NULL)",
            name="approved",
        ),
        CheckConstraint("approved_by_id <> written_by_id", name="two_officers"),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"))
    version: Mapped[int]
    content: Mapped[dict[str, Any]]
    route: Mapped[WKBElement] = mapped_column(shape("LINESTRING"))
    straight: Mapped[bool] = mapped_column(Boolean)
    joint: Mapped[bool] = mapped_column(Boolean)
    clearance_id: Mapped[int | None] = mapped_column(ForeignKey("due_diligence.id"))
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_by_role: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    approved_by_role: Mapped[str | None]
    approved_at: Mapped[datetime | None]


class StopCode(Base):
    """A code that proves that somebody stood at a stop. The newest of each stop counts; of the code a hash alone is kept.
    `refused`: how often a wrong one was tried since it was given; `read_at`: when it was read out last. No role that
    serves reads `salt` and `code_hash` or changes those two: vigil.stop_salts and vigil.try_stop_code do."""

    __tablename__ = "stop_codes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    patrol_id: Mapped[int] = mapped_column(ForeignKey("patrols.id"), index=True)
    stop_id: Mapped[int] = mapped_column(ForeignKey("patrol_stops.id"))
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary)
    given_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    given_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    refused: Mapped[int] = mapped_column(server_default=text("0"))
    read_at: Mapped[datetime | None]
