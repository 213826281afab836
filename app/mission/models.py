"""The mission as data: sectors, units, bases, administrative areas, places, roads, procedures, actors."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from geoalchemy2 import Geometry, WKBElement
from sqlalchemy import Boolean, Float, ForeignKey, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base
from app.grading import one_of


def shape(kind: str) -> Geometry:
    """A WGS 84 column in lon/lat order. Indexes are declared by hand: GeoAlchemy2 would make them twice."""
    return Geometry(kind, srid=4326, spatial_index=False)


def metres_index(table: str, column: str = "place") -> Index:
    """The index that makes a search in metres quick; queries must use this very expression."""
    return Index(f"ix_{table}_{column}_metres", text(f"geography({column})"), postgresql_using="gist")


def shape_index(table: str, column: str) -> Index:
    return Index(f"ix_{table}_{column}", column, postgresql_using="gist")


class Echelon(StrEnum):
    MISSION = "mission"
    SECTOR = "sector"
    BATTALION = "battalion"
    COMPANY = "company"


class RoadState(StrEnum):
    OPEN = "open"
    SEASONAL = "seasonal"
    CLOSED = "closed"


class ActorKind(StrEnum):
    """What an actor is; after ACLED's actor types, State forces told apart."""

    STATE_MILITARY = "state_military"
    STATE_POLICE = "state_police"
    REBEL_GROUP = "rebel_group"
    POLITICAL_MILITIA = "political_militia"
    IDENTITY_MILITIA = "identity_militia"
    SELF_DEFENCE_GROUP = "self_defence_group"
    CRIMINAL_GROUP = "criminal_group"
    EXTERNAL_FORCE = "external_force"
    UNKNOWN = "unknown"


# The mission's marking, as documents know it: mildest first.
CLASSIFICATIONS = ("UNCLASSIFIED", "CONFIDENTIAL", "STRICTLY CONFIDENTIAL")


class Sector(Base):
    """A sector or area of responsibility; a tree with polygons."""

    __tablename__ = "sectors"
    __table_args__ = (one_of("echelon", Echelon), shape_index("sectors", "area"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    echelon: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"))
    area: Mapped[WKBElement] = mapped_column(shape("MULTIPOLYGON"))


class MilitaryBase(Base):
    __tablename__ = "bases"
    __table_args__ = (metres_index("bases"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)


class Unit(Base):
    __tablename__ = "units"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    call_sign: Mapped[str]
    kind: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("units.id"))
    base_id: Mapped[int | None] = mapped_column(ForeignKey("bases.id"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    strength: Mapped[int | None]
    notice_to_move_minutes: Mapped[int | None]


class AdminArea(Base):
    """An administrative area. The parent stands in its own column: codes are never parsed by length."""

    __tablename__ = "admin_areas"
    __table_args__ = (shape_index("admin_areas", "area"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    level: Mapped[int]
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("admin_areas.code"))
    area: Mapped[WKBElement] = mapped_column(shape("MULTIPOLYGON"))


class River(Base):
    __tablename__ = "rivers"
    __table_args__ = (shape_index("rivers", "line"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    line: Mapped[WKBElement] = mapped_column(shape("MULTILINESTRING"))


class Place(Base):
    """A settlement or named place."""

    __tablename__ = "places"
    __table_args__ = (
        metres_index("places"),
        Index("ix_places_name", text("lower(name) text_pattern_ops")),
        # For names that are spelled alike (vigil.places_like).
        Index("ix_places_folded", text("vigil.folded(name) gin_trgm_ops"), postgresql_using="gin"),
        Index("ix_places_folded_start", text("vigil.folded(name) text_pattern_ops")),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    population: Mapped[int | None]
    admin_code: Mapped[str | None] = mapped_column(ForeignKey("admin_areas.code"), index=True)
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))


class RoadNode(Base):
    __tablename__ = "road_nodes"
    __table_args__ = (metres_index("road_nodes"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))


class RoadLink(Base):
    __tablename__ = "road_links"
    __table_args__ = (one_of("state", RoadState), shape_index("road_links", "line"))

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    from_node_id: Mapped[int] = mapped_column(ForeignKey("road_nodes.id"), index=True)
    to_node_id: Mapped[int] = mapped_column(ForeignKey("road_nodes.id"), index=True)
    road_class: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="open")
    metres: Mapped[float] = mapped_column(Float)
    minutes: Mapped[float] = mapped_column(Float)
    line: Mapped[WKBElement] = mapped_column(shape("LINESTRING"))


class Actor(Base):
    """An armed actor, State force, group or institution to which acts are attributed."""

    __tablename__ = "actors"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]


class Procedure(Base):
    """A value of the standing procedures: a clock, threshold or distance that command can change."""

    __tablename__ = "procedures"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    unit: Mapped[str]
    meaning: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=text("now()"))


class CommunityNetwork(Base):
    """A community alert network: a place whose focal points can reach the mission. No names of members."""

    __tablename__ = "community_networks"
    __table_args__ = (metres_index("community_networks"),)

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    channel: Mapped[str]
    place: Mapped[WKBElement] = mapped_column(shape("POINT"))
    sector_id: Mapped[int | None] = mapped_column(ForeignKey("sectors.id"), index=True)
    working: Mapped[bool] = mapped_column(Boolean, server_default=text("true"))
    tested_at: Mapped[datetime | None]


class MissionIdentity(Base):
    """One row: who this installation serves, and whether its data is an exercise."""

    __tablename__ = "mission_identity"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str]
    code: Mapped[str]
    exercise: Mapped[bool] = mapped_column(Boolean)
    time_zone: Mapped[str] = mapped_column(server_default="UTC")
    classification: Mapped[str] = mapped_column(server_default="CONFIDENTIAL")
