"""Reads of havens, through the viewer's scope and clearance. A restricted haven leaves no trace with those who
may not know of it: not in a list, a count, a distance or an order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, select

from app.db import db
from app.errors import NotFound
from app.havens.models import OPENLY_KNOWN, Haven, HavenChange, HavenState
from app.permissions import Permission, knows_restricted, within

PAGE = 50
FREE = func.greatest(Haven.capacity_night - Haven.occupancy, 0)
SORTS = {
    "name": Haven.name, "kind": Haven.kind, "state": Haven.state, "free": FREE, "occupancy": Haven.occupancy,
    "changed": Haven.changed_at,
}  # fmt: skip


def visible() -> ColumnElement[bool]:
    """The viewer's sectors, and of restricted havens only those that he is cleared for."""
    scope = within(Permission.READ_HAVENS, Haven.sector_id)
    if knows_restricted():
        return scope
    return and_(scope, Haven.exposure.in_(OPENLY_KNOWN))


def rows() -> Select[Any]:
    return select(
        Haven.id, Haven.code, Haven.name, Haven.kind, Haven.state, Haven.sector_id, Haven.capacity_day,
        Haven.capacity_night, Haven.occupancy, FREE.label("free"), Haven.exposure, Haven.needs, Haven.supplies,
        Haven.inspected_on, Haven.changed_at, func.ST_X(Haven.place).label("lon"), func.ST_Y(Haven.place).label("lat"),
    ).where(visible())  # fmt: skip


def nearest(lon: float, lat: float, states: Sequence[str] = ("open",), limit: int = 6) -> list[Row[Any]]:
    """Havens in one of these states by their distance in metres from (lon, lat) in degrees."""
    here = func.geography(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326))
    place = func.geography(Haven.place)
    return list(
        db.session.execute(
            rows()
            .add_columns(func.ST_Distance(place, here).label("metres"))
            .where(Haven.state.in_(list(states)))
            # The index answers this very expression; ordering by the rounded distance would read every row.
            .order_by(place.op("<->")(here), Haven.id)
            .limit(limit)
        )
    )


@dataclass(frozen=True)
class Filters:
    """The board's filters, as they stand in the URL."""

    state: str = ""
    kind: str = ""
    search: str = ""
    sort: str = ""

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state:
            found.append(Haven.state == self.state)
        if self.kind:
            found.append(Haven.kind == self.kind)
        if self.search:
            wanted = self.search.lower()
            found.append(
                (func.strpos(func.lower(Haven.name), wanted) > 0) | (func.lower(Haven.code) == wanted)
            )
        return found


def board(filters: Filters, page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of havens and how many there are: what needs somebody first (compromised, full), then the open."""
    total = db.session.execute(
        select(func.count()).select_from(Haven).where(visible(), *filters.where())
    ).scalar_one()
    column = SORTS.get(filters.sort.lstrip("-"))
    if column is None:
        order: list[Any] = [
            case(
                {s: n for n, s in enumerate(("compromised", "full", "open", "standby"))},
                value=Haven.state,
                else_=9,
            )
        ]
    else:
        order = [column.desc() if filters.sort.startswith("-") else column.asc()]
    found = db.session.execute(
        rows()
        .where(*filters.where())
        .order_by(*order, Haven.name, Haven.id)
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(found), total


def places() -> Mapping[str, Row[Any]]:
    """By state: how many havens the viewer knows of, their places for the night and how many are free."""
    found = db.session.execute(
        select(
            Haven.state, func.count().label("havens"), func.sum(Haven.capacity_night).label("places"),
            func.sum(FREE).label("free"),
        )
        .where(visible())
        .group_by(Haven.state)
    )  # fmt: skip
    by_state = {row.state: row for row in found}
    return {s.value: by_state[s.value] for s in HavenState if s.value in by_state}


def one(haven_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Haven.id == haven_id)).first()
    if found is None:
        raise NotFound
    return found


def taking_in(but: int) -> list[Row[Any]]:
    """Havens with free places that are open now, but this one; those with most places first."""
    found = rows().where(Haven.state == HavenState.OPEN.value, Haven.id != but)
    return list(db.session.execute(found.order_by(FREE.desc(), Haven.name).limit(PAGE)))


def changes(haven_id: int, limit: int = 50) -> list[Row[Any]]:
    """The haven's history, newest first."""
    return list(
        db.session.execute(
            select(
                HavenChange.from_state, HavenChange.to_state, HavenChange.occupancy, HavenChange.reason,
                HavenChange.alert_id, HavenChange.at,
            )
            .join(Haven, Haven.id == HavenChange.haven_id)
            .where(HavenChange.haven_id == haven_id, visible())
            .order_by(HavenChange.id.desc())
            .limit(limit)
        )
    )  # fmt: skip


def as_json(h: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": h.id,
        "code": h.code,
        "name": h.name,
        "kind": h.kind,
        "state": h.state,
        "sector_id": h.sector_id,
        "exposure": h.exposure,
        "place": {"lon": h.lon, "lat": h.lat},
        "capacity_day": h.capacity_day,
        "capacity_night": h.capacity_night,
        "occupancy": h.occupancy,
        "free": h.free,
        "needs": list(h.needs),
        "supplies": dict(h.supplies),
        "inspected_on": h.inspected_on.isoformat() if h.inspected_on else None,
        "changed_at": h.changed_at.isoformat(),
    }
