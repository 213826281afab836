"""An alert comes in while patrols are out: who is there first, and the rest of the day repaired with few changes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from geo.patrols.changed import NewTask, Whereabouts, remaining, with_task
from geo.patrols.plan import LeftOut, Plan, feasible
from geo.patrols.problem import FREE, Problem, Tier, level
from geo.patrols.search import kept, solve
from geo.patrols.sheet import FewChanges

SECONDS = 0.15  # of processor time for one repair, so that the answer stands within 300 ms
FEE = 0.05  # what a changed stop costs, in mean rewards of the lowest tier
GENTLE = 0.1  # heat at which a repair begins: it is to mend, not to plan anew
FIRM_FEE = 1.0  # the same where a visit that must be made needs more changes than are allowed otherwise
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
    unit, or is dropped, costs a little, and no more than a fifth may, unless more can no longer be done anyway, or a
    visit that must be made, as an alert's is, would be left out for it.

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
    of_one = float(lowest.mean())
    few = FewChanges(former, FEE * of_one, max(lost, int(MOST_MOVED * stops)))
    found = _raced(left, [start, *_sent(left, rest)], few, 2 / 3 * seconds, seed)
    freely = _misses_a_must(left, found)
    more = FewChanges(former, FIRM_FEE * of_one, stops) if freely else few
    further = solve(left, seconds=seconds / 3, seed=seed, start=found, few=more, hot=GENTLE)
    if not freely or further.reward[0] > found.reward[0]:
        found = further
    now_with = {stop.task: tour for tour, each in enumerate(found.rounds) for stop in each.stops}
    moved = tuple(task for task, tour in was_with.items() if now_with.get(task, tour) != tour)
    dropped = tuple(task for task in was_with if task not in now_with)
    reaches = nearest_able(problem, plan, now, new, done=done, at=at)
    return Repair(left, found, now_with.get(len(left.tasks) - 1), moved, dropped, stops, tuple(reaches))


def _misses_a_must(left: Problem, plan: Plan) -> bool:
    """Whether a visit that must be made is in no round, though some unit could make it."""
    return any(
        left.tasks.tier[task] == Tier.MUST and why == LeftOut.WORTH_LESS for task, why in plan.left_out
    )


def _sent(left: Problem, rest: list[list[int]]) -> list[Plan]:
    """For each tour that can do the new task at once: the plan if it does, keeping what it then can in its order. Which
    unit goes is a choice from which a search that mends gently doesn't come back."""
    new = len(left.tasks) - 1
    found = []
    for tour, order in enumerate(rest):
        if left.tasks.allowed[new, tour] and feasible(left, tour, [new]):
            mine = [new]
            for each in order:
                if feasible(left, tour, [*mine, each]):
                    mine.append(each)
            found.append(kept(left, [mine if n == tour else other for n, other in enumerate(rest)]))
    return found


def _raced(left: Problem, starts: list[Plan], few: FewChanges, seconds: float, seed: int) -> Plan:
    """Searches a little from each start, and on from where the best of them came to."""
    worth = level(left)

    def value(plan: Plan) -> float:
        now = np.full(len(left.tasks), FREE)
        for tour, order in enumerate(plan.orders()):
            now[list(order)] = tour
        moved = np.count_nonzero((few.former != FREE) & (few.former != now))
        return -np.inf if moved > few.most else float(worth[now != FREE].sum()) - few.fee * moved

    short = 0.5 * seconds / len(starts)
    run = [solve(left, seconds=short, seed=seed, start=start, few=few, hot=GENTLE) for start in starts]
    return solve(left, seconds=0.5 * seconds, seed=seed, start=max(run, key=value), few=few, hot=GENTLE)


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
