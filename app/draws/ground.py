"""From the mission as it is to the game of geo/patrols/game.py: one visit a site, the tours that go out on every day.

A site is worth what a visit there is worth to a plan (app/plans/visits.py), each priority counting twice the one below.
No cell of a defender is read: where the mix is tight, the chance of a visit tells a site's worth exactly, and with it
whatever weighs in it (docs/decisions/0023). Read with the viewer's own rights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from flask_babel import gettext as _
from numpy.typing import NDArray

from app.coverage.facts import SiteFacts, site_facts
from app.errors import Invalid
from app.means import queries as means
from app.means.crews import crews_of
from app.mission.hours import DAY
from app.mission.queries import identity
from app.patrols.planning import MOST_STOPS
from app.plans.ground import (
    TIERS,
    Nodes,
    PlanGround,
    TaskOf,
    TourOf,
    able,
    check_may_plan,
    out_between,
    tour_rows,
    tours_of,
)
from app.plans.travelling import Mode, travel_minutes
from app.plans.visits import Visit
from app.sites import queries as sites
from geo.patrols.game import LONGEST_SHIFT, Game
from geo.patrols.problem import FREE, Problem, Tasks

TIMES_AS_MUCH = {"must": 4.0, "should": 2.0, "could": 1.0}
# Minutes by which a tour's start may be put off at least, if that is no more than a quarter of its hours.
JITTER = 120
NO_WAY = 100_000
# Beyond, the search for the best fixed plan takes a minute and more.
MOST_TOURS = 24
# Likewise: with as many and six units, ten seconds are one turn of the search, and no better than a fixed plan.
MOST_SITES = 200
# So much of a shift is left at least by the hours in which sites may be visited; else those sites are not in the game.
KEPT_OF_A_SHIFT = 0.75


@dataclass(frozen=True, eq=False)
class MixGround:
    """`game`: its site n is task n of `ground`, its unit u tour u. apart: sites that are not in it, with a code of
    wording.APART. resting: call signs of the units that don't go out on every day."""

    ground: PlanGround
    game: Game
    apart: tuple[tuple[SiteFacts, str], ...]
    resting: tuple[str, ...]


def ground_of(sector_id: int, first: date, days: int, unit_ids: Sequence[int] = ()) -> MixGround:
    """What a mix of these days stands on, with these units of the sector, or all. Raises NotAllowed, or Invalid with what
    is missing."""
    check_may_plan(sector_id)
    check_sites(sector_id)
    units = [unit for unit in means.with_means(sector_id) if not unit_ids or unit.id in unit_ids]
    daily = [unit for unit in units if weekdays(first, days) <= set(unit.days) and crews_of(unit).tours]
    tours = tours_of(daily, first, 1)
    if not tours:
        raise Invalid(_("No unit goes out on every day of this run."), code="no_daily_tours")
    if len(tours) > MOST_TOURS:
        raise Invalid(
            _("A mix holds 24 tours a day at most. Ask for a smaller sector."), code="too_many_tours"
        )
    begins = datetime.combine(first, time(), ZoneInfo(identity().time_zone))
    facts = site_facts(sector_id)
    whole = problem_of(facts, tours, first, begins) if facts else None
    why = [""] * len(facts) if whole is None else reasons(facts, tours, whole.problem)
    inside = [each for each, reason in zip(facts, why, strict=True) if not reason]
    if not inside or whole is None:
        raise Invalid(_("No site can be reached by these units in their hours."), code="no_sites")
    ground = whole if len(inside) == len(facts) else problem_of(inside, tours, first, begins)
    apart = tuple((each, reason) for each, reason in zip(facts, why, strict=True) if reason)
    resting = tuple(unit.call_sign for unit in units if unit not in daily)
    return MixGround(ground, game_of(ground.problem, [each.site.priority for each in inside]), apart, resting)


def check_sites(sector_id: int) -> None:
    """Raises Invalid where the list holds more sites than a mix can be made of."""
    if (listed := sites.how_many(sector_id)) > MOST_SITES:
        words = _(
            "%(n)s sites stand on the list here, and a mix holds 200 at most. Ask for a smaller sector, or plan this one "
            "by a plan of the usual kind.",
            n=listed,
        )
        raise Invalid(words, code="too_many_sites", fields={"sector": words})


def weekdays(first: date, days: int) -> set[int]:
    return {(first + timedelta(days=n)).isoweekday() for n in range(days)}


