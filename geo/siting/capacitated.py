"""Siting where sites fill up: the capacitated p-median, and covering as its case where who is not served is the cost.

Each place goes whole to one site. From above `filling`, from below the prices of `knapsack`; pairs of place and site that
lift the bound above the best known total are struck out, and what is left goes to a solver of integer programmes
(`remaining`). Instances: Osman & Christofides, International Transactions in Operational Research 1 (1994).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.dual import FREE, OPEN, SHUT
from geo.siting.filling import assigned, improved
from geo.siting.knapsack import forced, worths
from geo.siting.placement import NOBODY, Certificate, Placement, Proof, decided
from geo.siting.remaining import solved

ROUNDS = 4
EVALUATIONS = 500
PATIENCE = 12
FIRST_STEP, LATER_STEP, LAST_STEP = 1.5, 0.3, 0.02
SHAKES = 300
MOST_STEPS = 600  # of room that the recursion of the bound counts one by one
MOST_WORK = 2e8  # steps of the recursion that striking out pairs may take
FEW_PAIRS = 150  # so few pairs of place and site are quicker solved than split
TINY = 1e-6


@dataclass
class Filled:
    """The best answer so far: total, sites and for each place the index of its site (-1 nobody)."""

    value: float
    sites: NDArray[np.int64]
    serves: NDArray[np.int64]


@dataclass
class Branch:
    """What is decided of each candidate, which pairs (candidate, place) are still of use, the best prices, the bound,
    what each candidate is worth at those prices, and how often each was in the relaxed answers."""

    state: NDArray[np.int8]
    allowed: NDArray[np.bool_]
    prices: NDArray[np.float64]
    bound: float
    worth: NDArray[np.float64]
    share: NDArray[np.float64]

    def deciding(self, candidate: int, state: int) -> Branch:
        decided, allowed = self.state.copy(), self.allowed
        decided[candidate] = state
        if state == SHUT:
            allowed = allowed.copy()
            allowed[candidate] = False
        return Branch(decided, allowed, self.prices, self.bound, self.worth, self.share)


class Filling:
    """One search. cost: (candidates, demand). size: (demand,). room: (candidates,). spare: (demand,) what a place costs
    that nobody serves, infinite where each has to be. state: (candidates,) FREE, OPEN or SHUT."""

    def __init__(
        self,
        cost: NDArray[np.float64],
        size: NDArray[np.int64],
        room: NDArray[np.int64],
        spare: NDArray[np.float64],
        count: int,
        state: NDArray[np.int8],
        seconds: float,
        seed: int,
    ) -> None:
        self.cost, self.size, self.room, self.count, self.state = cost, size, room, count, state
        self.until = time.process_time() + seconds
        self.drawn = np.random.default_rng(seed)
        finite = cost[np.isfinite(cost)]
        # A place that has to be served costs more than all ways together, so that a search mends it first.
        self.dear = 4.0 * len(size) * (float(finite.max()) if len(finite) else 1.0) + 1.0
        self.must = ~np.isfinite(spare)
        self.spare = np.where(self.must, self.dear, spare)
        told = np.concatenate([finite, self.spare])
        self.whole = bool((np.abs(told - np.round(told)) < 1e-9).all())
        self.allowed = (cost < self.spare) & (size <= room[:, None]) & (state != SHUT)[:, None]
        # Told in steps of `unit`, rounded down, what fits still fits: it stays a bound, and large numbers cost no more.
        unit = max(int(np.gcd.reduce(size)), 1)
        unit = max(unit, -(-int(room.max()) // MOST_STEPS)) if int(room.max()) // unit > MOST_STEPS else unit
        self.small, self.wide = size // unit, room // unit
        self.reach = np.where(self.allowed, cost, np.inf)
        self.best = Filled(np.inf, np.zeros(0, np.int64), np.full(len(size), NOBODY))
        self.searched = 0
        self.solver = False

    def late(self) -> bool:
        return time.process_time() > self.until

    def below(self) -> float:
        """Only answers with no more than this are of interest."""
        return self.best.value - 1.0 + TINY if self.whole else self.best.value * (1.0 - 1e-9)

    def run(self) -> float:
        """What is proven."""
        self.from_above()
        root = Branch(
            self.state,
            self.allowed,
            self.first_prices(),
            0.0,
            np.zeros(len(self.room)),
            np.zeros(len(self.room)),
        )
        waiting, left_open = [root], np.inf
        while waiting:
            if self.late():
                left_open = min([left_open, *(each.bound for each in waiting)])
                break
            here = waiting.pop()
            if here.bound > self.below() or not self.lifted(here, first=here is root):
                continue
            free = np.flatnonzero(here.state == FREE)
            pairs = int(here.allowed.sum())
            if pairs <= FEW_PAIRS or not len(free) or (here.state == OPEN).sum() >= self.count:
                left_open = min(left_open, self.finished(here))
                continue
            self.searched += 1
            split = int(free[np.argmin(np.abs(here.share[free] - 0.5))])
            near, far = (OPEN, SHUT) if here.share[split] >= 0.5 else (SHUT, OPEN)
            waiting += [here.deciding(split, far), here.deciding(split, near)]
        proven = self.best.value if self.whole else self.below()
        return min(proven, left_open)

    def from_above(self) -> None:
        free, kept = np.flatnonzero(self.state == FREE), np.flatnonzero(self.state == OPEN)
        for shake in range(SHAKES):
            if self.late() and np.isfinite(self.best.value):
                return
            if shake < SHAKES // 10 + 1 or len(self.best.sites) < self.count:
                sites = np.concatenate([kept, self.drawn.choice(free, self.count - len(kept), replace=False)])
            else:
                sites = self.best.sites.copy()
                movable = np.flatnonzero(self.state[sites] == FREE)
                shut = np.setdiff1d(free, sites)
                several = min(int(self.drawn.integers(1, 4)), len(movable), len(shut))
                sites[self.drawn.choice(movable, several, replace=False)] = self.drawn.choice(
                    shut, several, replace=False
                )
            self.offer(sites)

    def offer(self, sites: NDArray[np.int64]) -> None:
        """What these sites give, assigned and mended."""
        sites, serves = sites.copy(), np.empty(len(self.size), np.int64)
        assigned(self.reach, self.size, self.room, self.spare, sites, serves)
        value = improved(self.reach, self.size, self.room, self.spare, self.state, sites, serves)
        if value < self.best.value - 1e-9:
            self.best = Filled(value, sites, serves)

    def first_prices(self) -> NDArray[np.float64]:
        """A little above what each place pays now."""
        best = self.best
        pays = np.where(
            best.serves < 0, self.spare, self.cost[best.sites[best.serves], np.arange(len(self.size))]
        )
        return np.minimum(pays * 1.2 + 1.0, self.spare)

    def relaxed(
        self, branch: Branch, prices: NDArray[np.float64]
    ) -> tuple[float, NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
        """At these prices: (bound, worth of each candidate, how many of the best serve each place, those candidates)."""
        worth, takes = np.empty(len(self.room)), np.empty(self.cost.shape, np.bool_)
        worths(self.cost, branch.allowed, self.small, self.wide, prices, worth, takes)
        kept, free = np.flatnonzero(branch.state == OPEN), np.flatnonzero(branch.state == FREE)
        rank = free[np.argsort(worth[free], kind="stable")][: self.count - len(kept)]
        chosen = np.concatenate([kept, rank])
        return float(prices.sum() + worth[chosen].sum()), worth, takes[chosen].sum(axis=0), chosen

    def lifted(self, branch: Branch, *, first: bool) -> bool:
        """Lifts the branch's bound and strikes out what follows, as long as much does. False if nothing is left."""
        for turn in range(ROUNDS):
            pairs = int(branch.allowed.sum())
            at = self.climbed(branch, FIRST_STEP if first and not turn else LATER_STEP)
            if branch.bound > self.below():
                return False
            if self.late():
                return True
            self.strike(branch, at)
            if branch.allowed.sum() > 0.8 * pairs:
                return True
        return True

    def climbed(self, branch: Branch, step: float) -> float:
        """Subgradient ascent of the prices, deflected where the last direction would be taken back (Camerini, Fratta &
        Maffioli, Mathematical Programming Study 3, 1975). The best bound of this ascent."""
        prices = here = branch.prices
        bound, worth, served, chosen = self.relaxed(branch, prices)
        along, bad, evaluations = 1.0 - served, 0, 0
        seen = np.zeros(len(self.room))
        while evaluations < EVALUATIONS:
            norm = float(along @ along)
            if bound > self.below() or step < LAST_STEP or norm < 1e-12 or self.late():
                break
            here = np.clip(here + step * max(self.best.value - bound, 1e-3) / norm * along, 0.0, self.spare)
            value, worth_here, served, chosen = self.relaxed(branch, here)
            seen *= 0.97
            seen[chosen] += 0.03
            lack = 1.0 - served
            lack[(here >= self.spare) & (lack > 0)] = 0.0
            if value > bound + 1e-9:
                bound, worth, prices, bad = value, worth_here, here, 0
            else:
                bad += 1
                if bad >= PATIENCE:
                    step, bad, here, along = step * 0.6, 0, prices, lack
            evaluations += 1
            if evaluations % 50 == 0:
                self.offer(chosen)
            along = lack - min(1.5 * float(lack @ along) / norm, 0.0) * along
        if evaluations >= 20:
            branch.share = seen
        branch.prices, branch.worth, branch.bound = prices, worth, max(branch.bound, bound)
        return bound

    def strike(self, branch: Branch, at: float) -> None:
        """Shuts candidates, keeps others open and strikes out pairs that no answer of interest has. `at`: the bound at
        the branch's prices."""
        slack, worth = self.below() - at, branch.worth
        free = np.flatnonzero(branch.state == FREE)
        rank = free[np.argsort(worth[free], kind="stable")]
        left = self.count - int((branch.state == OPEN).sum())
        lift = np.zeros(len(self.room))  # of the bound, by opening this candidate beside the relaxed answer's
        branch.state = branch.state.copy()
        if left == 0:
            branch.state[free] = SHUT
        elif left < len(rank):
            last, following = worth[rank[left - 1]], worth[rank[left]]
            lift[rank] = np.maximum(worth[rank] - last, 0.0)
            branch.state[rank[:left][following - worth[rank[:left]] > slack]] = OPEN
            branch.state[rank[left:][lift[rank[left:]] > slack]] = SHUT
        use = branch.state != SHUT
        allowed = branch.allowed & use[:, None]
        branch.allowed = allowed
        earning = (allowed & (branch.prices > self.cost)).sum(axis=1)
        if float((allowed.sum(axis=1) * earning * self.wide).sum()) > MOST_WORK:
            return
        taking = np.empty(self.cost.shape)
        forced(self.cost, allowed, self.small, self.wide, branch.prices, taking, np.flatnonzero(use))
        branch.allowed = allowed & ~(taking - worth[:, None] + lift[:, None] > slack)

    def finished(self, branch: Branch) -> float:
        """What is left of the branch, to the solver. What is proven of it."""
        self.solver = True
        self.searched += 1
        answer = solved(
            self.cost, branch.allowed, self.size, self.room, self.spare, self.must, self.count, branch.state,
            self.until - time.process_time(),
        )  # fmt: skip
        if answer.sites is not None and answer.serves is not None and answer.value < self.best.value - 1e-9:
            self.best = Filled(answer.value, answer.sites, answer.serves)
        return max(branch.bound, answer.bound)


