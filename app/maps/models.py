"""What the map keeps: each state of what it showed (written by triggers alone), and views that somebody saved."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of
from app.mission.models import shape

# The layers whose past is kept. Positions keep their own time of receipt; defenders' cells are not kept: consent that
# is withdrawn must take the cell off every picture, the past one too.
REMEMBERED = ("alerts", "incidents", "threats", "havens", "patrols")


class Revision(Base):
    """A state of a row, and the time in which the room held it true: from `known_from`, until `known_until` left out.

    `shape` is what the layer draws (WGS 84, lon/lat); `content` the columns that the picture shows.
    """

    __tablename__ = "revisions"
    __table_args__ = (
        one_of("layer", list(REMEMBERED)),
        CheckConstraint("known_from < known_until", name="known"),
        Index("ix_revisions_layer_known_until", "layer", "known_until"),
        Index(
            "ix_revisions_open", "layer", "row_id", unique=True,
            postgresql_where=text("known_until = 'infinity'"),
        ),
        Index(
            "ix_revisions_happened", text("vigil.moment_in(content, 'occurred_to')"),
            postgresql_where=text("layer = 'incidents'"),
        ),
        Index(
            "ix_revisions_shape", "shape", postgresql_using="gist",
            postgresql_where=text("layer = 'incidents'"),
        ),
    )  # fmt: skip

    layer: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    known_from: Mapped[datetime] = mapped_column(primary_key=True)
    known_until: Mapped[datetime] = mapped_column(server_default=text("'infinity'"))
    sector_id: Mapped[int | None]
    shape: Mapped[WKBElement | None] = mapped_column(shape("GEOMETRY"))
    content: Mapped[dict[str, Any]]


class SavedView(Base):
    """A view of the map: which layers, filters, part of the world and time, and what was drawn on it (`content`).

    One's own, or for the shift: then everybody who sees the map may open it. What it shows is asked for anew by whoever
    opens it, with his own rights.
    """

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    name: Mapped[str]
    for_shift: Mapped[bool] = mapped_column(Boolean)
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    content: Mapped[dict[str, Any]]
    kept_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    removed_at: Mapped[datetime | None]
