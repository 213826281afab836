"""An issued plan beside what became of it: by patrol of one day, and all days in sums (geo/patrols/comparison.py)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from shapely import LineString
from sqlalchemy import Row

from app.db import db
from app.deviations import queries as deviations
from app.mission.queries import procedures
from app.patrol_orders.figures import track_of
from app.patrols import queries as patrols
from app.patrols.models import Patrol
from app.patrols.sketch import line_parts
from app.plans import wording
from app.plans.models import PatrolPlan
from app.plans.showing import Shown, TourShown
from geo.patrols.comparison import covered, driven
from geo.watching.fences import Track


@dataclass(frozen=True)
class Beside:
    """One patrol as planned and as it was; `missed`: stops that it did not reach, with why; `deviations` beside these,
    `unexplained` how many of all have no reason yet; hours and kilometres None before it sets off. `share`: of its
    planned line, that it surely drove along. went: parts of its way, lon and lat."""

    tour: TourShown
    patrol: Row[Any]
    stops: int
    made: int
    missed: list[str]
    deviations: list[Row[Any]]
    unexplained: int
    hours: float | None
    kilometres: float | None
    share: float | None
    went: list[LineString]


@dataclass(frozen=True)
class Done:
    """`day`: the patrols of one day. Sums of all days, done and planned: stops, hours out, and people of the sites."""

    day: list[Beside]
    stops: tuple[int, int]
    hours: tuple[float, float]
    people: tuple[int, int]


def done(plan: PatrolPlan, told: Shown, day: int, became: Mapping[int, Row[Any]]) -> Done:
    """became: tour → patrol, as far as the viewer reads it (queries.py: patrols_of); of others nothing is told."""
    ids = [row.id for row in became.values()]
    found = {p.id: p for p in db.session.execute(patrols.rows().where(Patrol.id.in_(ids)))}
    stops: dict[int, list[Row[Any]]] = defaultdict(list)
    for stop in patrols.stops_of(ids):
        stops[stop.patrol_id].append(stop)
    ours = [(tour, found[became[tour.tour].id]) for tour in told.tours if tour.tour in became]
    every = [stop for each in stops.values() for stop in each]
    people = people_by_code(plan)
    reached = {stop.place_code for stop in every if stop.arrived_at}
    today = [beside(plan, tour, patrol, stops[patrol.id]) for tour, patrol in ours if tour.day == day]
    return Done(
        # Where somebody has yet to say why first.
        sorted(today, key=lambda each: -each.unexplained),
        (sum(stop.arrived_at is not None for stop in every), len(every)),
        (sum(hours_out(patrol) or 0.0 for _tour, patrol in ours), sum(tour.hours for tour, _patrol in ours)),
        (
            sum(people.get(code, 0) for code in reached),
            sum(people.get(code, 0) for code in {stop.place_code for stop in every}),
        ),
    )


def people_by_code(plan: PatrolPlan) -> dict[str, int]:
    ground: Any = plan.ground
    return {fact["code"]: fact["people"] or 0 for fact in ground["about"] if fact["kind"] == "visit"}


def hours_out(patrol: Row[Any]) -> float | None:
    if patrol.started_at is None:
        return None
    return float(((patrol.ended_at or datetime.now(UTC)) - patrol.started_at).total_seconds()) / 3600


def beside(plan: PatrolPlan, tour: TourShown, patrol: Row[Any], stops: list[Row[Any]]) -> Beside:
    lapses = deviations.of_patrol(patrol.id)
    not_made = {stop.id for stop in stops if stop.arrived_at is None}
    reasons = {d.stop_id: d.reason for d in lapses if d.kind == "stop_skipped"}
    missed = [
        f"{stop.name}: {wording.missed(patrol, stop, reasons)}" for stop in stops if stop.id in not_made
    ]
    # That it went on without a stop is said where the stop is.
    others = [d for d in lapses if d.kind != "stop_skipped" or d.stop_id not in not_made]
    track = track_of(patrol) if patrol.started_at else None
    return Beside(
        tour, patrol, len(stops), sum(stop.arrived_at is not None for stop in stops), missed, others,
        sum(d.reason is None for d in lapses), hours_out(patrol),
        driven(track) / 1000 if track else None, share_of(plan, tour.tour, track), line_parts(track) if track else [],
    )  # fmt: skip


def share_of(plan: PatrolPlan, tour: int, track: Track | None) -> float | None:
    result: Any = plan.result
    line = result["ways"][tour]["line"]
    if track is None or len(line) < 2:
        return None
    return covered(LineString(line), track, procedures()["order_off_route_metres"])
