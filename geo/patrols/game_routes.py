"""Which routes collect most: the defender's best answer in the game of geo/patrols/game.py.

A team orienteering problem (Chao, Golden and Wasil, European Journal of Operational Research 88, 1996), answered by
taking pieces of routes out and putting sites in again by weight per minute (ruin and recreate: Schrimpf et al., Journal
of Computational Physics 159, 2000; strings of stops: Christiaens and Vanden Berghe, Transportation Science 54, 2020),
with a threshold that sinks to nothing. It proves nothing: what it misses, geo/patrols/game_bound.py bounds.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

LOOSEST = 0.06  # of the reward that the search lets go at its beginning


@njit(cache=True)
def route_minutes(
    route: NDArray[np.int64], length: int, travel: NDArray[np.int64], stay: NDArray[np.int64]
) -> int:
    """Minutes from the base over the first `length` stops and back. Nodes: 0 is the base, i + 1 is site i."""
    total, at = 0, 0
    for k in range(length):
        total += travel[at, route[k] + 1] + stay[route[k]]
        at = route[k] + 1
    return total + travel[at, 0]


@njit(cache=True)
def _shortened(
    route: NDArray[np.int64], length: int, travel: NDArray[np.int64], stay: NDArray[np.int64]
) -> int:
    """Turns pieces of the route round while that saves minutes (2-opt); gives the minutes that it takes then.

    Roads may take longer one way, so what lies between two stops is summed up in either direction.
    """
    there, back = np.zeros(length + 1, dtype=np.int64), np.zeros(length + 1, dtype=np.int64)
    better = length > 1
    while better:
        better = False
        for k in range(1, length):
            there[k] = there[k - 1] + travel[route[k - 1] + 1, route[k] + 1]
            back[k] = back[k - 1] + travel[route[k] + 1, route[k - 1] + 1]
        for first in range(length - 1):
            before, head = route[first - 1] + 1 if first > 0 else 0, route[first] + 1
            for last in range(first + 1, length):
                tail, after = route[last] + 1, route[last + 1] + 1 if last + 1 < length else 0
                now = travel[before, head] + there[last] - there[first] + travel[tail, after]
                turned = travel[before, tail] + back[last] - back[first] + travel[head, after]
                if turned < now:
                    for k in range((last - first + 1) // 2):
                        route[first + k], route[last - k] = route[last - k], route[first + k]
                    better = True
                    break
            if better:
                break
    return route_minutes(route, length, travel, stay)


@njit(cache=True)
def _filled(
    weights: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: NDArray[np.int64],
    routes: NDArray[np.int64],
    lengths: NDArray[np.int64],
    minutes: NDArray[np.int64],
    visited: NDArray[np.bool_],
    power: float,
) -> None:
    """Puts in, one after the other, the site with most weight per minute added, each weighed with some chance."""
    units, sites = len(shift), len(weights)
    # The cheapest place of each site in each route: only the route that changed is looked at again.
    added = np.empty((units, sites), dtype=np.int64)
    place = np.empty((units, sites), dtype=np.int64)
    chance = np.empty(sites)
    blur = np.random.random()
    # Sometimes the minutes don't count: other orders come up, into which more may fit in the end.
    thrifty = np.random.random() < 0.85
    for site in range(sites):
        chance[site] = weights[site] ** power * (1.0 - blur * np.random.random())
    stale = np.ones(units, dtype=np.bool_)
    while True:
        chosen_unit, chosen, most = -1, -1, 0.0
        for unit in range(units):
            if stale[unit]:
                for site in range(sites):
                    added[unit, site] = 1 << 40
                    if visited[site] or weights[site] <= 0.0:
                        continue
                    at = 0
                    for k in range(lengths[unit] + 1):
                        then = routes[unit, k] + 1 if k < lengths[unit] else 0
                        more = (
                            travel[unit, at, site + 1] + travel[unit, site + 1, then] - travel[unit, at, then]
                        )
                        if more < added[unit, site]:
                            added[unit, site], place[unit, site] = more, k
                        at = then
                    added[unit, site] += stay[site]
                stale[unit] = False
            for site in range(sites):
                if visited[site] or minutes[unit] + added[unit, site] > shift[unit]:
                    continue
                worth = chance[site] / max(added[unit, site], 1) if thrifty else chance[site]
                if worth > most:
                    chosen_unit, chosen, most = unit, site, worth
        if chosen < 0:
            return
        k = place[chosen_unit, chosen]
        for later in range(lengths[chosen_unit], k, -1):
            routes[chosen_unit, later] = routes[chosen_unit, later - 1]
        routes[chosen_unit, k] = chosen
        lengths[chosen_unit] += 1
        minutes[chosen_unit] += added[chosen_unit, chosen]
        visited[chosen] = True
        stale[chosen_unit] = True


@njit(cache=True)
def best_routes(
    weights: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: NDArray[np.int64],
    routes: NDArray[np.int64],
    lengths: NDArray[np.int64],
    rounds: int,
    seed: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], float]:
    """Routes of great weight, begun from given ones, and their weight.

    weights: (n,) what a visit brings, counted once however many units come. travel: (m, n + 1, n + 1) whole minutes,
    node 0 the unit's base, i + 1 site i. stay: (n,) minutes at a site. shift: (m,) minutes from base to base.
    routes: (m, n) sites in order, of which the first `lengths` (m,) count; left as they are. The same seed gives the
    same answer.
    """
    np.random.seed(seed)
    units, sites = len(shift), len(weights)
    now, now_lengths = routes.copy(), lengths.copy()
    now_minutes = np.zeros(units, dtype=np.int64)
    now_visited = np.zeros(sites, dtype=np.bool_)
    for unit in range(units):
        now_minutes[unit] = route_minutes(now[unit], now_lengths[unit], travel[unit], stay)
        for k in range(now_lengths[unit]):
            now_visited[now[unit, k]] = True
    now_weight = 0.0
    for site in range(sites):
        if now_visited[site]:
            now_weight += weights[site]
    best, best_lengths, best_weight = now.copy(), now_lengths.copy(), now_weight
    for turn in range(rounds):
        new, new_lengths = now.copy(), now_lengths.copy()
        new_minutes, new_visited = now_minutes.copy(), now_visited.copy()
        for unit in range(units):
            length = new_lengths[unit]
            # Sometimes one unit alone is touched: small changes are the ones that succeed late.
            if length == 0 or (units > 1 and np.random.random() < 0.4):
                continue
            out = min(1 + int(np.random.random() * 6), length)
            first = int(np.random.random() * (length - out + 1))
            for k in range(first, first + out):
                new_visited[new[unit, k]] = False
            for k in range(first, length - out):
                new[unit, k] = new[unit, k + out]
            new_lengths[unit] = length - out
            new_minutes[unit] = route_minutes(new[unit], new_lengths[unit], travel[unit], stay)
        power = 0.6 + 1.2 * np.random.random()
        _filled(weights, travel, stay, shift, new, new_lengths, new_minutes, new_visited, power)
        before = new_minutes.sum()
        for unit in range(units):
            new_minutes[unit] = _shortened(new[unit], new_lengths[unit], travel[unit], stay)
        if new_minutes.sum() < before:
            _filled(weights, travel, stay, shift, new, new_lengths, new_minutes, new_visited, power)
        weight = 0.0
        for site in range(sites):
            if new_visited[site]:
                weight += weights[site]
        threshold = LOOSEST * (1.0 - turn / rounds) * np.random.random()
        if weight >= now_weight or weight > best_weight * (1.0 - threshold):
            now, now_lengths, now_minutes, now_visited = new, new_lengths, new_minutes, new_visited
            now_weight = weight
        if weight > best_weight + 1e-12:
            best, best_lengths, best_weight = new.copy(), new_lengths.copy(), weight
    return best, best_lengths, best_weight
