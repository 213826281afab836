"""From the mission as it is to `geo.patrols.problem.Problem`: a day or a week of a sector's patrols, and why.

Reward of a visit = neglect (`geo/coverage.py`: days × risk × √people × reach) × the weight of its district
(`near_defenders.py`); must, should and could are the problem's tiers. Escorts that are owed are tasks of the first tier;
alerts that wait to be verified (`verifying.py`) are visits of their own.
Minutes are of the mission's own time, from midnight of the first day. Read with the viewer's own rights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray
from sqlalchemy import Row

from app.coverage.facts import SiteFacts, site_facts
from app.errors import Invalid, NotAllowed
from app.means import queries as means
from app.means.crews import Crews, crews_of, daylight, hours
from app.means.needs import has_what_it_needs
from app.mission.hours import DAY
from app.mission.queries import identity
from app.permissions import Permission, viewer
from app.plans.joint import Partner, without_state_forces
from app.plans.near_defenders import weights
from app.plans.travelling import Mode, travel_minutes
from app.plans.verifying import MINUTES, WORTH, ToVerify, to_verify
from app.plans.visits import WEEK, Visit, visits_of
from app.sites.queries import known_visits
from geo.patrols.problem import FREE, Due, Night, Problem, Tasks, Tier, Tours

MOST_DAYS = 7
TIERS = {"must": Tier.MUST, "should": Tier.SHOULD, "could": Tier.COULD}


@dataclass(frozen=True)
class TourOf:
    """Row of `problem.tours`: whose tour on which day; unit is its row of app/means/queries.py. by_night: whether it has
    people enough to be out by night. joint: State forces that go along."""

    unit: Row[Any]
    day: date
    by_night: bool = True
    joint: Partner | None = None


@dataclass(frozen=True)
class TaskOf:
    """Row of `problem.tasks`: a visit, an escort (its row of app/means/queries.py) or an alert to verify; the others are
    None."""

    visit: Visit | None = None
    escort: Row[Any] | None = None
    alert: ToVerify | None = None

    def worth(self, most: float) -> float:
        """Before any weight; most: what the best visit is worth. An escort is worth as much: a promise was given."""
        if self.visit:
            return self.visit.worth
        return most * (WORTH[self.alert.priority] if self.alert else 1.0)

    @property
    def spots(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Where it begins and where it ends (lon, lat)."""
        if self.escort is not None:
            e = self.escort
            return (e.from_lon, e.from_lat), (e.to_lon, e.to_lat)
        at: Any = self.visit.facts.site if self.visit else self.alert and self.alert.place
        return (at.lon, at.lat), (at.lon, at.lat)


@dataclass(frozen=True, eq=False)
class PlanGround:
    """The problem, and what its rows stand for. spots: (nodes, 2) lon, lat of the travel matrix's nodes. begins: the
    moment of minute 0. posts: node → name of where units may sleep beside their own base. short: the units that would
    send more patrols, or by night, had they more people or vehicles. alone: tasks to which State forces don't come along,
    where they go with a unit."""

    problem: Problem
    tours: tuple[TourOf, ...]
    tasks: tuple[TaskOf, ...]
    spots: NDArray[np.float64]
    begins: datetime
    posts: dict[int, str]
    short: tuple[Crews, ...] = ()
    alone: frozenset[int] = frozenset()


def check_may_plan(sector_id: int) -> None:
    """Raises NotAllowed for those who don't plan the patrols of this sector."""
    if not viewer().may(Permission.PLAN_PATROLS, sector_id):
        raise NotAllowed(_("You don’t plan the patrols of this sector."))


def ground_of(
    sector_id: int, first: date, days: int, joint: Mapping[int, Partner] | None = None
) -> PlanGround:
    """What there is to plan for these days (1 to 7) of a sector and of those below it. joint: units that go with State
    forces.

    Raises NotAllowed where the viewer doesn't plan its patrols; Invalid where no unit goes out or nothing is to be done,
    with a sentence that says what to set first.
    """
    check_may_plan(sector_id)
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(_("Plan one to seven days."), fields={"days": _("One to seven.")})
    begins = datetime.combine(first, time(), ZoneInfo(identity().time_zone))
    gone = (datetime.now(UTC) - begins).total_seconds() / 60
    units = means.with_means(sector_id)
    every, short = tours_of(units, first, days, joint or {}), short_of(units, first, days)
    tours = [tour for tour in every if shift_of(tour, first)[1] > gone]
    tasks = tasks_of(sector_id, begins, days)
    if not every and short:
        raise Invalid(
            _("No unit of this sector has people and vehicles enough for a patrol. Look at their means."),
            code="no_tours",
        )
    if not every:
        raise Invalid(
            _("No unit of this sector goes out on these days. Set the means of one first."), code="no_tours"
        )
    if not tours:
        raise Invalid(_("The shifts of these days are over. Plan from tomorrow on."), code="no_tours")
    if not tasks:
        raise Invalid(
            _("Nothing is to be visited on these days. Put sites on the list first."), code="no_tasks"
        )
    nodes = Nodes()
    bases = np.array([nodes.at(t.unit.lon, t.unit.lat) for t in tours], dtype=np.int64)
    starts, ends = (
        np.array(each, dtype=np.int64) for each in zip(*(nodes.of_task(t) for t in tasks), strict=True)
    )
    posts, nights = overnight(tours, bases, nodes)
    modes = sorted({Mode.of(t.unit) for t in tours})
    spots = np.array(nodes.spots)
    alone = without_state_forces(tasks) if joint else frozenset()
    problem = Problem(
        travel_minutes(modes, spots, begins),
        tour_rows(tours, bases, first, modes, gone),
        task_rows(tasks, tours, starts, ends, first, alone),
        nights=nights,
        due=due_of(tasks),
    )
    return PlanGround(problem, tuple(tours), tuple(tasks), spots, begins, posts, short, alone)


