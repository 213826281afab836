"""The integer programme of what the prices have left, solved by HiGHS (Huangfu & Hall, Mathematical Programming
Computation 10, 2018) through SciPy."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

from geo.siting.dual import OPEN, SHUT


@dataclass(frozen=True)
class Answer:
    """value, bound: of the programme; both infinite if it has no answer at all. sites: open candidates, None if none was
    found. serves: for each place the index in `sites`, -1 for nobody."""

    value: float
    bound: float
    sites: NDArray[np.int64] | None
    serves: NDArray[np.int64] | None


def solved(
    cost: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    spare: NDArray[np.float64],
    must: NDArray[np.bool_],
    count: int,
    state: NDArray[np.int8],
    seconds: float,
    gap: float = 0.0,
) -> Answer:
    """min Σ spare + Σ (cost - spare) x over pairs that are `allowed` (candidates, demand), each place at most once,
    those of `must` exactly once, no site above its `room`, at most `count` open sites."""
    # For those who have to be served `spare` is a large number that would only blur the solver's arithmetic.
    spare = np.where(must, 0.0, spare)
    use = np.flatnonzero(state != SHUT)
    pairs_j, pairs_i = np.nonzero(allowed[use])
    pairs, sites, demand = len(pairs_j), len(use), len(size)
    number = np.arange(pairs)
    least = np.concatenate([np.zeros(pairs), (state[use] == OPEN).astype(float)])
    objective = np.concatenate([cost[use[pairs_j], pairs_i] - spare[pairs_i], np.zeros(sites)])

    def matrix(rows: NDArray, columns: NDArray, values: NDArray, height: int) -> coo_array:
        return coo_array((values, (rows, columns)), shape=(height, pairs + sites)).tocsr()

    once = matrix(pairs_i, number, np.ones(pairs), demand)
    fits = matrix(
        np.concatenate([pairs_j, np.arange(sites)]),
        np.concatenate([number, pairs + np.arange(sites)]),
        np.concatenate([size[pairs_i], -room[use]]).astype(float),
        sites,
    )
    opened = matrix(
        np.concatenate([number, number]),
        np.concatenate([number, pairs + pairs_j]),
        np.concatenate([np.ones(pairs), -np.ones(pairs)]),
        pairs,
    )
    few = matrix(np.zeros(sites, int), pairs + np.arange(sites), np.ones(sites), 1)
    result = milp(
        objective,
        constraints=[
            LinearConstraint(once, must.astype(float), 1.0),
            LinearConstraint(fits, -np.inf, 0.0),
            LinearConstraint(opened, -np.inf, 0.0),
            LinearConstraint(few, -np.inf, float(count)),
        ],
        bounds=Bounds(least, 1.0),
        integrality=1,
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": gap},
    )
    everybody = float(spare.sum())
    if result.status == 2:
        return Answer(np.inf, np.inf, None, None)
    bound = -np.inf if result.mip_dual_bound is None else everybody + float(result.mip_dual_bound)
    if result.x is None:
        return Answer(np.inf, bound, None, None)
    taken = result.x[:pairs] > 0.5
    chosen = np.flatnonzero(result.x[pairs:] > 0.5)
    place = np.full(sites, -1)
    place[chosen] = np.arange(len(chosen))
    serves = np.full(demand, -1)
    serves[pairs_i[taken]] = place[pairs_j[taken]]
    pays = spare.copy()
    pays[pairs_i[taken]] = cost[use[pairs_j[taken]], pairs_i[taken]]
    return Answer(float(pays.sum()), bound, use[chosen], serves)
