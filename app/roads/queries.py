"""Reads of roads: what is said of them now, links near a place, one link. The network: `network.py`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Float, Integer, Row, Select, and_, case, cast, func, or_, select

from app.db import db
from app.errors import NotFound
from app.mission.models import Place, RoadLink, RoadNode
from app.permissions import Permission, viewer
from app.roads.models import RoadCondition

NEAR = 10
MOST = 500
# Metres from a road at which a place still says something of it.
AT_ROAD = 1000


def known() -> ColumnElement[bool]:
    """Of roads everybody is told who sees the map: whoever drives one must know."""
    return RoadLink.id.is_not(None) if viewer().holds(Permission.SEE_MAP) else RoadLink.id.is_(None)


def holds(at: datetime | None = None) -> ColumnElement[bool]:
    """The conditions that hold at a moment, now where none is given."""
    c, moment = RoadCondition, at or func.now()
    return and_(
        c.from_at <= moment,
        or_(c.until_at.is_(None), c.until_at > moment),
        or_(c.opened_at.is_(None), c.opened_at > moment),
    )


def state_now() -> ColumnElement[str]:
    """How a link is at this moment, beside the outer query's RoadLink: `closed` where the mission's data or an officer
    says so, else `slowed` where an officer says so, else as the mission's data has it."""
    # Of several, "closed" is also the first by the alphabet.
    said = (
        select(func.min(RoadCondition.condition))
        .where(RoadCondition.link_id == RoadLink.id, holds())
        .correlate(RoadLink)
        .scalar_subquery()
    )
    return case((RoadLink.state == "closed", RoadLink.state), else_=func.coalesce(said, RoadLink.state))


def lapsed() -> datetime | None:
    """When something that was said of a road last ran out of itself, with nobody writing a row."""
    ended = select(func.max(RoadCondition.until_at)).where(RoadCondition.until_at <= func.now())
    return db.session.execute(ended).scalar_one()


def name_at(node_id: Any) -> Any:
    """The settlement nearest to a node of the outer query."""
    return (
        select(Place.name)
        .join(RoadNode, RoadNode.id == node_id)
        .order_by(func.geography(Place.place).op("<->")(func.geography(RoadNode.place)))
        .limit(1)
        .correlate(RoadLink)
        .scalar_subquery()
    )


def links() -> Select[Any]:
    return select(
        RoadLink.id, RoadLink.code, RoadLink.road_class, RoadLink.state, RoadLink.metres, RoadLink.minutes,
        name_at(RoadLink.from_node_id).label("from_name"), name_at(RoadLink.to_node_id).label("to_name"),
        func.ST_X(func.ST_LineInterpolatePoint(RoadLink.line, 0.5)).label("lon"),
        func.ST_Y(func.ST_LineInterpolatePoint(RoadLink.line, 0.5)).label("lat"),
        func.vigil.sector_at(func.ST_LineInterpolatePoint(RoadLink.line, 0.5)).label("sector_id"),
    ).where(known())  # fmt: skip


def link(link_id: int) -> Row[Any]:
    found = db.session.execute(links().where(RoadLink.id == link_id)).first()
    if found is None:
        raise NotFound
    return found


def links_near(lon: float, lat: float) -> list[Row[Any]]:
    """The links nearest to (lon, lat), nearest first."""
    here = func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326)
    return list(db.session.execute(links().order_by(RoadLink.line.op("<->")(here)).limit(NEAR)))


def some(link_ids: Collection[int]) -> list[Row[Any]]:
    return list(db.session.execute(links().where(RoadLink.id.in_(link_ids)))) if link_ids else []


def nearest_links(places: Sequence[tuple[float, float] | None]) -> list[int | None]:
    """For each place (lon, lat) the link nearest to it within `AT_ROAD` metres, None where there is none or no place."""
    known_places = [(n, *place) for n, place in enumerate(places) if place is not None]
    found: list[int | None] = [None] * len(places)
    if not known_places:
        return found
    ordinals, lons, lats = zip(*known_places, strict=True)
    asked = func.unnest(
        cast(list(ordinals), ARRAY(Integer)), cast(list(lons), ARRAY(Float)), cast(list(lats), ARRAY(Float))
    ).table_valued("n", "lon", "lat", joins_implicitly=True).render_derived("asked")  # fmt: skip
    here = func.ST_SetSRID(func.ST_MakePoint(asked.c.lon, asked.c.lat), 4326)
    nearest = (
        select(RoadLink.id, RoadLink.line)
        .where(known())
        .order_by(RoadLink.line.op("<->")(here))
        .limit(1)
        .lateral()
    )
    rows = select(asked.c.n, nearest.c.id).where(
        func.ST_DWithin(func.geography(nearest.c.line), func.geography(here), AT_ROAD)
    )
    for row in db.session.execute(rows):
        found[row.n] = row.id
    return found


def last_said(link_ids: Collection[int]) -> dict[int, datetime]:
    """Of links of which something was ever said: when somebody last did, or took it back."""
    if not link_ids:
        return {}
    c = RoadCondition
    last = func.max(func.greatest(c.set_at, c.opened_at)).label("last")
    found = db.session.execute(select(c.link_id, last).where(c.link_id.in_(link_ids)).group_by(c.link_id))
    return {row.link_id: row.last for row in found}


def conditions(*where: ColumnElement[bool]) -> list[Row[Any]]:
    """What is said, closed before slow, the latest first; with the link's name and class."""
    c = RoadCondition
    found = (
        links()
        .join(c, c.link_id == RoadLink.id)
        .add_columns(
            c.id.label("condition_id"), c.condition, c.cause, c.factor, c.from_at, c.until_at, c.reason, c.set_at,
            c.opened_at, c.opened_why, c.sector_id.label("said_in"),
        )
        .where(*where)
        .order_by(c.condition, c.from_at.desc(), c.id.desc())
        .limit(MOST)
    )  # fmt: skip
    return list(db.session.execute(found))


def in_force(at: datetime | None = None) -> list[Row[Any]]:
    return conditions(holds(at))


def of_link(link_id: int) -> list[Row[Any]]:
    """Everything that was ever said of a link."""
    return conditions(RoadCondition.link_id == link_id)


def as_json(c: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": c.condition_id, "link_id": c.id, "link_code": c.code, "from": c.from_name, "to": c.to_name,
        "condition": c.condition, "cause": c.cause, "factor": c.factor, "from_at": c.from_at.isoformat(),
        "until_at": c.until_at.isoformat() if c.until_at else None, "lon": c.lon, "lat": c.lat,
    }  # fmt: skip
