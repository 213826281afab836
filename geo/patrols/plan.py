"""A patrol plan: which unit goes where and when, and what was left out for which reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.patrols.problem import Problem, Tier


class LeftOut(StrEnum):
    """Why a visit that was wanted is in no tour."""

    NO_TOUR_ALLOWED = "no_tour_allowed"  # no unit has the skill, or all are forbidden
    OUT_OF_REACH = "out_of_reach"  # no allowed unit gets there and back in its hours
    WINDOWS = "windows_cannot_be_met"  # it gets there, but never while the place may be visited
    WORTH_LESS = "worth_less_than_what_stands"


@dataclass(frozen=True)
class Stop:
    """One visit, minutes from the plan's beginning; `arrive` … `begin` is waiting for the window."""

    task: int
    arrive: float
    begin: float
    leave: float


@dataclass(frozen=True)
class Round:
    """What one tour does. Without stops the unit stays where it is, and `back` is `depart`; it drives only where it
    sleeps elsewhere than it is. travel: minutes on the road, with the ways of escorts."""

    depart: float
    back: float
    stops: tuple[Stop, ...]
    travel: float


@dataclass(frozen=True)
class Plan:
    """rounds: one for each tour. reward: sums by tier, as `Tier` counts them. travel: minutes of all rounds.
    left_out: each task in no round, with the reason. nights: the node at which each of the problem's nights is slept;
    none: all at home. missed: visits that are due, made on other days."""

    rounds: tuple[Round, ...]
    reward: tuple[float, float, float]
    travel: float
    left_out: tuple[tuple[int, LeftOut], ...]
    nights: tuple[int, ...] = ()
    missed: tuple[int, ...] = ()

    def orders(self) -> tuple[tuple[int, ...], ...]:
        """The tasks of each tour in order."""
        return tuple(tuple(stop.task for stop in each.stops) for each in self.rounds)


class Infeasible(ValueError):
    """An order of tasks that no unit can keep."""


def timed(problem: Problem, orders: Sequence[Sequence[int]]) -> Plan:
    """The plan in which each tour does its tasks in the given order, each as early as may be, after a departure
    as late as that lets it be: people wait at their base, not on the road.

    Raises:
        Infeasible: a leg without a way, a window missed, a tour back too late or longer than its duty.
    """
    rounds = tuple(round_of(problem, tour, list(order)) for tour, order in enumerate(orders))
    present = {stop.task for each in rounds for stop in each.stops}
    tasks = problem.tasks
    sums = [0.0] * len(Tier)
    for task in sorted(present):
        sums[tasks.tier[task]] += float(tasks.reward[task])
    absent = [task for task in range(len(tasks)) if task not in present]
    return Plan(
        rounds=rounds,
        reward=(sums[0], sums[1], sums[2]),
        travel=sum(each.travel for each in rounds),
        left_out=tuple((task, reason(problem, task)) for task in absent),
    )


def round_of(problem: Problem, tour: int, order: Sequence[int]) -> Round:
    """One tour's round, as `timed` says.

    Raises:
        Infeasible: as `timed`.
    """
    earliest = float(problem.tours.earliest[tour])
    if not order:
        return _drive(problem, tour) if tour in problem.moving else Round(earliest, earliest, (), 0.0)
    soon = _from(problem, tour, order, earliest)
    long = soon.back - soon.depart > problem.tours.duty[tour] + 1e-9
    # A duty that is too long puts the departure off as far as the return allows; otherwise the first window does.
    depart = _latest_departure(problem, tour, order, soon.back if long else soon.stops[0].begin, whole=long)
    later = soon if depart <= earliest else _from(problem, tour, order, depart)
    if later.back - later.depart > problem.tours.duty[tour] + 1e-7:
        raise Infeasible(f"Tour {tour} takes longer than its duty.")
    return later


def feasible(problem: Problem, tour: int, order: Sequence[int]) -> bool:
    """Whether a tour can do these tasks in this order (`round_of`)."""
    try:
        round_of(problem, tour, order)
    except Infeasible:
        return False
    return True


def _drive(problem: Problem, tour: int) -> Round:
    """A tour without a task goes straight to where its unit sleeps."""
    tours = problem.tours
    depart = float(tours.earliest[tour])
    way = float(problem.travel[tours.mode[tour], tours.start[tour], tours.end[tour]])
    if not way <= min(float(tours.latest[tour]) - depart, float(tours.duty[tour])) + 1e-7:
        raise Infeasible(f"Tour {tour} doesn't get to where it sleeps.")
    return Round(depart, depart + way, (), way)


def reason(problem: Problem, task: int) -> LeftOut:
    """Why the task is in no tour: whether some allowed tour could do it alone, and if not, what prevents that."""
    tours, tasks = problem.tours, problem.tasks
    able = [
        tour for tour in np.flatnonzero(tasks.allowed[task]) if tasks.locked[task] in (-1, tour)
    ]  # fmt: skip
    if not able:
        return LeftOut.NO_TOUR_ALLOWED
    reached = False
    for tour in able:
        road = problem.travel[tours.mode[tour]]
        ways = road[tours.start[tour], tasks.node[task]] + road[tasks.node[task], tasks.end[task]]
        ways += road[tasks.end[task], tours.end[tour]]
        hours = min(float(tours.latest[tour] - tours.earliest[tour]), float(tours.duty[tour]))
        if ways + tasks.service[task] > hours:
            continue
        reached = True
        try:
            round_of(problem, int(tour), [task])
        except Infeasible:
            continue
        return LeftOut.WORTH_LESS
    return LeftOut.WINDOWS if reached else LeftOut.OUT_OF_REACH


def _from(problem: Problem, tour: int, order: Sequence[int], depart: float) -> Round:
    tours, tasks = problem.tours, problem.tasks
    road = problem.travel[tours.mode[tour]]
    clock, place, travel = depart, int(tours.start[tour]), 0.0
    stops = []
    for task in order:
        way = float(road[place, tasks.node[task]])
        escorted = float(road[tasks.node[task], tasks.end[task]])
        arrive = clock + way
        begin = next(
            (max(arrive, opens) for opens, closes in tasks.windows[task] if arrive <= closes + 1e-9), None
        )
        if begin is None or not np.isfinite(arrive + escorted):
            raise Infeasible(f"Task {task} can't be met in tour {tour}.")
        clock, place = float(begin) + float(tasks.service[task]) + escorted, int(tasks.end[task])
        travel += way + escorted
        stops.append(Stop(int(task), arrive, float(begin), clock))
    way = float(road[place, tours.end[tour]])
    if not clock + way <= tours.latest[tour] + 1e-7:
        raise Infeasible(f"Tour {tour} is back too late.")
    return Round(depart, clock + way, tuple(stops), travel + way)


def _latest_departure(
    problem: Problem, tour: int, order: Sequence[int], until: float, *, whole: bool
) -> float:
    """The latest departure after which the first task still begins at `until`, or (`whole`) the tour is back by
    then."""
    tours, tasks = problem.tours, problem.tasks
    road = problem.travel[tours.mode[tour]]
    if not whole:
        return until - float(road[tours.start[tour], tasks.node[order[0]]])
    limit, place = until, int(tours.end[tour])
    for task in reversed(order):
        limit -= float(road[tasks.end[task], place])
        limit -= float(tasks.service[task]) + float(road[tasks.node[task], tasks.end[task]])
        # The last window that opens in time; where it closes before `limit`, it is its end that counts.
        limit = max(min(closes, limit) for opens, closes in tasks.windows[task] if opens <= limit + 1e-9)
        place = int(tasks.node[task])
    return limit - float(road[tours.start[tour], place])
