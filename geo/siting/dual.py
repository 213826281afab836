"""A bound that no placement can beat: the Lagrangian relaxation of "each place is served once".

Each place offers a price u; a site's worth is the sum of what it would earn, sum_i min(0, cost_ij - u_i); the bound
is the sum of the prices and of the `count` best worths (Cornuéjols, Fisher & Nemhauser, Management Science 23, 1977).
Prices rise and fall by the volume algorithm (Barahona & Anbil, Mathematical Programming 87, 2000): along the violation
of an averaged answer, whose sites are near those of the linear relaxation and say where to branch.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

FREE, OPEN, SHUT = 0, 1, -1
PATIENCE = 12  # evaluations without a better bound before the step shrinks
ROUND = 60  # evaluations after which the weight of the newest answer is halved, if the bound hardly rose
LEAST_STEP = 5e-4


@njit(cache=True)
def worth_of(
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    length: NDArray[np.int64],
    state: NDArray[np.int8],
    count: int,
    prices: NDArray[np.float64],
    worth: NDArray[np.float64],
    taken: NDArray[np.int8],
    served: NDArray[np.float64],
) -> float:
    """The bound at these prices; fills `worth`, `taken` (the sites of the relaxed answer) and `served` (how many of them
    each place would use)."""
    demand, candidates = len(prices), len(worth)
    worth[:] = 0.0
    bound = 0.0
    for i in range(demand):
        price = prices[i]
        bound += price
        for k in range(length[i]):
            less = costs[i, k] - price
            if less >= 0.0:
                break
            worth[order[i, k]] += less
    taken[:] = 0
    left = count
    free = np.empty(candidates, np.float64)
    frees = 0
    for j in range(candidates):
        if state[j] == 1:
            taken[j] = 1
            bound += worth[j]
            left -= 1
        elif state[j] == 0:
            free[frees] = worth[j]
            frees += 1
    if left > 0 and frees > 0:
        limit = np.inf
        if frees > left:
            limit = np.partition(free[:frees], left - 1)[left - 1]
        for j in range(candidates):
            if state[j] == 0 and worth[j] < limit and left > 0:
                taken[j] = 1
                bound += worth[j]
                left -= 1
        for j in range(candidates):  # those that tie for the last places
            if state[j] == 0 and taken[j] == 0 and worth[j] == limit and left > 0:
                taken[j] = 1
                bound += worth[j]
                left -= 1
    for i in range(demand):
        price = prices[i]
        uses = 0.0
        for k in range(length[i]):
            if costs[i, k] >= price:
                break
            uses += taken[order[i, k]]
        served[i] = uses
    return bound


@njit(cache=True)
def climb(
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    length: NDArray[np.int64],
    spare: NDArray[np.float64],
    state: NDArray[np.int8],
    count: int,
    prices: NDArray[np.float64],
    aim: float,
    enough: float,
    evaluations: int,
) -> tuple[float, NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int8]]:
    """The best bound found from these prices on: (bound, prices, worth, share of each site in the averaged answer, sites
    of the best relaxed answer).

    aim: a value that the bound won't pass, the step's measure. enough: stop once the bound is above it.
    """
    demand, candidates = len(prices), len(state)
    worth, taken = np.zeros(candidates), np.zeros(candidates, np.int8)
    served = np.zeros(demand)
    best_prices = prices.copy()
    best = worth_of(order, costs, length, state, count, best_prices, worth, taken, served)
    best_worth, best_taken = worth.copy(), taken.copy()
    lack = 1.0 - served
    share = taken.astype(np.float64)
    step, newest, bad, since, at_round = 1.0, 0.1, 0, 0, best
    trial = best_prices.copy()
    for _ in range(evaluations):
        if best > enough or step < LEAST_STEP:
            break
        norm = 0.0
        for i in range(demand):
            if not (best_prices[i] >= spare[i] and lack[i] > 0.0):
                norm += lack[i] * lack[i]
        if norm < 1e-12:
            break
        length_of_step = step * (max(aim - best, 1e-3 * abs(aim) + 1e-9)) / norm
        for i in range(demand):
            trial[i] = max(0.0, min(spare[i], best_prices[i] + length_of_step * lack[i]))
        value = worth_of(order, costs, length, state, count, trial, worth, taken, served)
        # How much of the newest answer brings the averaged one nearest to serving each place once.
        across, along = 0.0, 0.0
        for i in range(demand):
            apart = lack[i] - (1.0 - served[i])
            across += apart * apart
            along += lack[i] * apart
        blend = newest
        if across > 1e-12:
            blend = min(max(along / across, newest / 10.0), newest)
        agree = 0.0
        for i in range(demand):
            agree += lack[i] * (1.0 - served[i])
            lack[i] += blend * (1.0 - served[i] - lack[i])
        for j in range(candidates):
            share[j] += blend * (taken[j] - share[j])
        if value > best:
            if agree >= 0.0:
                step = min(step * 1.1, 2.0)
            best = value
            best_prices[:] = trial
            best_worth[:] = worth
            best_taken[:] = taken
            bad = 0
        else:
            bad += 1
            if bad >= PATIENCE:
                step *= 0.66
                bad = 0
        since += 1
        if since >= ROUND:
            if best - at_round < 0.01 * max(aim - best, 0.0) + 1e-4 * abs(best):
                newest = max(newest / 2.0, 1e-4)
            since, at_round = 0, best
    return best, best_prices, best_worth, share, best_taken