class Nodes:
    """Numbers for places, the same one for the same place."""

    def __init__(self) -> None:
        self.spots: list[tuple[float, float]] = []
        self.numbers: dict[tuple[float, float], int] = {}

    def at(self, lon: float, lat: float) -> int:
        if (lon, lat) not in self.numbers:
            self.numbers[lon, lat] = len(self.spots)
            self.spots.append((lon, lat))
        return self.numbers[lon, lat]

    def of_task(self, task: TaskOf) -> tuple[int, int]:
        start, end = task.spots
        return self.at(*start), self.at(*end)


def tours_of(
    units: Sequence[Row[Any]], first: date, days: int, joint: Mapping[int, Partner] = MappingProxyType({})
) -> list[TourOf]:
    """Each unit's tours of each day on which it goes out; several on a day go beside each other, as far as its people and
    vehicles suffice."""
    crews = [crews_of(unit) for unit in units]
    return [
        TourOf(each.unit, day, tour < each.by_night, joint.get(each.unit.id))
        for n in range(days)
        for each in crews
        if (day := first + timedelta(days=n)).isoweekday() in each.unit.days
        for tour in range(each.tours)
    ]


def short_of(units: Sequence[Row[Any]], first: date, days: int) -> tuple[Crews, ...]:
    """The units that go out on these days, and would send more patrols, or by night, with more people or vehicles."""
    weekdays = {(first + timedelta(days=n)).isoweekday() for n in range(days)}
    crews = (crews_of(unit) for unit in units if weekdays & set(unit.days))
    return tuple(each for each in crews if each.short)


def overnight(
    tours: Sequence[TourOf], bases: NDArray[np.int64], nodes: Nodes
) -> tuple[dict[int, str], tuple[Night, ...]]:
    """Node → name of the posts at which units may sleep, and the nights between their tours of one day and the next."""
    base_posts, place_posts = means.posts([tour.unit for tour in tours])
    names: dict[int, str] = {}
    row = {(t.unit.id, t.day, team): n for (t, team), n in zip(teams(tours), range(len(tours)), strict=True)}
    found = []
    for (unit_id, day, team), before in row.items():
        after = row.get((unit_id, day + timedelta(days=1), team))
        unit = tours[before].unit
        posts = [base_posts[n] for n in unit.overnight_base_ids if n in base_posts]
        posts += [place_posts[n] for n in unit.overnight_place_ids if n in place_posts]
        if after is None or not posts:
            continue
        home, at = int(bases[before]), [nodes.at(post.lon, post.lat) for post in posts]
        names |= {node: post.name for node, post in zip(at, posts, strict=True) if node != home}
        if options := dict.fromkeys(node for node in at if node != home):
            found.append(Night(before, after, (home, *options)))
    return names, tuple(found)


def teams(tours: Sequence[TourOf]) -> list[tuple[TourOf, int]]:
    """Each tour with its number among those of its unit on its day."""
    seen: dict[tuple[int, date], int] = {}
    found = []
    for tour in tours:
        key = (tour.unit.id, tour.day)
        seen[key] = seen.get(key, 0) + 1
        found.append((tour, seen[key]))
    return found


def tasks_of(sector_id: int, begins: datetime, days: int) -> list[TaskOf]:
    facts, first = site_facts(sector_id), begins.date()
    known = known_days(facts, begins, days)
    visits = [visit for each in facts for visit in visits_of(each, first, days, known[each.site.id])]
    escorts = means.escorts(first, first + timedelta(days=days - 1), sector_id)
    alerts = to_verify(sector_id, days)
    return (
        [TaskOf(visit=visit) for visit in visits]
        + [TaskOf(escort=escort) for escort in escorts]
        + [TaskOf(alert=alert) for alert in alerts]
    )