def least_total_filled(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites, and who goes to which, with the least sum of weight × distance when no site holds more than
    its room.

    distance: (demand, candidates). weight: (demand,). size: (demand,) people of each place, who stay together. room:
    (candidates,). The value is infinite if they fit nowhere, or if that was all that could be found in time.
    The other arguments and errors are those of `median.least_total`.
    """
    cost = np.where(weight[:, None] > 0, distance, 0.0) * weight[:, None]
    return _placed(
        cost, size, room, np.full(len(weight), np.inf), count, keep, forbidden, seconds, seed, None
    )


def most_within_filled(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    radius: float,
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites with most of `weight` sheltered no further than `radius`, when no site holds more than its room.
    Arguments and errors as in `least_total_filled`."""
    cost = np.where(distance <= radius, 0.0, np.inf)
    return _placed(
        cost,
        size,
        room,
        weight.astype(np.float64),
        count,
        keep,
        forbidden,
        seconds,
        seed,
        float(weight.sum()),
    )


def _placed(
    cost: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    spare: NDArray[np.float64],
    count: int,
    keep: Sequence[int],
    forbidden: NDArray[np.bool_] | None,
    seconds: float,
    seed: int,
    everybody: float | None,
) -> Placement:
    began = time.process_time()
    demand, candidates = cost.shape
    if size.shape != (demand,) or room.shape != (candidates,) or (size < 0).any() or (room < 0).any():
        raise ValueError("One size for each place and one room for each candidate, none negative.")
    state = decided(candidates, count, keep, forbidden)
    search = Filling(np.ascontiguousarray(cost.T), size, room, spare, count, state, seconds, seed)
    bound = search.run()
    best = search.best
    serves = np.where(best.serves < 0, NOBODY, best.sites[best.serves])
    value = float("inf") if (search.must & (serves == NOBODY)).any() else best.value
    if search.whole and np.isfinite(bound):
        bound = float(np.ceil(bound - TINY))
    if search.must.all() and bound > search.dear / 2:
        # All ways together cost a fourth of `dear` at most: somebody is left out in every placement.
        bound = float("inf")
    bound = min(bound, value)
    proof = Proof.ENUMERATED if search.solver else Proof.BRANCHED if search.searched else Proof.RELAXED
    if value != bound and value - bound > 2e-9 * abs(value):
        proof = Proof.STOPPED
    if everybody is not None:
        value, bound = everybody - value, everybody - bound
    certificate = Certificate(
        value, bound, proof, time.process_time() - began, search.searched, most=everybody is not None
    )
    return Placement(np.sort(best.sites), serves, certificate)