def problem_of(
    facts: Sequence[SiteFacts], tours: Sequence[TourOf], first: date, begins: datetime
) -> PlanGround:
    """One visit to each of these sites, by any tour that has what it needs, in the hours in which it may be visited."""
    nodes = Nodes()
    hours = [hours_of(tour, facts) for tour in tours]
    bases = np.array([nodes.at(t.unit.lon, t.unit.lat) for t in tours], dtype=np.int64)
    # The game knows no hours: a visit may begin at any time of the tours that may go there (`may_go`).
    tasks = [
        TaskOf(Visit(each, 1, 1, False, False, ((0.0, 2.0 * DAY),), 0, each.neglect + 1.0), None)
        for each in facts
    ]
    at = np.array([nodes.of_task(task)[0] for task in tasks], dtype=np.int64)
    modes = sorted({Mode.of(t.unit) for t in tours})
    spots = np.array(nodes.spots)
    count = len(tasks)
    rows = Tasks(
        node=at, end=at, service=np.array([each.site.visit_minutes for each in facts], dtype=np.float64),
        reward=np.array([each.neglect + 1.0 for each in facts]),
        tier=np.array([TIERS[each.site.priority] for each in facts], dtype=np.int64),
        windows=np.full((count, 1, 2), [0.0, 2.0 * DAY]),
        allowed=np.array([[may_go(t, task, out) for t, out in zip(tours, hours, strict=True)] for task in tasks]),
        site=np.array([each.site.id for each in facts], dtype=np.int64), gap=np.zeros(count, dtype=np.int64),
        locked=np.full(count, FREE),
    )  # fmt: skip
    whole = tour_rows(tours, bases, first, modes)
    out = replace(
        whole,
        earliest=np.array([begin for begin, _end in hours], dtype=np.float64),
        latest=np.array([end for _begin, end in hours], dtype=np.float64),
    )
    problem = Problem(travel_minutes(modes, spots, begins), out, rows)
    # Each day is drawn by itself, so every tour ends where it began.
    return PlanGround(problem, tuple(tours), tuple(tasks), spots, begins, posts={})


def hours_of(tour: TourOf, facts: Sequence[SiteFacts]) -> tuple[int, int]:
    """Between which minutes of the day a tour is out: its shift, less what would keep it from sites that it can
    visit at most of these hours. One that is out whenever a site is open needs no hour in the game."""
    begin, end = (int(minute) for minute in out_between(tour))
    least = KEPT_OF_A_SHIFT * (end - begin)
    windows = {(each.site.window_from, each.site.window_until) for each in facts}
    bounds = [(first, last) for first, last in windows if first is not None and last is not None]
    # The window that takes least away first.
    for first, last in sorted(bounds, key=lambda w: max(w[0], begin) - min(w[1], end)):
        if min(last, end) - max(first, begin) >= least:
            begin, end = max(first, begin), min(last, end)
    return begin, end


def may_go(tour: TourOf, task: TaskOf, hours: tuple[int, int]) -> bool:
    """Whether the unit has what the site needs, and one may come there in all of the hours in which it is out."""
    if task.visit is None or not able(tour.unit, task):
        return False
    site = task.visit.facts.site
    if site.window_from is None or site.window_until is None:
        return True
    return bool(site.window_from <= hours[0] and hours[1] <= site.window_until)


def reasons(facts: Sequence[SiteFacts], tours: Sequence[TourOf], problem: Problem) -> list[str]:
    """Why each site is not in the game, empty where it is."""
    game = game_of(problem, [each.site.priority for each in facts])
    alone = game.travel[:, 0, 1:] + game.stay + game.travel[:, 1:, 0]
    reached = np.asarray((alone <= game.shift[:, None]).any(axis=0))
    found = []
    for n, each in enumerate(facts):
        task = TaskOf(Visit(each, 1, 1, False, False, (), 0, 1.0), None)
        if not any(able(tour.unit, task) for tour in tours):
            found.append("needs")
        elif not problem.tasks.allowed[n].any():
            found.append("hours")
        else:
            found.append("" if reached[n] else "out_of_reach")
    return found


def game_of(problem: Problem, priorities: Sequence[str]) -> Game:
    """The game on this problem's tours and tasks; minutes are rounded up, so that what it allows can be driven."""
    tours, tasks = problem.tours, problem.tasks
    travel = np.stack([ways(problem, tour) for tour in range(len(tours))])
    return Game(
        tasks.reward * np.array([TIMES_AS_MUCH[each] for each in priorities]),
        np.ones(len(tasks)),
        np.maximum(np.ceil(tasks.service), 1).astype(np.int64),
        travel,
        np.array([shift_of(problem, tour) for tour in range(len(tours))], dtype=np.int64),
        MOST_STOPS,
    )


def ways(problem: Problem, tour: int) -> NDArray[np.int64]:
    """(sites + 1, sites + 1) whole minutes, the base first; no way to where this tour may not go."""
    tours, tasks = problem.tours, problem.tasks
    nodes = np.append(tours.start[tour], tasks.node)
    minutes = problem.travel[int(tours.mode[tour])][np.ix_(nodes, nodes)]
    found = np.where(np.isfinite(minutes), np.ceil(np.minimum(minutes, NO_WAY)), NO_WAY).astype(np.int64)
    shut = np.append(False, ~tasks.allowed[:, tour])
    found[shut, :] = NO_WAY
    found[:, shut] = NO_WAY
    return found


def shift_of(problem: Problem, tour: int) -> int:
    """Minutes that a tour may take, so that its start can still be put off."""
    tours = problem.tours
    span = float(tours.latest[tour] - tours.earliest[tour])
    longest = min(float(tours.duty[tour]), span - min(JITTER, span / 4), LONGEST_SHIFT)
    return max(int(longest), 0)
