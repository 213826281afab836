"""Where patrols' hours went: at sites by priority, by night, on foot, integrated; of patrols that have ended within a
period."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from app.db import db
from app.mission.models import Place
from app.mission.queries import identity, sectors_below
from app.patrol_orders.models import PatrolOrder
from app.patrol_reports.models import PatrolReport
from app.patrol_reports.queries import visible
from app.patrols.models import Patrol, PatrolStop
from app.patrols.visits import no_visit
from app.permissions import Permission, within
from app.sites.models import Site
from app.sites.queries import RANK, VISIT_METRES
from geo.coverage import night_minutes

LONGEST_STAY = timedelta(hours=24)


@dataclass
class Hours:
    """Of patrols done: how many, hours in all, of these by night, of patrols on foot, of integrated ones, and `told`: of
    those of which order or report tell who went along; hours at stops by the priority of the site there ("elsewhere"
    where none is). A stop that was never left counts nothing: nobody knows how long."""

    patrols: int = 0
    total: float = 0.0
    night: float = 0.0
    foot: float = 0.0
    integrated: float = 0.0
    told: float = 0.0
    at: dict[str, float] = field(
        default_factory=lambda: dict.fromkeys(("must", "should", "could", "elsewhere"), 0.0)
    )

    @property
    def stops(self) -> float:
        return sum(self.at.values())


def spent(since: datetime, until: datetime, sector_id: int | None = None) -> Hours:
    """Hours of patrols that the viewer reads and that ended in the period; of a sector, those below it too."""
    inside = [] if sector_id is None else [Patrol.sector_id.in_(sectors_below(sector_id))]
    p, found = Patrol, Hours()
    zone = ZoneInfo(identity().time_zone)
    mine = [
        p.state == "done", p.started_at.is_not(None), p.ended_at >= since, p.ended_at < until,
        within(Permission.READ_PATROLS, p.sector_id), *inside,
    ]  # fmt: skip
    report = (PatrolReport.patrol_id == p.id) & (PatrolReport.state != "draft") & visible()
    blocks = PatrolReport.blocks
    together = func.vigil.went_integrated(
        who_was_to_go(), blocks["unit"], blocks["task"]["participation"].astext
    )
    for started, ended, mode, integrated in db.session.execute(
        select(p.started_at, p.ended_at, p.mode, together).outerjoin(PatrolReport, report).where(*mine)
    ):
        minutes = max((ended - started).total_seconds() / 60, 0.0)
        local = started.astimezone(zone)
        found.patrols += 1
        found.total += minutes / 60
        found.night += night_minutes(local.hour * 60 + local.minute, minutes) / 60
        found.foot += minutes / 60 if mode in ("foot", "mixed") else 0.0
        found.integrated += minutes / 60 if integrated else 0.0
        found.told += minutes / 60 if integrated is not None else 0.0
    s = PatrolStop
    best = (
        select(Site.priority)
        .join(Place, Place.id == Site.place_id)
        .where(
            Site.dropped_at.is_(None),
            func.ST_DWithin(func.geography(Place.place), func.geography(s.place), VISIT_METRES),
        )
        .order_by(RANK)
        .limit(1)
        .correlate(s)
        .scalar_subquery()
    )
    for priority, arrived, departed in db.session.execute(
        select(best, s.arrived_at, s.departed_at)
        .join(p, p.id == s.patrol_id)
        .where(*mine, no_visit(), s.arrived_at.is_not(None), s.departed_at > s.arrived_at)
    ):
        found.at[priority or "elsewhere"] += min(departed - arrived, LONGEST_STAY).total_seconds() / 3600
    return found


def who_was_to_go() -> Any:
    """The composition in the order in force of the outer query's patrol; whoever reads the patrol reads its order."""
    return (
        select(PatrolOrder.content["composition"])
        .where(PatrolOrder.patrol_id == Patrol.id, PatrolOrder.approved_at.is_not(None))
        .order_by(PatrolOrder.version.desc())
        .limit(1)
        .correlate(Patrol)
        .scalar_subquery()
    )


def lately(days: int, sector_id: int | None = None) -> Hours:
    now = datetime.now(UTC)
    return spent(now - timedelta(days=days), now, sector_id)
