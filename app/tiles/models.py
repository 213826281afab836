"""The pyramid: incidents counted by grid cells, kept fresh by triggers (migrations/sql/0008_incident_pyramid.sql)."""

from __future__ import annotations

from sqlalchemy import Identity, Index
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base


class Sums:
    """Sums over a cell's incidents. `lon_sum`, `lat_sum` in millionths of a degree: whole numbers, so that taking away
    gives back exactly what adding gave."""

    incidents: Mapped[int]
    killed: Mapped[int]
    verified: Mapped[int]
    lon_sum: Mapped[int]
    lat_sum: Mapped[int]


class IncidentCell(Sums, Base):
    """One cell of one level (5, 7, 9, 11, 13, 15), for one sector (0: outside all) and kind."""

    __tablename__ = "incident_cells"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    x: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    y: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sector_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(primary_key=True)


class IncidentCellChange(Sums, Base):
    """What has changed since the cells were last summed up, at level 15; negative where something went away."""

    __tablename__ = "incident_cell_changes"
    __table_args__ = (Index("ix_incident_cell_changes_x_y", "x", "y"),)

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    x: Mapped[int]
    y: Mapped[int]
    sector_id: Mapped[int]
    kind: Mapped[str]
