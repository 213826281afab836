"""The bound where sites fill up: each site takes the places that it would earn most from and that fit.

The relaxation of "each place is served once" leaves a knapsack for each site (Ceselli & Righini, Networks 45, 2005);
places are whole, so it is solved by the recursion over capacities.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def filled(
    gains: NDArray[np.float64], sizes: NDArray[np.int64], items: int, room: int, best: NDArray[np.float64]
) -> None:
    """best[r]: the most that can be earned with the first `items` in a room of r, 0 to `room`."""
    best[: room + 1] = 0.0
    for k in range(items):
        size, gain = sizes[k], gains[k]
        for r in range(room, size - 1, -1):
            more = best[r - size] + gain
            if more > best[r]:
                best[r] = more


@njit(cache=True)
def worths(
    cost: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    prices: NDArray[np.float64],
    worth: NDArray[np.float64],
    takes: NDArray[np.bool_],
) -> None:
    """Fills worth[j], minus what candidate j would earn at these prices, and takes[j, i], from whom.

    cost, allowed: (candidates, demand). size: (demand,), room: (candidates,), whole numbers.
    """
    candidates, demand = cost.shape
    most = room.max() + 1
    best = np.empty(most)
    into = np.empty((demand, most), np.bool_)
    item = np.empty(demand, np.int64)
    for j in range(candidates):
        takes[j, :] = False
        items, together, earned = 0, 0, 0.0
        for i in range(demand):
            if allowed[j, i] and prices[i] > cost[j, i] and size[i] <= room[j]:
                item[items] = i
                items += 1
                together += size[i]
                earned += prices[i] - cost[j, i]
        if together <= room[j]:
            worth[j] = -earned
            for k in range(items):
                takes[j, item[k]] = True
            continue
        best[: room[j] + 1] = 0.0
        for k in range(items):
            i = item[k]
            gain, wide = prices[i] - cost[j, i], size[i]
            for r in range(room[j], -1, -1):
                into[k, r] = r >= wide and best[r - wide] + gain > best[r]
                if into[k, r]:
                    best[r] = best[r - wide] + gain
        worth[j] = -best[room[j]]
        left = room[j]
        for k in range(items - 1, -1, -1):
            if into[k, left]:
                takes[j, item[k]] = True
                left -= size[item[k]]


@njit(cache=True)
def forced(
    cost: NDArray[np.float64],
    allowed: NDArray[np.bool_],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    prices: NDArray[np.float64],
    worth: NDArray[np.float64],
    of: NDArray[np.int64],
) -> None:
    """worth[j, i]: minus what candidate j earns if it has to take place i, for the candidates `of`; infinite where it
    can't."""
    demand = cost.shape[1]
    best = np.empty(room.max() + 1)
    gains, sizes = np.empty(demand), np.empty(demand, np.int64)
    worth[:] = np.inf
    for j in of:
        for i in range(demand):
            if not allowed[j, i] or size[i] > room[j]:
                continue
            items = 0
            for other in range(demand):
                if other != i and allowed[j, other] and prices[other] > cost[j, other]:
                    gains[items], sizes[items] = prices[other] - cost[j, other], size[other]
                    items += 1
            left = room[j] - size[i]
            filled(gains, sizes, items, left, best)
            worth[j, i] = cost[j, i] - prices[i] - best[left]
