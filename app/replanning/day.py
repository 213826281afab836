"""What is left of today when a patrol is called away, as a `geo.patrols.problem.Problem` that begins now.

Tours are patrols, tasks the stops before them. A patrol sets off and ends where the way does that it was planned with: at
an overnight post where its unit sleeps, else at its base. Only the stops of the patrol that is called away may go with
another one, behind what that one has to do: nobody else's day changes in its order. Escorts, visits to defenders,
patrols that answer an alert and those with State forces keep their own and take nothing over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from flask_babel import gettext as _
from sqlalchemy import Row, func, or_, select

from app.db import db
from app.errors import NotAllowed, NotFound
from app.means.models import UnitMeans
from app.means.needs import has_what_it_needs
from app.mission.models import MilitaryBase, Unit
from app.patrol_orders.queries import goes_jointly
from app.patrols.models import Patrol, PatrolState, PatrolStop
from app.patrols.movement import ENDED, OUT
from app.patrols.queries import sends
from app.patrols.visits import no_visit
from app.permissions import Permission, within
from app.plans.ground import TIERS
from app.plans.travelling import travel_minutes
from app.positions.models import LatestPosition
from app.replanning.nearest import gives_way, mode_of, not_reached
from app.sites.models import Site
from geo.patrols.problem import FREE, Problem, Tasks, Tier, Tours

STAY = 30.0  # minutes at a stop of which nobody said how long
ON_SCENE = 60.0  # minutes that are reckoned for the alert itself
REWARD = 1.0


@dataclass(frozen=True, eq=False)
class Day:
    """away: the tour of the patrol that is called away, row of `patrols`. stops: row of `problem.tasks` by row. spot: the
    node of the alert. reached: minutes until the patrol that is called away is there."""

    problem: Problem
    patrols: tuple[Row[Any], ...]
    stops: tuple[Row[Any], ...]
    orders: tuple[tuple[int, ...], ...]
    away: int
    spot: int
    reached: float
    begins: datetime


def answering(patrol_id: int) -> Row[Any]:
    """The patrol that answers an alert, with the place of its first stop; NotFound where the viewer reads none such,
    NotAllowed where he neither plans nor sends it."""
    first = (
        select(PatrolStop.place)
        .where(PatrolStop.patrol_id == Patrol.id)
        .order_by(PatrolStop.sequence)
        .limit(1)
        .correlate(Patrol)
        .scalar_subquery()
    )
    found = db.session.execute(
        select(
            Patrol.id, Patrol.unit_id, Patrol.sector_id, Patrol.call_sign, Patrol.alert_id, Patrol.state,
            Patrol.planned_end, func.ST_X(first).label("lon"), func.ST_Y(first).label("lat"),
        ).where(Patrol.id == patrol_id, within(Permission.READ_PATROLS, Patrol.sector_id))
    ).first()  # fmt: skip
    if found is None:
        raise NotFound
    if not sends(found.sector_id):
        raise NotAllowed(_("The rest of a day is planned by those who plan or send patrols of its sector."))
    return found


def day_of(patrol_id: int) -> Day | None:
    """The rest of today around the patrol that answers an alert; None where none of its unit's patrols gives way: the
    unit has another team, or nobody of it is out."""
    answer = answering(patrol_id)
    if answer.alert_id is None or answer.state in ENDED:
        return None
    now = datetime.now(UTC)
    patrols = of_today(answer, now)
    ours = [n for n, p in enumerate(patrols) if p.unit_id == answer.unit_id]
    free = [n for n in ours if gives_way(patrols[n])]
    if not free or (patrols[ours[0]].tours_a_day or 0) > len(ours):
        return None
    stops = left_of([p.id for p in patrols])
    spots = [(p.lon, p.lat) for p in patrols] + [(p.end_lon, p.end_lat) for p in patrols]
    spots += [(s.lon, s.lat) for s in stops] + [(answer.lon, answer.lat)]
    modes = sorted({mode_of(p) for p in patrols})
    travel = travel_minutes(modes, np.array(spots), now)
    mode = np.array([modes.index(mode_of(p)) for p in patrols], dtype=np.int64)
    alert = len(spots) - 1
    way = {n: float(travel[mode[n], n, alert]) for n in free}
    # The one that is out and there first; of those that wait at their base, the next to set off.
    away = min(free, key=lambda n: (patrols[n].state not in OUT, way[n], patrols[n].planned_start))
    tours = tour_rows(patrols, mode, now)
    of = {p.id: n for n, p in enumerate(patrols)}
    own = [of[s.patrol_id] for s in stops]
    tasks = task_rows(stops, own, patrols, away, now)
    orders = tuple(tuple(n for n, tour in enumerate(own) if tour == t) for t in range(len(patrols)))
    # Each tour in its own order, and what it takes over behind that.
    one_order = [n for t, order in enumerate(orders) if t != away for n in order] + list(orders[away])
    problem = Problem(travel, tours, tasks, (tuple(one_order),) if one_order else ())
    reached = float(tours.earliest[away]) + way[away]
    return Day(problem, tuple(patrols), tuple(stops), orders, away, alert, reached, now)


def of_today(answer: Row[Any], now: datetime) -> list[Row[Any]]:
    """Patrols of the sector that are out or set off before the answer is back, and that the viewer may change."""
    m, sector = UnitMeans, Patrol.sector_id
    may = or_(within(Permission.PLAN_PATROLS, sector), within(Permission.SEND_PATROLS, sector))
    place = func.coalesce(LatestPosition.place, func.ST_StartPoint(Patrol.route), MilitaryBase.place)
    end = func.coalesce(func.ST_EndPoint(Patrol.route), MilitaryBase.place)
    return list(
        db.session.execute(
            select(
                Patrol.id, Patrol.unit_id, Patrol.call_sign, Patrol.alert_id, Patrol.purpose, Patrol.state,
                Patrol.planned_start, Patrol.planned_end, func.ST_X(place).label("lon"), func.ST_Y(place).label("lat"),
                func.ST_X(end).label("end_lon"), func.ST_Y(end).label("end_lat"),
                m.going, m.open_speed, m.seasonal_speed, m.foot_kph, m.tours_a_day, m.women, m.interpreters,
                goes_jointly().label("joint"),
            )
            .join(Unit, Unit.id == Patrol.unit_id)
            .join(MilitaryBase, MilitaryBase.id == Unit.base_id)
            .outerjoin(m, m.unit_id == Unit.id)
            .outerjoin(LatestPosition, LatestPosition.patrol_id == Patrol.id)
            .where(
                within(Permission.READ_PATROLS, sector), may, no_visit(),
                Patrol.id != answer.id, sector == answer.sector_id,
                Patrol.planned_start < answer.planned_end,
                or_(Patrol.state.in_(OUT), (Patrol.state == PatrolState.PLANNED) & (Patrol.planned_end > now)),
            )
            .order_by(Patrol.id)
        )
    )  # fmt: skip


def left_of(patrol_ids: Sequence[int]) -> list[Row[Any]]:
    """The stops before these patrols in their order, with what the site there asks for, where one stands on the list."""
    s = PatrolStop
    return list(
        db.session.execute(
            select(
                s.id, s.patrol_id, s.sequence, s.name, s.arrive_planned, s.depart_planned,
                func.ST_X(s.place).label("lon"), func.ST_Y(s.place).label("lat"), Site.priority, Site.needs,
                Site.visit_minutes,
            )
            .outerjoin(Site, (Site.place_id == s.place_id) & Site.dropped_at.is_(None))
            .where(s.patrol_id.in_(patrol_ids), not_reached())
            .order_by(s.patrol_id, s.sequence)
        )
    )  # fmt: skip


def tour_rows(patrols: Sequence[Row[Any]], mode: Any, now: datetime) -> Tours:
    count = len(patrols)
    begin = np.array([minutes(p.planned_start, now) if p.state not in OUT else 0.0 for p in patrols])
    end = np.array([minutes(p.planned_end, now) for p in patrols])
    nodes = np.arange(count, dtype=np.int64)
    return Tours(
        start=nodes, end=nodes + count, earliest=np.maximum(begin, 0.0), latest=np.maximum(end, 0.0),
        duty=np.full(count, np.inf), mode=mode, day=np.zeros(count, dtype=np.int64),
        unit=np.array([p.unit_id for p in patrols], dtype=np.int64),
    )  # fmt: skip


def task_rows(
    stops: Sequence[Row[Any]], own: Sequence[int], patrols: Sequence[Row[Any]], away: int, now: datetime
) -> Tasks:
    count = len(stops)
    nodes = np.arange(2 * len(patrols), 2 * len(patrols) + count, dtype=np.int64)
    longest = max([24 * 60.0, *(minutes(p.planned_end, now) for p in patrols)])
    return Tasks(
        node=nodes, end=nodes, service=np.array([stay(s) for s in stops], dtype=np.float64),
        reward=np.full(count, REWARD),
        tier=np.array([TIERS.get(s.priority, Tier.COULD) for s in stops], dtype=np.int64),
        windows=np.tile(np.array([0.0, longest]), (count, 1, 1)).reshape(count, 1, 2),
        allowed=np.array(
            [
                [t == own[n] or (own[n] == away and takes(patrols[t], stops[n])) for t in range(len(patrols))]
                for n in range(count)
            ],
            dtype=bool,
        ).reshape(count, len(patrols)),
        site=np.arange(count, dtype=np.int64), gap=np.zeros(count, dtype=np.int64), locked=np.full(count, FREE),
    )  # fmt: skip


def takes(patrol: Row[Any], stop: Row[Any]) -> bool:
    """Whether a patrol may take over another one's stop: it has promised nothing, goes without State forces (nobody asked
    whether they may come there), and has what the site needs. Where nobody stays there is no visit: a unit that only
    drives to the post where it sleeps has it as its stop."""
    return gives_way(patrol) and stay(stop) > 0 and has_what_it_needs(patrol, stop.needs)


def stay(stop: Row[Any]) -> float:
    if stop.arrive_planned and stop.depart_planned:
        return float((stop.depart_planned - stop.arrive_planned).total_seconds() / 60)
    return float(stop.visit_minutes or STAY)


def minutes(at: datetime, now: datetime) -> float:
    return (at - now).total_seconds() / 60
