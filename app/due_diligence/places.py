"""Where forces of the State don't come along with a patrol, whatever was decided of their unit. Plans and orders ask it.

Not to a place that their own side threatens, nor near alerts that wait to be verified (people would be seen beside those
whom they may have told of), nor near a site of which an officer has said so. Defenders' cells are not asked: a place that
is shut for no other reason would point to a defender. All as far as the viewer reads.
"""

from __future__ import annotations

from collections.abc import Sequence

import shapely
from sqlalchemy import TableValuedAlias, func, or_, select

from app.alerts.models import Alert
from app.coverage.facts import waits_near
from app.db import db
from app.mission.models import Actor, ActorKind, Place
from app.patrols.models import PatrolStop
from app.permissions import Permission, within
from app.sites.models import Need, Site
from app.sites.queries import VISIT_METRES
from app.threats.models import Threat

STATE = (ActorKind.STATE_MILITARY.value, ActorKind.STATE_POLICE.value)


def shut_spots(spots: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether State forces don't come along to each spot (lon, lat)."""
    if not spots:
        return []
    points = points_of(spots)
    threatened = (
        select(Threat.id)
        .join(Actor, Actor.id == Threat.actor_id)
        .where(
            func.ST_Intersects(Threat.area, points.c.geom), Actor.kind.in_(STATE), Threat.ended_at.is_(None),
            within(Permission.READ_THREATS, Threat.sector_id),
        )
    )  # fmt: skip
    asked_about = select(Alert.id).where(waits_near(points.c.geom))
    marked = (
        select(Site.id)
        .join(Place, Place.id == Site.place_id)
        .where(
            func.ST_DWithin(func.geography(Place.place), func.geography(points.c.geom), VISIT_METRES),
            Site.dropped_at.is_(None),
            Site.needs.contains([Need.ALONE.value]),
        )
    )  # fmt: skip
    found = select(points.c.path).where(or_(threatened.exists(), asked_about.exists(), marked.exists()))
    shut = {path[0] - 1 for path in db.session.execute(found).scalars()}
    return [n in shut for n in range(len(spots))]


def points_of(spots: Sequence[tuple[float, float]]) -> TableValuedAlias:
    """Spots (lon, lat) as rows: `path`, whose first number counts from 1, and `geom`."""
    return func.ST_Dump(func.ST_GeomFromText(shapely.MultiPoint(spots).wkt, 4326)).table_valued(
        "path", "geom"
    )


def shut_stops(patrol_id: int) -> list[str]:
    """The names of a patrol's stops, of those that it has before it, to which State forces don't come along."""
    s = PatrolStop
    stops = db.session.execute(
        select(s.name, func.ST_X(s.place).label("lon"), func.ST_Y(s.place).label("lat"))
        .where(s.patrol_id == patrol_id, s.arrived_at.is_(None), s.called_off_at.is_(None))
        .order_by(s.sequence)
    ).all()
    shut = shut_spots([(stop.lon, stop.lat) for stop in stops])
    return [stop.name for stop, is_shut in zip(stops, shut, strict=True) if is_shut]
