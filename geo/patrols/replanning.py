"""An alert comes in while patrols are out: who is there first, and the rest of the day repaired with few changes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.patrols.changed import NewTask, Whereabouts, remaining, with_task
from geo.patrols.plan import Plan, feasible
from geo.patrols.problem import FREE, Problem, level
from geo.patrols.search import kept, solve
from geo.patrols.sheet import FewChanges

SECONDS = 0.15  # of processor time for one repair, so that the answer stands within 300 ms
FEE = 0.05  # what a changed stop costs, in mean rewards of the lowest tier
GENTLE = 0.1  # heat at which a repair begins: it is to mend, not to plan anew
MOST_MOVED = 0.2  # share of the remaining stops that may go with another unit, or be dropped


class Able(StrEnum):
    """Whether a unit can go, and if not, why."""

    ABLE = "able"
    NOT_ALLOWED = "skill_missing_or_forbidden"
    NO_WAY = "no_way"
    TOO_LATE = "window_over_on_arrival"
    OFF_DUTY = "not_back_within_its_duty"


@dataclass(frozen=True)
class Reach:
    """How soon a unit that is sent at once would be there. arrives: minutes from the plan's beginning, inf
    without a way. minutes: on the road. waits: until the unit is free. displaces: its remaining stops that it
    could not do afterwards in their order."""

    tour: int
    able: Able
    arrives: float
    minutes: float
    waits: float
    displaces: tuple[int, ...]


@dataclass(frozen=True)
class Repair:
    """problem: what was left to do, with the new task as its last row; `plan` is a plan of it. moved: remaining
    stops that now go with another tour, dropped: those in none. stops: how many remained. tour: who takes the new
    task, None: nobody. reaches: all units, the soonest first."""

    problem: Problem
    plan: Plan
    tour: int | None
    moved: tuple[int, ...]
    dropped: tuple[int, ...]
    stops: int
    reaches: tuple[Reach, ...]

    @property
    def share_moved(self) -> float:
        return (len(self.moved) + len(self.dropped)) / self.stops if self.stops else 0.0


def nearest_able(
    problem: Problem, plan: Plan, now: float, new: NewTask, *,
    done: Collection[int] = (), at: Mapping[int, Whereabouts] | None = None,
) -> list[Reach]:  # fmt: skip
    """All tours of the present, able ones first, by the time at which they would be there if they went at once.

    done, at: as `remaining`.
    """
    left = with_task(remaining(problem, plan, now, done, at), new)
    rest = _rest(plan, done)
    found = [_reach(left, tour, order, now) for tour, order in enumerate(rest)]
    return sorted(found, key=lambda each: (each.able != Able.ABLE, each.arrives, each.tour))


def repaired(
    problem: Problem,
    plan: Plan,
    now: float,
    new: NewTask,
    *,
    done: Collection[int] = (),
    at: Mapping[int, Whereabouts] | None = None,
    seconds: float = SECONDS,
    seed: int = 0,
) -> Repair:
    """The rest of the plan with the new task, changed as little as is worth it: a stop that goes with another
    unit, or is dropped, costs a little, and no more than a fifth may (unless more can no longer be done anyway).

    plan: of `problem`. done: tasks done or under way. at: units' whereabouts, where they are known.
    """
    left = with_task(remaining(problem, plan, now, done, at), new)
    rest = _rest(plan, done)
    stops = sum(len(order) for order in rest)
    start = kept(left, rest)
    was_with = {task: tour for tour, order in enumerate(rest) for task in order}
    former = np.array([was_with.get(task, FREE) for task in range(len(left.tasks))])
    lost = len(was_with.keys() - {task for order in start.orders() for task in order})
    lowest = level(left)[left.tasks.tier == left.tasks.tier.max()]
    few = FewChanges(former, FEE * float(lowest.mean()), max(lost, int(MOST_MOVED * stops)))
    found = solve(left, seconds=seconds, seed=seed, start=start, few=few, hot=GENTLE)
    now_with = {stop.task: tour for tour, each in enumerate(found.rounds) for stop in each.stops}
    moved = tuple(task for task, tour in was_with.items() if now_with.get(task, tour) != tour)
    dropped = tuple(task for task in was_with if task not in now_with)
    reaches = nearest_able(problem, plan, now, new, done=done, at=at)
    return Repair(left, found, now_with.get(len(left.tasks) - 1), moved, dropped, stops, tuple(reaches))


def _rest(plan: Plan, done: Collection[int]) -> list[list[int]]:
    return [[task for task in order if task not in done] for order in plan.orders()]


def _reach(left: Problem, tour: int, order: list[int], now: float) -> Reach:
    """`left`: the problem with the new task as its last row."""
    tours, tasks, task = left.tours, left.tasks, len(left.tasks) - 1
    road = left.travel[tours.mode[tour]]
    minutes = float(road[tours.start[tour], tasks.node[task]])
    free = float(tours.earliest[tour])
    arrives = free + minutes
    displaces: tuple[int, ...] = ()
    if not tasks.allowed[task, tour]:
        able = Able.NOT_ALLOWED
    elif not math.isfinite(minutes):
        able = Able.NO_WAY
    elif not any(arrives <= closes for _, closes in tasks.windows[task]):
        able = Able.TOO_LATE
    else:
        first = [task]
        able = Able.ABLE if feasible(left, tour, first) else Able.OFF_DUTY
        for each in order if able == Able.ABLE else ():
            if feasible(left, tour, [*first, each]):
                first.append(each)
        displaces = tuple(each for each in order if each not in first) if able == Able.ABLE else ()
    return Reach(tour, able, arrives, minutes, free - now, displaces)
