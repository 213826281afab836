"""The facts behind the sentences of a plan: what each stop brings and costs, and what one more unit would bring."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geo.patrols.changed import with_unit
from geo.patrols.plan import Infeasible, LeftOut, Plan, feasible, round_of, timed
from geo.patrols.problem import FREE, Problem, Tier, level
from geo.patrols.search import solve


@dataclass(frozen=True)
class StopFacts:
    """minutes: what the tour saves in time without the stop (way, visit and waiting). slack: how much later the
    unit may arrive there without a later stop or the return suffering."""

    task: int
    tour: int
    tier: Tier
    reward: float
    minutes: float
    slack: float
    locked: bool


@dataclass(frozen=True)
class LeftOutFacts:
    """instead: the tour that could do it at the price of the fewest other stops, with these stops; None if no
    tour can."""

    task: int
    tier: Tier
    reward: float
    reason: LeftOut
    instead: tuple[int, tuple[int, ...]] | None


@dataclass(frozen=True)
class Why:
    stops: tuple[StopFacts, ...]
    left_out: tuple[LeftOutFacts, ...]


@dataclass(frozen=True)
class OneMore:
    """What one more unit like `unit` would bring. reward: more by tier. tasks: those done that weren't. plan: of
    `changed.with_unit(problem, unit)`."""

    unit: int
    reward: tuple[float, float, float]
    tasks: tuple[int, ...]
    plan: Plan


def why(problem: Problem, plan: Plan) -> Why:
    """Facts on each stop, tour by tour in order, and on each task that was left out."""
    return Why(
        tuple(fact for tour in range(len(plan.rounds)) for fact in _stops(problem, plan, tour)),
        tuple(
            LeftOutFacts(
                task,
                Tier(int(problem.tasks.tier[task])),
                float(problem.tasks.reward[task]),
                reason,
                _instead(problem, plan, task) if reason == LeftOut.WORTH_LESS else None,
            )
            for task, reason in plan.left_out
        ),
    )


def one_more(
    problem: Problem, plan: Plan, *, seconds: float = 0.5, seed: int = 0, patience: float = np.inf
) -> OneMore:
    """What one more unit would bring, of the kind that brings most; a short search for each kind from the plan
    on, so that it may be a little more. seconds: processor time for all kinds together; patience: as `search.solve`.

    Raises:
        ValueError: there is no tour.
    """
    units = _kinds(problem)
    if not units:
        raise ValueError("Without a tour there is no unit to have one more of.")
    found = [_with(problem, plan, unit, seconds / len(units), seed, patience) for unit in units]
    # The first of equals, so that one question has one answer.
    return max(found, key=lambda each: (each.reward, -each.unit))


def _kinds(problem: Problem) -> list[int]:
    """One unit of each kind: units whose tours begin alike and may do the same are one kind."""
    tours, tasks = problem.tours, problem.tasks
    kinds: dict[tuple, int] = {}
    for unit in np.unique(tours.unit):
        own = np.flatnonzero(tours.unit == unit)
        columns = (tours.start, tours.end, tours.earliest, tours.latest, tours.duty, tours.mode, tours.day)
        free = tasks.allowed[:, own] | (tasks.locked[:, None] != FREE)
        kinds.setdefault((*(tuple(each[own]) for each in columns), free.tobytes()), int(unit))
    return list(kinds.values())


def _with(problem: Problem, plan: Plan, unit: int, seconds: float, seed: int, patience: float) -> OneMore:
    more = with_unit(problem, unit)
    start = timed(more, [*plan.orders(), *([()] * (len(more.tours) - len(problem.tours)))])
    found = solve(more, seconds=seconds, seed=seed, start=start, patience=patience)
    before = {task for order in plan.orders() for task in order}
    after = {task for order in found.orders() for task in order}
    gained = [new - old for new, old in zip(found.reward, plan.reward, strict=True)]
    return OneMore(unit, (gained[0], gained[1], gained[2]), tuple(sorted(after - before)), found)


def _stops(problem: Problem, plan: Plan, tour: int) -> list[StopFacts]:
    told = plan.rounds[tour]
    order = [stop.task for stop in told.stops]
    latest = _latest_arrivals(problem, plan, tour)
    found = []
    for place, stop in enumerate(told.stops):
        try:
            without = round_of(problem, tour, order[:place] + order[place + 1 :])
            minutes = (told.back - told.depart) - (without.back - without.depart)
        except Infeasible:  # there is no way past this stop
            minutes = stop.leave - stop.arrive
        found.append(
            StopFacts(
                stop.task,
                tour,
                Tier(int(problem.tasks.tier[stop.task])),
                float(problem.tasks.reward[stop.task]),
                minutes,
                max(latest[place] - stop.arrive, 0.0),
                bool(problem.tasks.locked[stop.task] != FREE),
            )
        )
    return found


def _latest_arrivals(problem: Problem, plan: Plan, tour: int) -> list[float]:
    tours, tasks, told = problem.tours, problem.tasks, plan.rounds[tour]
    road = problem.travel[tours.mode[tour]]
    limit, place = min(float(tours.latest[tour]), told.depart + float(tours.duty[tour])), int(tours.end[tour])
    found: list[float] = []
    for stop in reversed(told.stops):
        limit -= float(road[tasks.end[stop.task], place]) + stop.leave - stop.begin
        opened = [
            float(min(closes, limit)) for opens, closes in tasks.windows[stop.task] if opens <= limit + 1e-9
        ]
        limit, place = (opened[-1] if opened else stop.arrive), int(tasks.node[stop.task])
        found.append(limit)
    return found[::-1]


def _instead(problem: Problem, plan: Plan, task: int) -> tuple[int, tuple[int, ...]] | None:
    """The tour that could do the task at the price of the fewest of its other stops: those are given up from the
    least worth on, until it fits somewhere."""
    best: tuple[int, tuple[int, ...]] | None = None
    worth = level(problem)
    for tour in np.flatnonzero(problem.tasks.allowed[task]):
        if problem.tasks.locked[task] not in (FREE, tour):
            continue
        order = [stop.task for stop in plan.rounds[tour].stops]
        given: list[int] = []
        while not _fits(problem, int(tour), order, task):
            free = [each for each in order if problem.tasks.locked[each] == FREE]
            if not free or (best is not None and len(given) + 1 >= len(best[1])):
                break
            given.append(min(free, key=lambda each: float(worth[each])))
            order = [each for each in order if each != given[-1]]
        else:
            if best is None or len(given) < len(best[1]):
                best = int(tour), tuple(given)
    return best


def _fits(problem: Problem, tour: int, order: list[int], task: int) -> bool:
    return any(
        feasible(problem, tour, [*order[:place], task, *order[place:]]) for place in range(len(order) + 1)
    )
