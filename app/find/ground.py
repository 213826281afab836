"""Finding in the mission's base data: places, administrative areas, sectors, bases and units."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, or_, select, text

from app.db import db
from app.find.alike import alike, closeness, coded
from app.find.found import ALIKE, EXACT, Found
from app.mission import wording
from app.mission.models import AdminArea, MilitaryBase, Sector, Unit
from app.permissions import Permission, within

MOST = 8
PLACES_LIKE = text("SELECT * FROM vigil.places_like(:asked, :most)")
# Zoom levels that show the whole of an area.
AREA_ZOOM = {0: 6, 1: 8, 2: 10}


def places(asked: str) -> list[Found]:
    """Settlements by name (typos allowed) or code."""
    rows = db.session.execute(PLACES_LIKE, {"asked": asked, "most": MOST})
    return [
        Found("place", r.name, r.area or "", EXACT if r.exact else ALIKE, "", r.lon, r.lat, 13) for r in rows
    ]


def areas(asked: str) -> list[Found]:
    a = AdminArea
    query = select(a.code, a.name, a.level, *middle(a.area), coded(a.code, asked).label("exact"))
    rows = ranked(query.where(or_(coded(a.code, asked), alike(a.name, asked))), a, asked)
    return [
        Found("area", r.name, r.code, sure(r), "", r.lon, r.lat, AREA_ZOOM.get(r.level, 11)).named(asked)
        for r in rows
    ]


def sectors(asked: str) -> list[Found]:
    s = Sector
    query = select(s.code, s.name, *middle(s.area), coded(s.code, asked).label("exact"))
    rows = ranked(query.where(or_(coded(s.code, asked), alike(s.name, asked))), s, asked)
    return [Found("sector", r.name, r.code, sure(r), "", r.lon, r.lat, 8).named(asked) for r in rows]


def bases(asked: str) -> list[Found]:
    b = MilitaryBase
    query = select(b.code, b.name, b.kind, *point(b.place), coded(b.code, asked).label("exact"))
    mine = within(Permission.SEE_MAP, b.sector_id)
    rows = ranked(query.where(mine, or_(coded(b.code, asked), alike(b.name, asked))), b, asked)
    return [
        Found(
            "base", r.name, wording.kind_words(r.kind, wording.BASE_KINDS), sure(r), "", r.lon, r.lat, 13
        ).named(asked)
        for r in rows
    ]


def units(asked: str) -> list[Found]:
    """By call sign, code or name; a unit stands where its base does."""
    u, b = Unit, MilitaryBase
    exact = or_(coded(u.call_sign, asked), coded(u.code, asked))
    query = select(u.call_sign, u.name, b.name.label("base"), *point(b.place), exact.label("exact"))
    query = query.outerjoin(b, b.id == u.base_id).where(within(Permission.SEE_MAP, u.sector_id))
    rows = ranked(query.where(or_(exact, alike(u.call_sign, asked), alike(u.name, asked))), u, asked)
    return [
        Found("unit", f"{r.call_sign} · {r.name}", r.base or "", sure(r), "", r.lon, r.lat, 13) for r in rows
    ]


def ranked(query: Any, model: Any, asked: str) -> list[Any]:
    """The best first, and no more than fit on a page: how many there are is told to nobody."""
    order = (text("exact DESC"), closeness(model.name, asked).desc(), model.code)
    return list(db.session.execute(query.order_by(*order).limit(MOST)))


def sure(row: Any) -> str:
    return EXACT if row.exact else ALIKE


def point(place: Any) -> tuple[Any, Any]:
    return func.ST_X(place).label("lon"), func.ST_Y(place).label("lat")


def middle(area: Any) -> tuple[Any, Any]:
    return point(func.ST_PointOnSurface(area))
