"""The least total of what all places pay with `count` sites, and the proof: interchange from above, the Lagrangian bound
from below, sites settled by what they are worth, and branch and bound over what is left.

Settling: a site whose opening (or closing) alone lifts the bound above the best known total is in no better placement
(reduced-cost fixing; for the p-median Beasley, European Journal of Operational Research 21, 1985).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.closing import closed, suits
from geo.siting.dual import FREE, OPEN, SHUT, climb
from geo.siting.interchange import greedy, interchange, total_of
from geo.siting.rows import Rows

CHUNK = 150  # evaluations of the bound at the root between two looks at the clock and at what is settled
AT_A_NODE = 40
ROOT_CHUNKS = 14
NODE_CHUNKS = 6
SHAKES = 10
SWAPS = 10_000
FEW_BRANCHES = 10  # so many before a covering is handed over
MOST_BRANCHES = 500  # of the solver that it is handed to
TINY = 1e-7


@dataclass(frozen=True)
class Found:
    """sites: numbers of the open candidates, rising. value: their total; infinite if a place can't be served.
    bound: no placement has less. nodes: how often the search split, 0 if the bound closed it alone. solver: whether
    what was left went to `closing`.
    """

    sites: NDArray[np.int64]
    value: float
    bound: float
    nodes: int
    solver: bool


@dataclass
class Branch:
    """Candidates `names` that are still of use, what is decided of each, and the best prices and bound known."""

    rows: Rows
    names: NDArray[np.int64]
    state: NDArray[np.int8]
    prices: NDArray[np.float64]
    bound: float

    def without_shut(self) -> Branch:
        """The same without the columns of candidates that stay shut, once they are a fourth."""
        left = self.state != SHUT
        if left.mean() > 0.75:
            return self
        kept = np.flatnonzero(left)
        return Branch(self.rows.of(kept), self.names[kept], self.state[kept], self.prices, self.bound)

    def deciding(self, candidate: int, state: int) -> Branch:
        decided = self.state.copy()
        decided[candidate] = state
        return Branch(self.rows, self.names, decided, self.prices, self.bound)


class Search:
    """One search for `count` sites among the free ones of `state` (int8 per candidate: FREE, OPEN, SHUT).

    want: a total that is good enough: only placements with no more are looked for, and a bound above it ends the search.
    gap: the relative gap at which a branch counts as closed. seconds: of processor time, after which it ends with the
    bound that it has. start: sites to begin from.
    """

    def __init__(
        self,
        rows: Rows,
        count: int,
        state: NDArray[np.int8],
        *,
        want: float | None = None,
        gap: float = 0.0,
        seconds: float = 60.0,
        seed: int = 0,
        start: NDArray[np.int64] | None = None,
    ) -> None:
        self.rows, self.count, self.state = rows, count, state
        self.want, self.gap = want, gap
        self.until = time.process_time() + seconds
        self.drawn = np.random.default_rng(seed)
        self.value, self.best = np.inf, np.zeros(len(state), np.int8)
        self.nodes, self.solver = 0, False
        self.first(start)

    def found(self) -> Found:
        if self.closed(0.0):
            return Found(np.flatnonzero(self.best), self.value, 0.0, 0, False)
        root = self.root()
        bound = root.bound
        if not self.closed(root.bound):
            bound = max(bound, self.branch(root))
        elif self.want is None:
            bound = min(max(bound, self.above()), self.value)
        return Found(np.flatnonzero(self.best), self.value, self.rounded(bound), self.nodes, self.solver)

    def below(self) -> float:
        """Only placements with no more than this are of interest."""
        better = self.value - 1.0 if self.rows.whole else self.value * (1.0 - 1e-9)
        better = min(better, self.value * (1.0 - self.gap)) if self.gap else better
        better = better if self.want is None else min(better, self.want)
        return better + TINY * max(1.0, abs(better)) if np.isfinite(better) else np.inf

    def above(self) -> float:
        """What is proven once no branch holds a placement of interest."""
        below = self.below()
        return float(np.floor(below)) + 1.0 if self.rows.whole and np.isfinite(below) else below

    def rounded(self, bound: float) -> float:
        return float(np.ceil(bound - TINY * max(1.0, abs(bound)))) if self.rows.whole else bound

    def closed(self, bound: float) -> bool:
        return bound > self.below() or (self.want is not None and self.value <= self.want + TINY)

    def late(self) -> bool:
        return time.process_time() > self.until

    def first(self, start: NDArray[np.int64] | None) -> None:
        """A start from above: greedy (or what is given), interchange, then shaken and mended some times."""
        rows, drawn = self.rows, self.drawn
        parts = (rows.order, rows.sorted, rows.length, rows.spare)
        if start is None:
            chosen = greedy(*parts, self.state, self.count)
        else:
            chosen = np.zeros(len(self.state), np.int8)
            chosen[start] = 1
        self.offer(interchange(*parts, self.state, chosen, SWAPS), chosen)
        for _ in range(SHAKES):
            if self.late() or self.closed(0.0):
                return
            chosen = self.best.copy()
            out = np.flatnonzero(chosen.astype(bool) & (self.state == FREE))
            into = np.flatnonzero(~chosen.astype(bool) & (self.state == FREE))
            several = min(max(2, self.count // 8), len(out), len(into))
            chosen[drawn.choice(out, several, replace=False)] = 0
            chosen[drawn.choice(into, several, replace=False)] = 1
            self.offer(interchange(*parts, self.state, chosen, SWAPS), chosen)

    def offer(self, value: float, chosen: NDArray[np.int8]) -> None:
        if value < self.value or not self.best.any():
            self.value, self.best = value, chosen.copy()

    def mended(self, branch: Branch, taken: NDArray[np.int8]) -> None:
        """The sites of a relaxed answer, by interchange on what the branch has left."""
        rows, chosen = branch.rows, taken.copy()
        lack = self.count - int(chosen.sum())
        if lack > 0:
            chosen[np.flatnonzero((chosen == 0) & (branch.state == FREE))[:lack]] = 1
        value = interchange(rows.order, rows.sorted, rows.length, rows.spare, branch.state, chosen, SWAPS)
        if value < self.value:
            self.offer(value, self.among_all(branch, chosen))

    def root(self) -> Branch:
        rows = self.rows
        branch = Branch(rows, np.arange(len(self.state)), self.state.copy(), self.first_prices(), 0.0)
        branch = branch.without_shut()
        return self.lifted(branch, CHUNK, ROOT_CHUNKS)[0]

    def first_prices(self) -> NDArray[np.float64]:
        """Between what a place pays now and what it would pay if its site closed."""
        rows = self.rows
        open_at = self.best.astype(bool)
        costs = rows.cost[:, open_at]
        nearest = np.sort(costs, axis=1)[:, :2] if costs.shape[1] else np.zeros((len(costs), 1))
        prices = nearest.mean(axis=1)
        most = np.where(np.isfinite(rows.cost), rows.cost, 0.0).max(axis=1)
        return np.minimum(np.where(np.isfinite(prices), prices, most), rows.spare)

    def lifted(self, branch: Branch, evaluations: int, chunks: int) -> tuple[Branch, NDArray[np.float64]]:
        """The branch with a better bound and what follows from it; and the share of each site in the averaged answer."""
        share = np.zeros(len(branch.names))
        for chunk in range(chunks):
            rows, before = branch.rows, branch.bound
            aim = min(self.value, self.below() + 1.0)
            if not np.isfinite(aim):
                aim = 2.0 * max(branch.bound, 1.0)
            bound, prices, worth, share, taken = climb(
                rows.order, rows.sorted, rows.length, rows.spare, branch.state, self.count,
                branch.prices, aim, self.below(), evaluations,
            )  # fmt: skip
            branch.prices = prices
            branch.bound = max(branch.bound, bound)
            if self.closed(branch.bound) or self.late():
                break
            if chunk < 2 or chunks == ROOT_CHUNKS:
                self.mended(branch, taken)
                if self.closed(branch.bound):
                    break
            if not self.settle(branch, bound, worth):
                branch.bound = np.inf
                break
            free = branch.state == FREE
            if not free.any() or int((branch.state == OPEN).sum()) >= self.count:
                break
            left = len(branch.names)
            share = share[branch.state != SHUT] if (branch.state != SHUT).mean() <= 0.75 else share
            branch = branch.without_shut()
            rose = branch.bound - before
            if left == len(branch.names) and rose < 0.04 * (self.below() - branch.bound):
                break
        return branch, share

    def settle(self, branch: Branch, bound: float, worth: NDArray[np.float64]) -> bool:
        """Opens and shuts what no placement of interest has otherwise. False if that leaves none."""
        left = self.count - int((branch.state == OPEN).sum())
        free = np.flatnonzero(branch.state == FREE)
        if left < 0:
            return False
        if left == 0 or len(free) <= left:
            return True
        rank = free[np.argsort(worth[free], kind="stable")]
        inside, outside = rank[:left], rank[left:]
        slack = self.below() - bound
        branch.state[outside[worth[outside] - worth[inside[-1]] > slack]] = SHUT
        branch.state[inside[worth[outside[0]] - worth[inside] > slack]] = OPEN
        return True

    def branch(self, root: Branch) -> float:
        """Depth first until nothing of interest is left, or time is up. What is proven."""
        waiting = [root]
        while waiting:
            if self.late():
                return min([*(max(each.bound, root.bound) for each in waiting), self.above(), self.value])
            if self.nodes == FEW_BRANCHES and not self.solver and suits(root.rows, self.count):
                handed = self.hand_over(root)
                if self.closed(handed):
                    return min(max(handed, self.above()), self.value)
            here = waiting.pop()
            if self.closed(here.bound):
                continue
            here, share = self.lifted(here.without_shut(), AT_A_NODE, NODE_CHUNKS)
            if self.closed(here.bound):
                continue
            free = np.flatnonzero(here.state == FREE)
            opened = int((here.state == OPEN).sum())
            if opened >= self.count or opened + len(free) <= self.count:
                self.leaf(here)
                continue
            self.nodes += 1
            split = int(free[np.argmin(np.abs(share[free] - 0.5))])
            first, second = (OPEN, SHUT) if share[split] >= 0.5 else (SHUT, OPEN)
            waiting += [here.deciding(split, second), here.deciding(split, first)]
        return min(self.above(), self.value)

    def hand_over(self, root: Branch) -> float:
        """What is left after the first bound, to a solver. What is proven: the bound, or that nothing is below."""
        self.solver = True
        left = self.until - time.process_time()
        answer = closed(root.rows, root.state, self.count, self.below(), left, MOST_BRANCHES)
        if answer.chosen is not None:
            rows, lack = root.rows, self.count - int(answer.chosen.sum())
            chosen = answer.chosen
            chosen[np.flatnonzero((chosen == 0) & (root.state == FREE))[: max(lack, 0)]] = 1
            value = total_of(rows.order, rows.sorted, rows.length, rows.spare, chosen)
            if value < self.value:
                self.offer(value, self.among_all(root, chosen))
        return max(root.bound, answer.bound)

    def among_all(self, branch: Branch, chosen: NDArray[np.int8]) -> NDArray[np.int8]:
        marks = np.zeros(len(self.state), np.int8)
        marks[branch.names[chosen.astype(bool)]] = 1
        return marks

    def leaf(self, branch: Branch) -> None:
        """All is decided: what the open sites give (or, where few are left, all of them)."""
        chosen = (branch.state == OPEN).astype(np.int8)
        if chosen.sum() < self.count:
            chosen[branch.state == FREE] = 1
        rows = branch.rows
        value = total_of(rows.order, rows.sorted, rows.length, rows.spare, chosen)
        self.offer(value, self.among_all(branch, chosen))
