"""Where units sleep in a plan of several days: chosen round the search for the tours.

The tours between nights are a problem like any other (`search`); which nodes they begin and end at is looked for by
changing one night at a time and keeping what is worth more (a local search over the nights, the inner search warm from
the plan that stands).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from geo.patrols.plan import Infeasible, Plan
from geo.patrols.problem import Problem, level
from geo.patrols.search import HOT, Stop, Told, kept, solve
from geo.patrols.sheet import FewChanges

AT_HOME = 0.5  # share of the time for the tours before the first night is changed
ON_ONE, LEAST = (
    0.02,
    0.03,
)  # for one change of a night: share of the time, and seconds below which it finds nothing
GENTLE = 0.1  # heat for what is to be mended, not planned anew


def slept(problem: Problem, nights: Sequence[int]) -> Problem:
    """The problem with tours that begin and end where nights are slept (none given: at home), and no night to choose."""
    start, end = problem.tours.start.copy(), problem.tours.end.copy()
    for night, node in zip(problem.nights, nights, strict=bool(nights)):
        end[night.before] = start[night.after] = node
    changed = np.flatnonzero((start != problem.tours.start) | (end != problem.tours.end))
    tours = replace(problem.tours, start=start, end=end)
    return replace(problem, tours=tours, nights=(), moving=tuple(changed.tolist()))


def solve_nights(
    problem: Problem, *, seconds: float = 2.0, seed: int = 0, start: Plan | None = None,
    few: FewChanges | None = None, hot: float = HOT, patience: float = np.inf,
    told: Told | None = None, stop: Stop | None = None,
) -> Plan:  # fmt: skip
    """As `search.solve`, of a problem that may have nights; never worse than what of `start` can be kept.

    Raises:
        Infeasible: a way home that is needed even by a unit without a task.
    """
    nights = list(start.nights if start and start.nights else (night.nodes[0] for night in problem.nights))
    share = AT_HOME if problem.nights else 1.0

    def first(done: float, plan: Plan) -> None:
        if told:
            told(done * share, plan)

    best = solve(
        slept(problem, nights), seconds=seconds * share, seed=seed, start=start, few=few, hot=hot, patience=patience,
        told=first, stop=stop,
    )  # fmt: skip
    worth, drawn = level(problem), np.random.default_rng(seed)
    changes = [(n, node) for n, night in enumerate(problem.nights) for node in night.nodes]
    one = max(ON_ONE, LEAST / seconds)
    rounds = int((1.0 - share) / one)
    for turn in range(rounds if changes else 0):
        if stop is not None and stop():
            break
        if turn % len(changes) == 0:
            drawn.shuffle(changes)
        n, node = changes[turn % len(changes)]
        if nights[n] == node:
            continue
        other = [*nights[:n], node, *nights[n + 1 :]]
        try:
            found = _from(slept(problem, other), best, seconds * one, seed + turn, few, patience)
        except Infeasible:
            continue
        if value(worth, found) > value(worth, best):
            nights, best = other, found
        if told:
            told(share + (turn + 1) * one, best)
    return replace(best, nights=tuple(nights))


def _from(
    problem: Problem, plan: Plan, seconds: float, seed: int, few: FewChanges | None, patience: float
) -> Plan:
    start = kept(problem, plan.orders())
    return solve(problem, seconds=seconds, seed=seed, start=start, few=few, hot=GENTLE, patience=patience)


def value(worth: np.ndarray, plan: Plan) -> tuple[float, float]:
    """What is done, and then how little is driven; worth: of `problem.level`."""
    done = sum(float(worth[task]) for order in plan.orders() for task in order)
    return round(done, 6), -round(plan.travel, 3)
