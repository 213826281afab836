"""Reads of the sites to protect: the list with what each was given lately, and one site."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, or_, select, true

from app.db import db
from app.errors import NotFound
from app.mission.models import Place, Sector
from app.mission.queries import sectors_below
from app.patrols.models import Patrol, PatrolState, PatrolStop
from app.patrols.visits import no_visit
from app.permissions import Permission, within
from app.sites.models import Site

PAGE = 50
# A patrol that halted so near has visited the place.
VISIT_METRES = 1_000
COMING = (PatrolState.PLANNED.value, PatrolState.UNDER_WAY.value, PatrolState.PAUSED.value)

RANK = case({"must": 0, "should": 1, "could": 2}, value=Site.priority)


def visits() -> Any:
    """(last, in_week): when a patrol was last there and how often within seven days, of the patrols that the viewer
    reads; beside the outer query's Place."""
    s, p = PatrolStop, Patrol
    return (
        select(
            func.max(s.arrived_at).label("last"),
            func.count().filter(s.arrived_at > func.now() - func.make_interval(0, 0, 0, 7)).label("in_week"),
        )
        .join(p, p.id == s.patrol_id)
        .where(
            s.arrived_at.is_not(None),
            func.ST_DWithin(func.geography(s.place), func.geography(Place.place), VISIT_METRES),
            within(Permission.READ_PATROLS, p.sector_id),
            no_visit(),
        )
        .correlate(Place)
        .lateral("visits")
    )


def known_visits(site_ids: Sequence[int], since: datetime, until: datetime) -> dict[int, list[datetime]]:
    """Site id → when a patrol was there, or is to come, between these moments, once for each patrol; of the patrols that
    the viewer reads. One that never set out and whose hours have passed will not come."""
    s, p = PatrolStop, Patrol
    comes = and_(
        s.arrived_at.is_(None), s.called_off_at.is_(None), p.state.in_(COMING), p.planned_end > func.now()
    )
    moment = func.coalesce(s.arrived_at, s.arrive_planned, p.planned_start)
    found: dict[int, list[datetime]] = defaultdict(list)
    for site_id, at in db.session.execute(
        select(Site.id, func.min(moment))
        .join(Place, Place.id == Site.place_id)
        .join(s, func.ST_DWithin(func.geography(s.place), func.geography(Place.place), VISIT_METRES))
        .join(p, p.id == s.patrol_id)
        .where(
            Site.id.in_(site_ids), or_(s.arrived_at.is_not(None), comes), moment >= since, moment < until,
            within(Permission.READ_PATROLS, p.sector_id), no_visit(),
        )
        .group_by(Site.id, p.id)
        .order_by(Site.id, func.min(moment))
    ):  # fmt: skip
        found[site_id].append(at)
    return found


def rows() -> Select[Any]:
    """One row a site: its figures, its place (lon, lat in degrees), its last visit, `days` since then (None: never), and
    by how many days it is `over` its longest gap (never visited: since it stands on the list)."""
    seen = visits()
    days = func.extract("epoch", func.now() - seen.c.last) / 86_400.0
    waited = func.extract("epoch", func.now() - func.coalesce(seen.c.last, Site.set_at)) / 86_400.0
    return (
        select(
            *(Site.__table__.columns), Place.name, Place.code, Place.kind, Place.population, Place.admin_code,
            func.ST_X(Place.place).label("lon"), func.ST_Y(Place.place).label("lat"), Sector.name.label("sector"),
            seen.c.last.label("visited_at"), seen.c.in_week.label("visits_lately"), days.label("days"),
            (waited - Site.longest_gap_days).label("over"),
        )
        .join(Place, Place.id == Site.place_id)
        .outerjoin(Sector, Sector.id == Site.sector_id)
        .join(seen, true())
        .where(within(Permission.READ_PATROLS, Site.sector_id))
    )  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """The list's filters, as they stand in the URL. `state`: "" standing, "over" past the longest gap, "dropped"."""

    priority: str = ""
    state: str = ""
    search: str = ""
    sort: str = ""
    sector: int | None = None

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = [
            Site.dropped_at.is_not(None) if self.state == "dropped" else Site.dropped_at.is_(None)
        ]
        if self.priority:
            found.append(Site.priority == self.priority)
        if self.search:
            found.append(func.strpos(func.lower(Place.name), self.search.lower()) > 0)
        if self.sector is not None:
            found.append(Site.sector_id.in_(sectors_below(self.sector)))
        return found


SORTS = ("name", "population", "days", "over", "visits_a_week", "longest_gap_days")


def table(filters: Filters, page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of sites and how many there are: what must be protected first, and there what is furthest over its gap."""
    wanted = rows().where(*filters.where()).add_columns(RANK.label("rank")).subquery()
    found = select(wanted)
    if filters.state == "over":
        found = found.where(wanted.c.over > 0)
    total = db.session.execute(select(func.count()).select_from(found.subquery())).scalar_one()
    order: list[Any] = [wanted.c["rank"], wanted.c.over.desc()]
    name = filters.sort.lstrip("-")
    if name == "priority":
        order = [wanted.c["rank"].desc() if filters.sort.startswith("-") else wanted.c["rank"], wanted.c.name]
    elif name in SORTS:
        column = wanted.c[name]
        order = [column.desc().nulls_last() if filters.sort.startswith("-") else column.asc().nulls_first()]
    page_of = found.order_by(*order, wanted.c.id).limit(PAGE).offset((page - 1) * PAGE)
    return list(db.session.execute(page_of)), total


def standing(sector_id: int | None = None) -> list[Row[Any]]:
    """All sites on the list, or those in a sector and below it, must before should before could."""
    found = rows().where(Site.dropped_at.is_(None))
    if sector_id is not None:
        found = found.where(Site.sector_id.in_(sectors_below(sector_id)))
    return list(db.session.execute(found.order_by(RANK, Site.id)))


def how_many(sector_id: int) -> int:
    """Sites on the list in a sector and below it."""
    own = select(func.count()).select_from(Site)
    there = Site.sector_id.in_(sectors_below(sector_id))
    held = within(Permission.READ_PATROLS, Site.sector_id)
    return int(db.session.execute(own.where(Site.dropped_at.is_(None), there, held)).scalar_one())


def one(site_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Site.id == site_id)).first()
    if found is None:
        raise NotFound
    return found


def as_json(s: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": s.id, "place_code": s.code, "name": s.name, "lon": s.lon, "lat": s.lat, "population": s.population,
        "sector_id": s.sector_id, "priority": s.priority, "visits_a_week": s.visits_a_week,
        "longest_gap_days": s.longest_gap_days, "visit_minutes": s.visit_minutes, "night_share": s.night_share,
        "market_days": s.market_days, "market_from": s.market_from, "market_until": s.market_until,
        "window_from": s.window_from, "window_until": s.window_until, "needs": s.needs,
        "visited_at": s.visited_at.isoformat() if s.visited_at else None, "visits_lately": s.visits_lately,
    }  # fmt: skip
