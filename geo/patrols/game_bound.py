"""How much could any routes collect at most? It bounds the game of geo/patrols/game.py from below.

Lagrangian relaxation: that each site counts once is paid for by multipliers, and what remains is, for each unit apart,
the best walk within its shift, found exactly by dynamic programming over minutes. Walks may come to a site again,
though not straight back (q-routes without 2-cycles: Christofides, Mingozzi and Toth, Mathematical Programming 20,
1981), so the sum never lies below what real routes can collect. The multipliers are moved by subgradients (Held, Wolfe
and Crowder, Mathematical Programming 6, 1974); any of them gives a valid bound, the least found counts.

What walks come to again costs more of the bound than what two units share, and multipliers pay for both at once. So
shares of them are tried with walks that come to no site again (geo/patrols/game_walks.py).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from geo.patrols.game_routes import best_routes
from geo.patrols.game_walks import most_alone

SHARES = (0.7, 0.5, 0.25, 0.0)  # of the multipliers
SLACK = 1.001  # times what one unit is known to collect: nothing between is looked for, so far fewer walks are held
ROUNDS = 1000  # of the search for what one unit can collect
WALKS = 800_000  # of all units, in one pass of the proof


@njit(cache=True)
def _best_walk(
    worth: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: int,
    visits: NDArray[np.int64],
) -> float:
    """The most that a walk from the base and back collects within `shift` minutes; its visits are added to `visits`.

    For each minute and site the best walk that ends there then, and the best that came from elsewhere than it.
    """
    sites = len(worth)
    none = -1e18
    first = np.full((shift + 1, sites), none)
    second = np.full((shift + 1, sites), none)
    first_from = np.full((shift + 1, sites), -2, dtype=np.int64)
    second_from = np.full((shift + 1, sites), -2, dtype=np.int64)
    for site in range(sites):
        at = travel[0, site + 1] + stay[site]
        if at <= shift and worth[site] > 0.0:
            first[at, site], first_from[at, site] = worth[site], -1
    for at in range(shift + 1):
        for site in range(sites):
            if first[at, site] == none:
                continue
            came = first_from[at, site]
            for then in range(sites):
                if then == site or worth[then] <= 0.0:
                    continue
                arrived = at + travel[site + 1, then + 1] + stay[then]
                if arrived + travel[then + 1, 0] > shift:
                    continue
                gained = (first[at, site] if came != then else second[at, site]) + worth[then]
                if gained > first[arrived, then]:
                    if first_from[arrived, then] != site:
                        second[arrived, then] = first[arrived, then]
                        second_from[arrived, then] = first_from[arrived, then]
                    first[arrived, then], first_from[arrived, then] = gained, site
                elif gained > second[arrived, then] and first_from[arrived, then] != site:
                    second[arrived, then], second_from[arrived, then] = gained, site
    best, at, site = 0.0, -1, -1
    for minute in range(shift + 1):
        for last in range(sites):
            if minute + travel[last + 1, 0] <= shift and first[minute, last] > best:
                best, at, site = first[minute, last], minute, last
    after = -1
    while site >= 0:
        visits[site] += 1
        before = first_from[at, site]
        if before == after and after >= 0:
            before = second_from[at, site]
        came_at = at - stay[site] - (travel[before + 1, site + 1] if before >= 0 else travel[0, site + 1])
        after, site, at = site, before, came_at
    return best


@dataclass(frozen=True, eq=False)
class Relaxed:
    """least: proven, no routes collect more. multipliers: (n,) with which that was found."""

    least: float
    multipliers: NDArray[np.float64]


def relaxed(
    weights: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: NDArray[np.int64],
    reached: float,
    rounds: int,
    stop: Callable[[], bool] = lambda: False,
) -> Relaxed:
    """The bound with walks that may come to a site again; arguments as in geo/patrols/game_routes.py.

    reached: what some routes do collect, which sets the length of the steps. rounds: of the subgradient; more make the
    bound tighter. stop: asked after each; True ends it. Every stay must be at least 1 minute.
    """
    multipliers = np.zeros(len(weights))
    best, scale, since = Relaxed(float(weights.sum()), multipliers), 1.0, 0
    for _ in range(rounds):
        visits = np.zeros(len(weights), dtype=np.int64)
        worth = weights - multipliers
        found = float(multipliers.sum())
        for unit in range(len(shift)):
            found += _best_walk(worth, travel[unit], stay, int(shift[unit]), visits)
        if found < best.least - 1e-12:
            best, since = Relaxed(found, multipliers), 0
        else:
            since += 1
            if since == 6:
                scale, since = scale / 2, 0
        slope = (1 - visits).astype(np.float64)
        slope[(multipliers <= 0.0) & (slope > 0.0)] = 0.0
        length = float(slope @ slope)
        if length == 0.0 or best.least <= reached * (1 + 1e-9) or stop():
            break
        step = scale * max(found - reached, 1e-9) / length
        multipliers = np.maximum(multipliers - step * slope, 0.0)
    return best


def most_collected(
    weights: NDArray[np.float64],
    travel: NDArray[np.int64],
    stay: NDArray[np.int64],
    shift: NDArray[np.int64],
    begun: Relaxed,
    stop: Callable[[], bool] = lambda: False,
) -> float:
    """A proven upper bound of the weight that routes can collect; arguments as in geo/patrols/game_routes.py.

    begun: what it makes tighter. stop: asked before each unit's walks are looked through; True ends that with the bound
    proven so far.
    """
    least, units = begun.least, len(shift)
    for share in SHARES if begun.multipliers.any() else (0.0,):
        worth = np.maximum(weights - share * begun.multipliers, 0.0)
        found = float(share * begun.multipliers.sum())
        same: dict[tuple[bytes, int], float] = {}
        for unit in range(units):
            if stop():
                return least
            # Tours from one base in one vehicle can collect the same.
            kind = travel[unit].tobytes(), int(shift[unit])
            if kind not in same:
                alone = travel[unit : unit + 1], stay, shift[unit : unit + 1]
                nowhere = np.zeros((1, len(weights)), dtype=np.int64), np.zeros(1, dtype=np.int64)
                sought = SLACK * best_routes(worth, *alone, *nowhere, ROUNDS, unit)[2]
                same[kind] = most_alone(worth, travel[unit], stay, int(shift[unit]), sought, WALKS // units)
            found += same[kind]
        if found > least:
            break  # it is convex in the share, but for the slack: smaller ones are worse still
        least = found
    return least
