"""What is known of each site to protect: days alone, risk with its parts, people, minutes by road.

An alert about one person weighs nothing here: it would send a patrol, which is seen, to his door.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Row, and_, func, select

from app.alerts.models import Alert, AlertStatus
from app.coverage.reaching import Reached, reached
from app.db import db
from app.mission.models import Place
from app.mission.queries import procedures
from app.permissions import Permission, within
from app.sites import queries as sites
from app.surfaces import queries as surfaces
from app.threats.models import Threat
from geo.coverage import UNCOUNTED, days_alone, neglect_of, reach_of, risk_of

# The chance that a threat of the highest score comes true here in a surface's period; lower scores by proportion.
OF_A_THREAT = 0.6
OF_AN_ALERT = {"P1": 0.6, "P2": 0.4, "P3": 0.2, "P4": 0.1}
ALERT_METRES = 5_000
UNVERIFIED = (AlertStatus.RECEIVED.value, AlertStatus.ACKNOWLEDGED.value)


@dataclass(frozen=True)
class SiteFacts:
    """One site with why it counts: `site` is its row (app/sites/queries.py: rows).

    days: alone. chance: what the forecast says; None without one, or where nothing was heard (`unheard`). threats: (id,
    name, score 1 to 25) over it. alerts: (id, priority) near it that nobody has verified. way: by road from the nearest
    base. neglect: geo/coverage.py.
    """

    site: Row[Any]
    days: float
    risk: float
    chance: float | None
    unheard: bool
    threats: tuple[tuple[int, str, int], ...]
    alerts: tuple[tuple[int, str], ...]
    people: int
    way: Reached
    neglect: float

    @property
    def over(self) -> bool:
        return bool(self.site.over > 0)


def site_facts(sector_id: int | None = None, at: datetime | None = None) -> list[SiteFacts]:
    """Every site on the list that the viewer reads (of a sector, where one is given): what must be protected and is past
    its longest gap first, then the most neglected."""
    rows = sites.standing(sector_id)
    if not rows:
        return []
    spots = [(row.lon, row.lat) for row in rows]
    ways = reached(spots, at)
    ids = [row.place_id for row in rows]
    threats, alerts = threats_over(ids), alerts_near(ids)
    limit = procedures()["coverage_reach_minutes"]
    now = at or datetime.now(UTC)
    found = []
    for row, risk, way in zip(rows, surfaces.risk_at(spots), ways, strict=True):
        over, near = threats[row.place_id], alerts[row.place_id]
        # A cell of which nothing is heard tells no chance: not calm, not known.
        unheard = risk is not None and risk.cell.kind == "no_data"
        chance = risk.cell.probability if risk and not unheard else None
        whole = risk_of(
            [chance or 0.0, *(OF_A_THREAT * score / 25 for _id, _name, score in over)]
            + [OF_AN_ALERT[priority] for _id, priority in near]
        )
        days = days_alone(row.days, (now - row.set_at).total_seconds() / 86_400, row.longest_gap_days)
        people = row.population if row.population is not None else UNCOUNTED
        neglect = neglect_of(days, whole, people, reach_of(np.array(way.minutes), limit))
        found.append(
            SiteFacts(
                row, days, whole, chance, unheard, tuple(over), tuple(near), people, way, float(neglect)
            )
        )
    return sorted(found, key=lambda f: (not (f.over and f.site.priority == "must"), -f.neglect, f.site.id))


def threats_over(place_ids: Sequence[int]) -> dict[int, list[tuple[int, str, int]]]:
    """Active threats in whose area a place lies: place id → (id, name, likelihood × impact)."""
    score = (Threat.likelihood * Threat.impact).label("score")
    found: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
    for place_id, *threat in db.session.execute(
        select(Place.id, Threat.id, Threat.name, score)
        .join(Threat, func.ST_Intersects(Threat.area, Place.place))
        .where(
            Place.id.in_(place_ids),
            Threat.ended_at.is_(None),
            within(Permission.READ_THREATS, Threat.sector_id),
        )
        .order_by(score.desc(), Threat.id)
    ):
        found[place_id].append((threat[0], threat[1], int(threat[2])))
    return found


def alerts_near(place_ids: Sequence[int]) -> dict[int, list[tuple[int, str]]]:
    """Alerts near a place that wait to be verified, each event once: place id → (id, priority)."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for place_id, alert_id, priority in db.session.execute(
        select(Place.id, Alert.id, Alert.priority)
        .join(Alert, waits_near(Place.place))
        .where(Place.id.in_(place_ids))
        .order_by(Alert.priority, Alert.id)
    ):
        found[place_id].append((alert_id, priority))
    return found


def waits_near(place: Any) -> ColumnElement[bool]:
    """Of alerts: those that the viewer reads and that wait to be verified near a place (a geometry)."""
    return and_(
        func.ST_DWithin(func.geography(Alert.place), func.geography(place), ALERT_METRES),
        Alert.status.in_(UNVERIFIED),
        Alert.leader_id.is_(None),
        within(Permission.READ_ALERTS, Alert.sector_id),
        func.vigil.of_one_person(Alert.kind, Alert.channel).is_(False),
    )
