"""Who goes where when sites fill up: places assigned by regret, then moved, exchanged and their sites shifted while
that helps. It finds good answers; how good they are, the bound says.

Regret: Martello & Toth, Operational Research '81; shifting sites within their clusters: Mulvey & Beck, European Journal
of Operational Research 18 (1984).
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


@njit(cache=True)
def assigned(
    cost: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    spare: NDArray[np.float64],
    sites: NDArray[np.int64],
    serves: NDArray[np.int64],
) -> float:
    """Fills serves[i] with the index in `sites` (-1: nobody); the total. cost: (candidates, demand).

    The place that would lose most by its second choice goes first. One that fits nowhere costs `spare`."""
    demand, count = len(size), len(sites)
    left = room[sites].copy()
    serves[:] = -1
    placed = np.zeros(demand, np.bool_)
    total = 0.0
    for _ in range(demand):
        pick, to, most, widest = -1, -1, -1.0, -1
        for i in range(demand):
            if placed[i]:
                continue
            first, second, at = spare[i], np.inf, -1
            for s in range(count):
                each = cost[sites[s], i]
                if left[s] < size[i]:
                    continue
                if each < first:
                    first, second, at = each, first, s
                elif each < second:
                    second = each
            regret = second - first if at >= 0 else -0.5
            if regret > most or (regret == most and size[i] > widest):
                pick, to, most, widest = i, at, regret, size[i]
        placed[pick] = True
        serves[pick] = to
        if to >= 0:
            left[to] -= size[pick]
            total += cost[sites[to], pick]
        else:
            total += spare[pick]
    return total


@njit(cache=True)
def improved(
    cost: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    spare: NDArray[np.float64],
    state: NDArray[np.int8],
    sites: NDArray[np.int64],
    serves: NDArray[np.int64],
) -> float:
    """Moves single places, exchanges pairs and shifts sites until nothing helps; changes `sites` and `serves`."""
    candidates, demand = cost.shape
    count = len(sites)
    left = room[sites].copy()
    taken = np.zeros(candidates, np.bool_)
    for s in range(count):
        taken[sites[s]] = True
    for i in range(demand):
        if serves[i] >= 0:
            left[serves[i]] -= size[i]
    better = True
    while better:
        better = False
        for i in range(demand):
            now = spare[i] if serves[i] < 0 else cost[sites[serves[i]], i]
            for s in range(count):
                if s != serves[i] and left[s] >= size[i] and cost[sites[s], i] < now - 1e-9:
                    if serves[i] >= 0:
                        left[serves[i]] += size[i]
                    left[s] -= size[i]
                    serves[i], now, better = s, cost[sites[s], i], True
        for i in range(demand):
            for k in range(i):
                a, b = serves[i], serves[k]
                if a == b:
                    continue
                before = (spare[i] if a < 0 else cost[sites[a], i]) + (
                    spare[k] if b < 0 else cost[sites[b], k]
                )
                after = (spare[i] if b < 0 else cost[sites[b], i]) + (
                    spare[k] if a < 0 else cost[sites[a], k]
                )
                if after < before - 1e-9 or (before == np.inf and after < np.inf):
                    more = size[i] - size[k]
                    if (a >= 0 and left[a] + more < 0) or (b >= 0 and left[b] - more < 0):
                        continue
                    if a >= 0:
                        left[a] += more
                    if b >= 0:
                        left[b] -= more
                    serves[i], serves[k], better = b, a, True
        for s in range(count):
            if state[sites[s]] == 1:
                continue
            used = room[sites[s]] - left[s]
            now = 0.0
            for i in range(demand):
                if serves[i] == s:
                    now += cost[sites[s], i]
            for j in range(candidates):
                if taken[j] or state[j] == -1 or room[j] < used:
                    continue
                then = 0.0
                for i in range(demand):
                    if serves[i] == s:
                        then += cost[j, i]
                        if then >= now:
                            break
                if then < now - 1e-9:
                    taken[sites[s]] = False
                    taken[j] = True
                    sites[s], now, better = j, then, True
                    left[s] = room[j] - used
    total = 0.0
    for i in range(demand):
        total += spare[i] if serves[i] < 0 else cost[sites[serves[i]], i]
    return total
