"""The longest gap between two visits of a site: on which days visits are due, and the search that keeps to them.

A site must be visited again at the latest g days after the last visit. Between two known visits on days p < q (made,
or ordered otherwise; q is the day after the plan where none is known) k = ⌈(q − p)/g⌉ − 1 visits keep that, and no
fewer. What they have to spare, s = p + (k+1)g − q days, is dealt out evenly: visit j may be made on the w + 1 days
[p + jg − (j−1)w − w, p + jg − (j−1)w], w = ⌊s/k⌋. Whichever day of its span each visit takes, no gap is longer than g.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

import numpy as np

from geo.patrols.overnight import solve_nights
from geo.patrols.plan import Plan
from geo.patrols.problem import FREE, Problem
from geo.patrols.search import HOT, Stop, Told
from geo.patrols.sheet import FewChanges

IN_TIME = 0.75  # share of the time for the search in which every visit that is due keeps to its days
CLOSE = 1e-6  # minutes: what sums of floating point numbers may be apart
GENTLE = 0.1  # heat with which the others are then let in


def due_days(known: Sequence[int], longest: int, days: int) -> list[tuple[int, int]]:
    """(first, last) day of a plan of so many days within which each visit is due, the fewest that keep the longest gap.

    known: days of visits made or ordered beside the plan, counted from its first day, before it below 0; a site that was
    never visited, or whose gap has passed, is due on the first day. longest: days, 1 or more.
    """
    before = [day for day in known if day < 0]
    since = max([*before, -longest])
    found = []
    for until in [*sorted({day for day in known if 0 <= day < days}), days]:
        count = -((since - until) // longest) - 1
        spare = (since + (count + 1) * longest - until) // count if count > 0 else 0
        for n in range(count):
            last = since + (n + 1) * longest - n * spare
            found.append((max(last - spare, 0), last))
        since = until
    return found


def in_time(problem: Problem, but: Collection[int] = ()) -> Problem:
    """The problem in which visits that are due can be made on no other days, but these and what an officer has put
    somewhere."""
    windows, allowed = problem.tasks.windows.copy(), problem.tasks.allowed.copy()
    for task, opens, closes in problem.due:
        if task in but or problem.tasks.locked[task] != FREE:
            continue
        cut = [(max(a, opens), min(b, closes)) for a, b in windows[task] if max(a, opens) <= min(b, closes)]
        windows[task] = np.nan
        windows[task, : len(cut)] = np.array(cut).reshape(-1, 2)
        allowed[task] &= bool(cut)
    return replace(problem, tasks=replace(problem.tasks, windows=windows, allowed=allowed))


def missed(problem: Problem, plan: Plan) -> tuple[int, ...]:
    """The visits that are due and made on other days than those."""
    begins = {stop.task: stop.begin for each in plan.rounds for stop in each.stops}
    return tuple(
        task
        for task, opens, closes in problem.due
        if task in begins and not opens - CLOSE <= begins[task] <= closes + CLOSE
    )


def let_in(problem: Problem, plan: Plan) -> Problem:
    """The problem as the plan was found in it: what is due keeps to its days where it does so in the plan."""
    done = {stop.task for each in plan.rounds for stop in each.stops} - set(plan.missed)
    return in_time(problem, {each.task for each in problem.due} - done)


def solve_due(
    problem: Problem, *, seconds: float = 2.0, seed: int = 0, start: Plan | None = None,
    few: FewChanges | None = None, hot: float = HOT, patience: float = np.inf,
    told: Told | None = None, stop: Stop | None = None,
) -> Plan:  # fmt: skip
    """As `overnight.solve_nights`, of a problem in which visits may be due: first each on its days or not at all; then
    those that no unit made there may be made on other days, which the plan tells (`Plan.missed`).

    Raises:
        Infeasible: as `overnight.solve_nights`.
    """
    if not problem.due:
        return solve_nights(
            problem, seconds=seconds, seed=seed, start=start, few=few, hot=hot, patience=patience, told=told, stop=stop
        )  # fmt: skip
    best = solve_nights(
        in_time(problem), seconds=seconds * IN_TIME, seed=seed, start=start, few=few, hot=hot, patience=patience,
        told=_share(told, 0.0, IN_TIME), stop=stop,
    )  # fmt: skip
    if {task for task, _reason in best.left_out} & {each.task for each in problem.due}:
        best = solve_nights(
            let_in(problem, best), seconds=seconds * (1.0 - IN_TIME), seed=seed, start=best, few=few, hot=GENTLE,
            patience=patience, told=_share(told, IN_TIME, 1.0 - IN_TIME), stop=stop,
        )  # fmt: skip
    return replace(best, missed=missed(problem, best))


def _share(told: Told | None, begun: float, part: float) -> Callable[[float, Plan], None]:
    def tell(share: float, plan: Plan) -> None:
        if told:
            told(begun + part * share, plan)

    return tell
