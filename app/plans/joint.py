"""Units that go jointly with State forces in a plan: under which decision of due diligence, and where those don't come
along.

State forces don't come to people who are asked who threatens them, to relief and displaced people under escort, to a
place that their own side threatens, nor where an officer has said so of a site. Defenders' cells are not asked here: what
a plan keeps is read by others, and a site that is shut to joint tours for no other reason would point to a defender.
Whoever sees cells is warned on the plan's page (`near_cells`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import shapely
from flask_babel import gettext as _
from sqlalchemy import func, select

from app.coverage.facts import alerts_near
from app.db import db
from app.defenders import gate
from app.due_diligence import queries as due_diligence
from app.errors import Invalid
from app.means import queries as means
from app.mission.models import Actor, ActorKind, Place
from app.permissions import Permission, viewer, within
from app.sites.models import Need, Site
from app.threats.models import Threat

STATE = (ActorKind.STATE_MILITARY.value, ActorKind.STATE_POLICE.value)
# Escorts of those for whom soldiers of the State beside them may be the danger.
WITHOUT_STATE = frozenset({"humanitarian", "displaced"})
MOST = 3
MOST_PEOPLE = 500


@dataclass(frozen=True)
class Partner:
    """State forces that go with a unit: the decision that lets them (its id), and how many they are."""

    clearance: int
    people: int


def partner_of(unit: Mapping[str, Any]) -> Partner | None:
    """Of a tour's unit as frozen.py keeps it."""
    return Partner(*unit["joint"]) if "joint" in unit else None


def check(sector_id: int, last: date, joint: Mapping[int, Partner]) -> None:
    """Raises Invalid for a unit that no plan of this sector has, or a decision that does not hold on the last day."""
    if not joint:
        return
    if not set(joint) <= {unit.id for unit in means.with_means(sector_id)}:
        words = _("Choose units of the sector that is planned, whose means are set.")
        raise Invalid(words, fields={"joint": words})
    holding = {number for number, _words in due_diligence.choices(datetime.combine(last, time(), UTC))}
    if any(str(each.clearance) not in holding for each in joint.values()):
        words = _("A joint patrol needs a decision of due diligence that holds on all of the plan’s days.")
        raise Invalid(words, fields={"joint": words})
    if not all(1 <= each.people <= MOST_PEOPLE for each in joint.values()):
        words = _("Say how many of the State’s forces go along.")
        raise Invalid(words, fields={"joint": words})


def threatened_by_state(place_ids: Collection[int]) -> set[int]:
    """Places in the area of an active threat by forces of the State, as far as the viewer reads threats."""
    found = (
        select(Place.id)
        .join(Threat, func.ST_Intersects(Threat.area, Place.place))
        .join(Actor, Actor.id == Threat.actor_id)
        .where(
            Place.id.in_(place_ids), Actor.kind.in_(STATE), Threat.ended_at.is_(None),
            within(Permission.READ_THREATS, Threat.sector_id),
        )
    )  # fmt: skip
    return set(db.session.execute(found).scalars())


def without_state(task: Any, threatened: Collection[int]) -> bool:
    """Whether State forces don't come along to this task (ground.py: TaskOf)."""
    if task.visit:
        site = task.visit.facts.site
        return bool(Need.ALONE in site.needs or task.visit.facts.alerts or site.place_id in threatened)
    return task.alert is not None or task.escort.kind in WITHOUT_STATE


def shut_since(visits: Sequence[Mapping[str, Any]]) -> list[str]:
    """Of visits (their facts, as frozen.py keeps them) by joint tours the names of those to which State forces don't come
    along any more."""
    places = {visit["place"] for visit in visits}
    shut = threatened_by_state(places) | {place for place, near in alerts_near(list(places)).items() if near}
    marked = select(Site.place_id).where(
        Site.place_id.in_(places), Site.dropped_at.is_(None), Site.needs.contains([Need.ALONE.value])
    )
    shut |= set(db.session.execute(marked).scalars())
    return sorted({str(visit["name"]) for visit in visits if visit["place"] in shut})


def near_cells(spots: Sequence[tuple[float, float]]) -> list[bool]:
    """Whether each spot (lon, lat) lies in a square that the viewer sees on the map as one where defenders live. Asked
    for whoever looks, and kept nowhere."""
    if not spots or not viewer().holds(Permission.SEE_COARSE_CELLS):
        return [False] * len(spots)
    cells = gate.cells_for(viewer()).subquery()
    points = func.ST_Dump(func.ST_GeomFromText(shapely.MultiPoint(spots).wkt, 4326)).table_valued(
        "path", "geom"
    )
    found = select(points.c.path).where(
        select(cells.c.cell).where(func.ST_Intersects(cells.c.cell, points.c.geom)).exists()
    )
    near = {path[0] - 1 for path in db.session.execute(found).scalars()}
    return [n in near for n in range(len(spots))]
