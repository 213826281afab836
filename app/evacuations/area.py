"""Which places lie in an evacuation's area, with the numbers that a first plan starts from, and who could escort.

People at risk are those whom the mission counts at a place. No defender’s cell enters: a plan travels
further than a consent.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, ScalarSelect, func, select

from app.db import db
from app.errors import Invalid
from app.evacuations.body import MOST_PLACES, EscortBody, GroupBody, PlanBody
from app.evacuations.models import Evacuation
from app.means import queries as means
from app.mission.models import MilitaryBase, Place, Unit
from app.permissions import Permission, within
from app.threats.models import Threat

# House values for a first plan, shown and corrected on the page: a unit’s vehicles, with lorries for those who have none.
FIRST_ESCORTS, VEHICLES, SEATS, NOTICE = 4, 6, 100, 60


def middle(evacuation: Evacuation) -> ScalarSelect[Any]:
    """Its place, read where it stands."""
    return select(Evacuation.place).where(Evacuation.id == evacuation.id).scalar_subquery()


def places_of(evacuation: Evacuation) -> list[Row[Any]]:
    """Places in the area with people as counted (or None), lon, lat in degrees and metres from its middle, the largest
    first. Raises Invalid where there is none, or more than a plan takes."""
    inside = func.ST_DWithin(
        func.geography(Place.place), func.geography(middle(evacuation)), evacuation.radius_metres
    )
    if evacuation.threat_id is not None:
        mine = within(Permission.READ_THREATS, Threat.sector_id)
        area = select(Threat.area).where(Threat.id == evacuation.threat_id, mine).scalar_subquery()
        inside = func.ST_Intersects(area, Place.place)
    found = db.session.execute(
        select(
            Place.id, Place.code, Place.name, Place.population, func.ST_X(Place.place).label("lon"),
            func.ST_Y(Place.place).label("lat"),
            func.ST_Distance(func.geography(Place.place), func.geography(middle(evacuation))).label("metres"),
        )
        .where(inside)
        .order_by(func.coalesce(Place.population, 0).desc(), Place.id)
        .limit(MOST_PLACES + 1)
    ).all()  # fmt: skip
    if not found:
        refuse(_("No place of the mission lies in this area. Widen it."))
    if len(found) > MOST_PLACES:
        refuse(_("More than %(n)s places lie in this area. Narrow it.", n=MOST_PLACES))
    return list(found)


def refuse(words: str) -> None:
    raise Invalid(words, fields={"radius_km": words})


def danger_of(evacuation: Evacuation, metres: float) -> int:
    """3 in the inner third of a circle, 2 in the next, 1 in the outer: those at the alert's own door go before a larger
    place at the edge. In a threat's area, which has no middle that means anything, all are alike."""
    if evacuation.threat_id is not None:
        return 1
    return 3 - min(2, int(3 * metres / evacuation.radius_metres))


def units_near(evacuation: Evacuation) -> list[Row[Any]]:
    """Units with a base that the viewer reads, the nearest base first, each with lon, lat in degrees."""
    distance = func.ST_Distance(func.geography(MilitaryBase.place), func.geography(middle(evacuation)))
    found = means.rows().add_columns(Unit.notice_to_move_minutes.label("notice"))
    return list(
        db.session.execute(
            found.where(Unit.base_id.is_not(None)).order_by(distance, Unit.code).limit(FIRST_ESCORTS)
        )
    )


def first(evacuation: Evacuation) -> PlanBody:
    """What is asked before anybody has corrected a number."""
    return PlanBody(
        groups=[
            GroupBody(place_id=p.id, people=p.population or 0, danger=danger_of(evacuation, p.metres))
            for p in places_of(evacuation)
        ],
        escorts=[
            EscortBody(
                unit_id=u.id, vehicles=VEHICLES, seats=SEATS,
                ready_minutes=min(1440, NOTICE if u.notice is None else u.notice),
            )
            for u in units_near(evacuation)
        ],
    )  # fmt: skip
