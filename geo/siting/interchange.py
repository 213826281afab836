"""Better placements by swapping one site for another, as long as a swap helps.

The fast interchange of Whitaker (INFOR 21, 1983) with the table of Resende & Werneck (European Journal of Operational
Research 174, 2006): what a new site gains, what a closed one loses, and what of that loss the new one makes good, for all
pairs at once.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def total_of(
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    length: NDArray[np.int64],
    spare: NDArray[np.float64],
    chosen: NDArray[np.int8],
) -> float:
    """What all places pay at their nearest chosen site."""
    total = 0.0
    for i in range(len(spare)):
        pays = spare[i]
        for k in range(length[i]):
            if chosen[order[i, k]]:
                pays = costs[i, k]
                break
        total += pays
    return total


@njit(cache=True)
def interchange(
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    length: NDArray[np.int64],
    spare: NDArray[np.float64],
    state: NDArray[np.int8],
    chosen: NDArray[np.int8],
    swaps: int,
) -> float:
    """Swaps in `chosen` what helps most, at most `swaps` times; the total that is reached.

    What `state` holds open (1) stays, what it shuts (-1) never comes in. A place that nobody serves counts as very dear
    where `spare` is infinite, so that swaps mend it first.
    """
    demand, candidates = len(spare), len(chosen)
    dear = 1.0
    for i in range(demand):
        if length[i] > 0:
            dear = max(dear, costs[i, length[i] - 1])
    dear *= 2.0 * demand
    sites = np.flatnonzero(chosen)
    place = np.zeros(candidates, np.int64)
    gain = np.empty(candidates)
    loss = np.empty(len(sites))
    back = np.empty((len(sites), candidates))
    for _ in range(swaps):
        for r in range(len(sites)):
            place[sites[r]] = r
        gain[:] = 0.0
        loss[:] = 0.0
        back[:] = 0.0
        for i in range(demand):
            none = min(spare[i], dear)
            first, second, nearest, k = none, none, -1, 0
            while k < length[i]:
                j = order[i, k]
                if chosen[j]:
                    if nearest < 0:
                        nearest, first = j, costs[i, k]
                    else:
                        second = costs[i, k]
                        break
                k += 1
            r = place[nearest] if nearest >= 0 else -1
            if r >= 0:
                loss[r] += second - first
            for q in range(k):
                j, cost = order[i, q], costs[i, q]
                if cost < first:
                    gain[j] += first - cost
                    if r >= 0:
                        back[r, j] += second - first
                elif r >= 0:
                    back[r, j] += second - cost
        best, out, into = 1e-9, -1, -1
        for r in range(len(sites)):
            if state[sites[r]] == 1:
                continue
            for j in range(candidates):
                if chosen[j] or state[j] == -1:
                    continue
                profit = gain[j] - loss[r] + back[r, j]
                if profit > best:
                    best, out, into = profit, r, j
        if out < 0:
            break
        chosen[sites[out]] = 0
        chosen[into] = 1
        sites[out] = into
    return total_of(order, costs, length, spare, chosen)


@njit(cache=True)
def greedy(
    order: NDArray[np.int32],
    costs: NDArray[np.float64],
    length: NDArray[np.int64],
    spare: NDArray[np.float64],
    state: NDArray[np.int8],
    count: int,
) -> NDArray[np.int8]:
    """The sites held open, and the one that helps most, until there are `count`."""
    demand, candidates = len(spare), len(state)
    chosen = np.zeros(candidates, np.int8)
    dear = 1.0
    for i in range(demand):
        if length[i] > 0:
            dear = max(dear, costs[i, length[i] - 1])
    dear *= 2.0 * demand
    pays = np.minimum(spare, dear)
    opened = 0
    gain = np.empty(candidates)
    while opened < count:
        gain[:] = 0.0
        for i in range(demand):
            for k in range(length[i]):
                if costs[i, k] >= pays[i]:
                    break
                gain[order[i, k]] += pays[i] - costs[i, k]
        best = -1
        for j in range(candidates):
            if chosen[j] or state[j] == -1:
                continue
            if best < 0 or (state[j], gain[j]) > (state[best], gain[best]):
                best = j
        if best < 0:
            break
        chosen[best] = 1
        opened += 1
        for i in range(demand):
            for k in range(length[i]):
                if costs[i, k] >= pays[i]:
                    break
                if order[i, k] == best:
                    pays[i] = costs[i, k]
                    break
    return chosen
