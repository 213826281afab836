"""A shift handed over. The note and what was open stand as they were; only the incoming officer's signature is added."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Handover(Base):
    """`items`: what was open when it was signed (freezing.py says in which shape); `tasks`: what the outgoing officer
    leaves to do, in his words. Without a sector it is the mission's own shift."""

    __tablename__ = "handovers"
    __table_args__ = (
        CheckConstraint(
            "(accepted_at IS NULL) = (accepted_by_id IS NULL) AND (accepted_at IS NULL) = (accepted_by_role IS NULL)",
            name="accepted",
        ),
        CheckConstraint("accepted_by_id <> written_by_id", name="two_officers"),
        Index("ix_handovers_waiting", "written_at", postgresql_where=text("accepted_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    # The form's own, so that a second press is the same note and not another.
    request_id: Mapped[UUID] = mapped_column(Uuid, unique=True)
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    note: Mapped[str]
    tasks: Mapped[list[Any]]
    items: Mapped[dict[str, Any]]
    written_by_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    written_by_role: Mapped[str]
    written_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    accepted_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    accepted_by_role: Mapped[str | None]
    accepted_at: Mapped[datetime | None]
    remark: Mapped[str] = mapped_column(server_default="")
