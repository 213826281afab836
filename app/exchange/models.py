"""How often each layer has changed (migrations/sql/0008_layer_versions.sql)."""

from __future__ import annotations

from sqlalchemy import Identity
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class LayerChange(Base):
    """Changes of one layer in one sector (0: outside all). Only their sum means something; rows are folded together."""

    __tablename__ = "layer_changes"

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    layer: Mapped[str] = mapped_column(index=True)
    sector_id: Mapped[int]
    changes: Mapped[int]
