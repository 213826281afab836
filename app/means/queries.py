"""Reads of units' means and of the escorts that are owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from app.db import db
from app.errors import NotFound
from app.means.models import Escort, UnitMeans
from app.mission.models import MilitaryBase, Place, Sector, Unit
from app.mission.queries import sectors_below
from app.patrols.planning import DEPLOYABLE
from app.permissions import Permission, within

MOST_ESCORTS = 200


def rows() -> Select[Any]:
    """Units that go out, each with its base (lon, lat in degrees) and its means, or none of them set yet."""
    u, m, b = Unit, UnitMeans, MilitaryBase
    means = [column for column in m.__table__.columns if column.name not in ("unit_id", "sector_id")]
    return (
        select(
            u.id, u.code, u.name, u.call_sign, u.kind, u.strength, u.sector_id, u.base_id, b.name.label("base"),
            Sector.name.label("sector"), func.ST_X(b.place).label("lon"), func.ST_Y(b.place).label("lat"), *means,
        )
        .outerjoin(m, m.unit_id == u.id)
        .outerjoin(b, b.id == u.base_id)
        .outerjoin(Sector, Sector.id == u.sector_id)
        .where(within(Permission.READ_PATROLS, u.sector_id), func.lower(u.kind).in_(DEPLOYABLE))
    )  # fmt: skip


def units() -> list[Row[Any]]:
    """Those without means first: no plan knows of them."""
    return list(db.session.execute(rows().order_by(UnitMeans.going.is_not(None), Unit.code)))


def with_means(sector_id: int | None = None) -> list[Row[Any]]:
    """Units whose means are set and whose base is known, in a sector and below it where one is given, by code."""
    found = rows().where(UnitMeans.going.is_not(None), Unit.base_id.is_not(None))
    if sector_id is not None:
        found = found.where(Unit.sector_id.in_(sectors_below(sector_id)))
    return list(db.session.execute(found.order_by(Unit.code)))


def one(unit_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Unit.id == unit_id)).first()
    if found is None:
        raise NotFound
    return found


def posts(units: Sequence[Row[Any]]) -> tuple[dict[int, Row[Any]], dict[int, Row[Any]]]:
    """Bases and places at which these units may sleep, by id: name, lon and lat in degrees."""
    found = []
    for model, column in ((MilitaryBase, "overnight_base_ids"), (Place, "overnight_place_ids")):
        ids = sorted({number for unit in units for number in getattr(unit, column)})
        rows = db.session.execute(
            select(
                model.id, model.name, func.ST_X(model.place).label("lon"), func.ST_Y(model.place).label("lat")
            ).where(model.id.in_(ids or [0]))
        )
        found.append({row.id: row for row in rows})
    return found[0], found[1]


def bases() -> list[tuple[str, str]]:
    """(id, name) of the bases, as a form's choices."""
    found = db.session.execute(select(MilitaryBase.id, MilitaryBase.name).order_by(MilitaryBase.name))
    return [(str(row.id), row.name) for row in found]


def place_names(ids: list[int]) -> list[str]:
    """The codes of these places, in the order of their names: what a form shows of them."""
    return list(
        db.session.execute(select(Place.code).where(Place.id.in_(ids or [0])).order_by(Place.name)).scalars()
    )


def escorts(
    since: date | None = None, until: date | None = None, sector_id: int | None = None
) -> list[Row[Any]]:
    """Escorts that are owed and not over, by day; with the ends' names and places (lon, lat in degrees)."""
    e, a, b = Escort, aliased(Place), aliased(Place)
    found = (
        select(
            *e.__table__.columns, a.name.label("from_name"), b.name.label("to_name"),
            func.ST_X(a.place).label("from_lon"), func.ST_Y(a.place).label("from_lat"),
            func.ST_X(b.place).label("to_lon"), func.ST_Y(b.place).label("to_lat"),
        )
        .join(a, a.id == e.from_place_id)
        .join(b, b.id == e.to_place_id)
        .where(within(Permission.READ_PATROLS, e.sector_id), e.ended_at.is_(None))
        .where(e.on_day >= (since or datetime.now(UTC).date() - timedelta(days=14)))
        .order_by(e.on_day, e.earliest, e.id)
        .limit(MOST_ESCORTS)
    )  # fmt: skip
    if until is not None:
        found = found.where(e.on_day <= until)
    if sector_id is not None:
        found = found.where(e.sector_id.in_(sectors_below(sector_id)))
    return list(db.session.execute(found))
