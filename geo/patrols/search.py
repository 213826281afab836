"""The patrol solver: a good plan within a given processor time, better the longer it may think.

Ruin and recreate under simulated annealing (`ruin`), cooling once over the time that there is. The constants were
chosen on eight of Solomon's instances (bench/toptw): at the beginning it has to be hot enough to give up whole
visits of mean reward.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from geo.patrols.patient import patient_clock
from geo.patrols.plan import Plan, timed
from geo.patrols.problem import Problem
from geo.patrols.ruin import State, anneal, copy, empty, may_join, rebuild, retime, worth_of
from geo.patrols.sheet import FewChanges, Sheet, sheet_of

HOT, COLD = 1.6, 0.01  # heat at the beginning and end of a cycle, in mean rewards of the lowest tier
WAY = 0.02  # what a leg of mean length costs, in the same
STRINGS, LONGEST, BLINK = 2, 8, 0.01
TOLD_EVERY = 0.25  # s of processor time
SLICE = 200  # rounds of the search between two looks at the time

Told = Callable[[float, Plan], None]
Stop = Callable[[], bool]


def solve(
    problem: Problem,
    *,
    seconds: float = 2.0,
    seed: int = 0,
    start: Plan | None = None,
    iterations: int | None = None,
    few: FewChanges | None = None,
    hot: float = HOT,
    patience: float = np.inf,
    told: Told | None = None,
    stop: Stop | None = None,
) -> Plan:
    """The best plan found; never one that is worth less than what of `start` can still be kept.

    seconds: processor time of this thread. iterations: instead of the time; then the same seed gives the same
    plan. few: what must stay much as it was. hot: heat at the beginning, in mean rewards of the lowest tier.
    patience: how many times `seconds` may pass on the clock, where others use the processor too. told:
    called now and then with the share of the time that is over and the best plan so far. stop: asked as often;
    True ends the search with what it has.
    """
    search = Search(sheet_of(problem, few), seed, hot)
    if start is not None:
        search.begin_with(start.orders())
    began, last_told, done, taken = time.thread_time(), 0.0, 0, patient_clock(patience)
    size, share = SLICE if iterations is not None else 20, 0.0
    while share < 1.0 and len(problem.tasks) and len(problem.tours):
        before = time.thread_time()
        if iterations is not None:
            size = min(SLICE, iterations - done)
        search.on(size, share)
        done += size
        spent = time.thread_time() - began
        if iterations is not None:
            share = done / iterations
        else:
            share = taken() / seconds
            slice_took = max(spent + began - before, 1e-5)
            size = max(10, min(4 * size, int(size * min(0.02 * seconds, 0.05) / slice_took)))
        if told is not None and spent - last_told > TOLD_EVERY:
            last_told = spent
            told(min(share, 1.0), timed(problem, search.orders()))
        if stop is not None and stop():
            break
    return timed(problem, search.orders())


def kept(problem: Problem, orders: Sequence[Sequence[int]]) -> Plan:
    """What of the orders of the problem's tours can be kept, as a plan."""
    search = Search(sheet_of(problem), 0)
    search.begin_with(orders)
    return timed(problem, search.orders())


class Search:
    """The state of one search."""

    def __init__(self, sheet: Sheet, seed: int, hot: float = HOT) -> None:
        self.sheet, self.hot = sheet, max(hot, COLD)
        self.now, self.kept, self.best = empty(sheet), empty(sheet), empty(sheet)
        # Never 0, from which the stream would not move.
        self.drawn = np.random.SeedSequence(seed).generate_state(1, np.uint64) | np.uint64(1)
        self.mu = WAY * sheet.unit / sheet.mean_leg
        self.scores = np.zeros(2)

    def begin_with(self, orders: Sequence[Sequence[int]]) -> None:
        """Takes what can be kept of the orders as where to start."""
        torn: list[int] = []
        for tour, order in enumerate(orders[: len(self.best.length)]):
            if not whole(self.sheet, self.best, order, tour):
                torn += order
        everything = np.ones(len(self.best.length), dtype=bool)
        # What of the others can still be done is put in where it fits.
        absent = np.array([task for task in torn if self.best.tour[task] < 0], dtype=np.int64)
        if not rebuild(self.sheet, self.best, absent, len(absent), 0.0, self.drawn, everything.copy()):
            raise ValueError("A tour that could be kept broke.")
        copy(self.best, self.now, everything)
        copy(self.best, self.kept, everything)
        self.scores[:] = [worth_of(self.sheet, self.best, mu) for mu in (self.mu, 1e-4 * self.mu)]

    def on(self, rounds: int, share: float) -> None:
        """So many more rounds, at the heat of this share of the whole."""
        heat = self.sheet.unit * self.hot * (COLD / self.hot) ** share
        anneal(
            self.sheet, self.now, self.kept, self.best, self.drawn, rounds, heat, self.mu,
            STRINGS, LONGEST, BLINK, self.scores,
        )  # fmt: skip

    def orders(self) -> list[list[int]]:
        return [
            [int(task) for task in row[1 : count + 1]]
            for row, count in zip(self.best.route, self.best.length, strict=True)
        ]


def whole(sheet: Sheet, state: State, order: Sequence[int], tour: int) -> bool:
    """Gives an empty tour its order as it is; False, and nothing changed, if that can't be kept."""
    joined: list[int] = []
    for task in order:
        chain = sheet.chain[task]
        later = any(
            chain == sheet.chain[other] >= 0 and sheet.rank[other] > sheet.rank[task] for other in joined
        )
        if later or state.tour[task] >= 0 or not may_join(sheet, state, task, tour):
            break
        state.tour[task] = tour
        joined.append(task)
    home = state.route[tour, 1]
    state.route[tour, 1 : len(joined) + 2] = [*joined, home]
    state.length[tour] = len(joined)
    if len(joined) == len(order) and retime(sheet, state, tour):
        return True
    state.tour[joined] = -1
    state.route[tour, 1] = home
    state.length[tour] = 0
    retime(sheet, state, tour)
    return False