def known_days(facts: Sequence[SiteFacts], begins: datetime, days: int) -> dict[int, list[int]]:
    """Site id → days of its visits that were made or are ordered otherwise: the last one, and those of a week before."""
    ids = [each.site.id for each in facts]
    known = known_visits(ids, begins - timedelta(days=WEEK), begins + timedelta(days=days))
    found = {}
    for each in facts:
        last = [each.site.visited_at] if each.site.visited_at else []
        moments = {*last, *known[each.site.id]}
        found[each.site.id] = sorted(
            (m.astimezone(begins.tzinfo).date() - begins.date()).days for m in moments
        )
    return found


def due_of(tasks: Sequence[TaskOf]) -> tuple[Due, ...]:
    """What must be protected is visited on the days on which it is due."""
    return tuple(
        Due(n, float(task.visit.due[0] * DAY), float((task.visit.due[1] + 1) * DAY))
        for n, task in enumerate(tasks)
        if task.visit and task.visit.due and task.visit.facts.site.priority == "must"
    )


def shift_of(tour: TourOf, first: date) -> tuple[float, float]:
    """When it may set out and must be back, in minutes from the first day's midnight."""
    midnight = (tour.day - first).days * DAY
    begin, end = out_between(tour)
    return midnight + begin, midnight + end


def out_between(tour: TourOf) -> tuple[float, float]:
    """The same in minutes from its own day's midnight."""
    shift = hours(tour.unit)
    return shift if tour.by_night else daylight(*shift)


def tour_rows(
    tours: Sequence[TourOf], bases: NDArray[np.int64], first: date, modes: list[Mode], gone: float = 0.0
) -> Tours:
    """gone: minutes of these days that have passed already: nobody sets out in them."""
    shifts = np.array([shift_of(tour, first) for tour in tours], dtype=np.float64)
    return Tours(
        start=bases, end=bases, earliest=np.maximum(shifts[:, 0], gone), latest=shifts[:, 1],
        duty=np.array([t.unit.longest_duty_minutes for t in tours], dtype=np.float64),
        mode=np.array([modes.index(Mode.of(t.unit)) for t in tours], dtype=np.int64),
        day=np.array([(t.day - first).days for t in tours], dtype=np.int64),
        unit=np.array([t.unit.id for t in tours], dtype=np.int64),
    )  # fmt: skip


def task_rows(
    tasks: Sequence[TaskOf],
    tours: Sequence[TourOf],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    first: date,
    alone: frozenset[int] = frozenset(),
) -> Tasks:
    """alone: tasks that no tour with State forces may do."""
    visits = [task.visit for task in tasks if task.visit]
    by_place = weights([visit.facts.site.place_id for visit in visits])
    most = max((visit.worth for visit in visits), default=1.0)
    open_at = [hours_of(task, first) for task in tasks]
    windows = np.full((len(tasks), max(map(len, open_at)), 2), np.nan)
    for n, found in enumerate(open_at):
        windows[n, : len(found)] = found
    # Numbers of sites and of the rest must not meet: visits of one site keep their distance.
    others_from = max((visit.facts.site.id for visit in visits), default=0) + 1
    columns: tuple[list[Any], ...] = ([], [], [], [], [])
    for n, task in enumerate(tasks):
        if task.visit:
            at = task.visit.facts.site
            row = (
                at.visit_minutes,
                task.visit.worth * by_place[at.place_id],
                TIERS[at.priority],
                at.id,
                task.visit.gap,
            )
        else:
            owed: Any = task.escort
            minutes, tier_of = (MINUTES, task.alert.tier) if task.alert else (owed.ready_minutes, Tier.MUST)
            row = (minutes, task.worth(most), tier_of, others_from + n, 0)
        for column, value in zip(columns, row, strict=True):
            column.append(value)
    service, reward, tier, site, gap = columns
    return Tasks(
        node=starts, end=ends, service=np.array(service, dtype=np.float64), reward=np.array(reward, dtype=np.float64),
        tier=np.array(tier, dtype=np.int64), windows=windows,
        allowed=np.array(
            [[able(t.unit, task) and not (t.joint and n in alone) for t in tours] for n, task in enumerate(tasks)],
            dtype=bool,
        ),
        site=np.array(site, dtype=np.int64), gap=np.array(gap, dtype=np.int64), locked=np.full(len(tasks), FREE),
    )  # fmt: skip


def hours_of(task: TaskOf, first: date) -> Sequence[tuple[float, float]]:
    if task.visit:
        return task.visit.windows
    if task.alert:
        return task.alert.windows
    e: Any = task.escort
    midnight = (e.on_day - first).days * DAY
    return [(float(midnight + e.earliest), float(midnight + e.latest))]


def able(unit: Row[Any], task: TaskOf) -> bool:
    """Whether a unit has what the task needs; an escort needs vehicles."""
    if not task.visit:
        return bool(task.alert or unit.going != "foot")
    return has_what_it_needs(unit, task.visit.facts.site.needs)
