"""Which places lie in an evacuation's area, with the numbers that a first plan starts from, and who could escort.

People at risk are those whom the mission counts at a place. No defender’s cell enters: a plan travels
further than a consent.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NoReturn

from flask_babel import gettext as _
from sqlalchemy import Row, ScalarSelect, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute

from app.db import db
from app.errors import Invalid
from app.evacuations.body import MOST_ESCORTS, MOST_PLACES, EscortBody, GroupBody, PlanBody
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
        inside = func.ST_Intersects(threat_of(evacuation, Threat.area).scalar_subquery(), Place.place)
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
    if not found and evacuation.threat_id is not None and not reads_threat(evacuation):
        refuse(
            _("You may not read the threat any more that this evacuation is about, so its area is not known.")
        )
    if not found:
        refuse(_("No place of the mission lies in this area. Widen it."))
    if len(found) > MOST_PLACES:
        refuse(_("More than %(n)s places lie in this area. Narrow it.", n=MOST_PLACES))
    return list(found)


def threat_of(evacuation: Evacuation, column: InstrumentedAttribute[Any]) -> Select[Any]:
    mine = within(Permission.READ_THREATS, Threat.sector_id)
    return select(column).where(Threat.id == evacuation.threat_id, mine)


def reads_threat(evacuation: Evacuation) -> bool:
    return db.session.execute(threat_of(evacuation, Threat.id)).first() is not None


def refuse(words: str) -> NoReturn:
    raise Invalid(words, fields={"radius_km": words})


def danger_of(evacuation: Evacuation, metres: float) -> int:
    """3 in the inner third of a circle, 2 in the next, 1 in the outer: those at the alert's own door go before a larger
    place at the edge. In a threat's area, which has no middle that means anything, all are alike."""
    if evacuation.threat_id is not None:
        return 1
    return 3 - min(2, int(3 * metres / evacuation.radius_metres))


def unit_rows() -> Select[Any]:
    """Units that the viewer reads, each with its base's lon, lat in degrees or None."""
    return means.rows().add_columns(Unit.notice_to_move_minutes.label("notice"))


def units(ids: Sequence[int]) -> list[Row[Any]]:
    """Those of these units that the viewer reads."""
    return list(db.session.execute(unit_rows().where(Unit.id.in_(ids or [0]))))


def units_near(evacuation: Evacuation, going: Sequence[int] = ()) -> list[Row[Any]]:
    """Units with a base, to choose escorts from: those that go already, then those with the nearest bases."""
    distance = func.ST_Distance(func.geography(MilitaryBase.place), func.geography(middle(evacuation)))
    found = unit_rows().where(Unit.base_id.is_not(None))
    few = min(MOST_ESCORTS, max(FIRST_ESCORTS, len(going)))
    return list(
        db.session.execute(found.order_by(Unit.id.not_in(going or [0]), distance, Unit.code).limit(few))
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
