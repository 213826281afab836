"""An alert comes in while patrols are out: the rest of the day repaired with few changes."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Repair:
    """problem: what was left to do, with the new task as its last row; `plan` is a plan of it. moved: remaining
    stops that now go with another tour, dropped: those in none. stops: how many remained. tour: who takes the new
    task, None: nobody."""

    problem: Problem
    plan: Plan
    tour: int | None
    moved: tuple[int, ...]
    dropped: tuple[int, ...]
    stops: int

    @property
    def share_moved(self) -> float:
        return (len(self.moved) + len(self.dropped)) / self.stops if self.stops else 0.0


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
    """The rest of the plan with the new task, `mended`.

    plan: of `problem`. done: tasks done or under way. at: units' whereabouts, where they are known.
    """
    left = with_task(remaining(problem, plan, now, done, at), new)
    rest = [[task for task in order if task not in done] for order in plan.orders()]
    found = mended(left, rest, seconds=seconds, seed=seed)
    was_with = {task: tour for tour, order in enumerate(rest) for task in order}
    now_with = {stop.task: tour for tour, each in enumerate(found.rounds) for stop in each.stops}
    moved = tuple(task for task, tour in was_with.items() if now_with.get(task, tour) != tour)
    dropped = tuple(task for task in was_with if task not in now_with)
    return Repair(left, found, now_with.get(len(left.tasks) - 1), moved, dropped, len(was_with))


def mended(left: Problem, rest: Sequence[Sequence[int]], *, seconds: float = SECONDS, seed: int = 0) -> Plan:
    """A plan of what is left to do, with the new task as its last row, changed as little as is worth it: a stop that
    goes with another unit, or is dropped, costs a little, and no more than a fifth may, unless more can no longer be
    done anyway, or a visit that must be made, as an alert's is, would be left out for it.

    rest: for each tour the tasks that it still had before it, in its order. seconds: of processor time.
    """
    orders = [list(order) for order in rest]
    stops = sum(len(order) for order in orders)
    start = kept(left, orders)
    was_with = {task: tour for tour, order in enumerate(orders) for task in order}
    former = np.array([was_with.get(task, FREE) for task in range(len(left.tasks))])
    lost = len(was_with.keys() - {task for order in start.orders() for task in order})
    lowest = level(left)[left.tasks.tier == left.tasks.tier.max()]
    of_one = float(lowest.mean())
    few = FewChanges(former, FEE * of_one, max(lost, int(MOST_MOVED * stops)))
    found = _raced(left, [start, *_sent(left, orders)], few, 2 / 3 * seconds, seed)
    freely = _misses_a_must(left, found)
    more = FewChanges(former, FIRM_FEE * of_one, stops) if freely else few
    further = solve(left, seconds=seconds / 3, seed=seed, start=found, few=more, hot=GENTLE)
    return further if not freely or further.reward[0] > found.reward[0] else found


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
