"""The search behind geo/patrols/periodic.py: strings of visits are taken out and put back more cheaply.

Ruin and recreate with slack induction by string removals (Christiaens and Vanden Berghe, Transportation Science 54, 2020)
under simulated annealing. A place that is taken out leaves all its days, and comes back on the combination of days that
costs least. Limits may be passed for a price that follows how often they are kept (Cordeau, Gendreau and Laporte,
Networks 30, 1997); a plan counts only when it keeps them all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

REMOVED = 10.0  # places taken out at a time, on average
LONGEST_STRING = 10.0
BLINK = 0.01  # chance not to see a position: the cheapest one is not always the best
TIGHT, LOOSE = 0.25, 0.45  # share of plans within the limits between which prices stay as they are
TOLERANCE = 1e-7


class Ground(NamedTuple):
    """What stays. combinations: (n, most, days), of which the first choices[i] count. near: (n, k) places by distance."""

    travel: NDArray[np.float64]
    demand: NDArray[np.float64]
    stay: NDArray[np.float64]
    combinations: NDArray[np.bool_]
    choices: NDArray[np.int64]
    near: NDArray[np.int64]
    capacity: NDArray[np.float64]
    longest: NDArray[np.float64]
    vehicles: int


class State(NamedTuple):
    """What changes. Route r is of day r // vehicles.

    routes: (r, n) of which lengths (r,) count. loads, durations: (r,). where: (n, days) the route that visits, or -1.
    best, best_lengths: the shortest plan within the limits. sums: travel, load over the limits, duration over them, the
    price of either, length of the best.
    """

    routes: NDArray[np.int64]
    lengths: NDArray[np.int64]
    loads: NDArray[np.float64]
    durations: NDArray[np.float64]
    where: NDArray[np.int64]
    best: NDArray[np.int64]
    best_lengths: NDArray[np.int64]
    sums: NDArray[np.float64]


@njit(cache=True)
def _booked(ground: Ground, state: State, route: int, load: float, way: float, stay: float) -> None:
    """Books a change of a route's load, travel and stays, and what it means over the limits."""
    day = route // ground.vehicles
    capacity, longest = ground.capacity[day], ground.longest[day]
    state.sums[0] += way
    state.sums[1] -= max(0.0, state.loads[route] - capacity)
    state.sums[2] -= max(0.0, state.durations[route] - longest)
    state.loads[route] += load
    state.durations[route] += way + stay
    state.sums[1] += max(0.0, state.loads[route] - capacity)
    state.sums[2] += max(0.0, state.durations[route] - longest)


@njit(cache=True)
def _taken_out(ground: Ground, state: State, place: int) -> None:
    for day in range(state.where.shape[1]):
        route = state.where[place, day]
        if route < 0:
            continue
        row, length = state.routes[route], state.lengths[route]
        k = 0
        while row[k] != place:
            k += 1
        before = row[k - 1] + 1 if k > 0 else 0
        after = row[k + 1] + 1 if k + 1 < length else 0
        way = (
            ground.travel[before, after] - ground.travel[before, place + 1] - ground.travel[place + 1, after]
        )
        for later in range(k, length - 1):
            row[later] = row[later + 1]
        state.lengths[route] = length - 1
        state.where[place, day] = -1
        _booked(ground, state, route, -ground.demand[place], way, -ground.stay[place])


@njit(cache=True)
def _put_in(
    ground: Ground, state: State, place: int, cost: NDArray[np.float64], spot: NDArray[np.int64]
) -> None:
    """On the cheapest combination of days. cost (days,) and spot (days, 2): room to work in."""
    days, vehicles = len(ground.capacity), ground.vehicles
    wanted, long = ground.demand[place], ground.stay[place]
    for day in range(days):
        cost[day] = -1.0
    chosen, least = 0, 1e300
    for k in range(ground.choices[place]):
        whole = 0.0
        for day in range(days):
            if not ground.combinations[place, k, day]:
                continue
            if cost[day] < 0.0:
                found, empty = 1e200, False
                spot[day, 0], spot[day, 1] = day * vehicles, 0
                for route in range(day * vehicles, (day + 1) * vehicles):
                    length = state.lengths[route]
                    if length == 0:
                        if empty:
                            continue  # all empty vehicles are alike
                        empty = True
                    room = ground.capacity[day] - state.loads[route]
                    price = state.sums[3] * (max(0.0, wanted - room) - max(0.0, -room))
                    if price >= found:
                        continue
                    spare = ground.longest[day] - state.durations[route]
                    row, before = state.routes[route], 0
                    for at in range(length + 1):
                        after = row[at] + 1 if at < length else 0
                        way = (
                            ground.travel[before, place + 1]
                            + ground.travel[place + 1, after]
                            - ground.travel[before, after]
                        )
                        before = after
                        whole_price = way + price
                        if whole_price >= found:
                            continue
                        if way + long > spare:
                            whole_price += state.sums[4] * (way + long - spare - max(0.0, -spare))
                        if whole_price < found and np.random.random() > BLINK:
                            found = whole_price
                            spot[day, 0], spot[day, 1] = route, at
                # Never below 0, which would read as not yet asked; travel that breaks the triangle may bring that.
                cost[day] = max(found, 0.0)
            whole += cost[day]
        if whole < least:
            chosen, least = k, whole
    for day in range(days):
        if ground.combinations[place, chosen, day]:
            route, at = spot[day, 0], spot[day, 1]
            row, length = state.routes[route], state.lengths[route]
            before = row[at - 1] + 1 if at > 0 else 0
            after = row[at] + 1 if at < length else 0
            way = (
                ground.travel[before, place + 1]
                + ground.travel[place + 1, after]
                - ground.travel[before, after]
            )
            for later in range(length, at, -1):
                row[later] = row[later - 1]
            row[at] = place
            state.lengths[route] = length + 1
            state.where[place, day] = route
            _booked(ground, state, route, wanted, way, long)


@njit(cache=True)
def sown(ground: Ground, state: State, seed: int) -> None:
    """Seeds the random numbers of this process's compiled code, and puts every place in, in random order."""
    np.random.seed(seed)
    days = len(ground.capacity)
    cost, spot = np.empty(days), np.zeros((days, 2), dtype=np.int64)
    for place in np.random.permutation(len(ground.choices)):
        _put_in(ground, state, place, cost, spot)


@njit(cache=True)
def _ruined(ground: Ground, state: State, out: NDArray[np.int64]) -> int:
    """Which places leave: strings of neighbouring visits around one place, each on a route of its own."""
    count, days = state.where.shape
    used = 0
    for route in range(len(state.lengths)):
        used += state.lengths[route] > 0
    mean = state.lengths.sum() / max(used, 1)
    longest = min(LONGEST_STRING, mean)
    strings = int(1.0 + np.random.random() * (4.0 * REMOVED / (1.0 + longest) - 1.0))
    touched = np.zeros(len(state.lengths), dtype=np.bool_)
    leaving = np.zeros(count, dtype=np.bool_)
    removed, cut = 0, 0
    for place in ground.near[np.random.randint(count)]:
        if cut >= strings:
            break
        if leaving[place]:
            continue
        # One of its days, drawn: the string is cut there.
        route, seen = -1, 0
        for day in range(days):
            if state.where[place, day] >= 0:
                seen += 1
                if np.random.random() * seen < 1.0:
                    route = state.where[place, day]
        if route < 0 or touched[route]:
            continue
        touched[route] = True
        cut += 1
        row, length = state.routes[route], state.lengths[route]
        k = 0
        while row[k] != place:
            k += 1
        string = min(length, int(1.0 + np.random.random() * min(float(length), longest)))
        # Half of them leave some visits in the middle where they are (split strings).
        stays = 0
        if np.random.random() < 0.5:
            while string + stays < length and np.random.random() > 0.01:
                stays += 1
                if np.random.random() > 0.5:
                    break
        span = string + stays
        first = max(0, k - span + 1) + int(
            np.random.random() * (min(k, length - span) - max(0, k - span + 1) + 1)
        )
        gap = first + int(np.random.random() * (string + 1))
        for at in range(first, first + span):
            if gap <= at < gap + stays or leaving[row[at]]:
                continue
            leaving[row[at]] = True
            out[removed] = row[at]
            removed += 1
    return removed


@njit(cache=True)
def _ordered(ground: Ground, out: NDArray[np.int64], removed: int) -> NDArray[np.int64]:
    """In which order the places come back: by chance, the greatest, the farthest from the base or the nearest first."""
    rank = np.random.random(removed)
    drawn = np.random.random() * 11.0
    for k in range(removed):
        place = out[k]
        if drawn >= 4.0:
            if drawn < 8.0:
                rank[k] = -ground.demand[place] * ground.combinations[place, 0].sum() + 1e-9 * rank[k]
            elif drawn < 10.0:
                rank[k] = -ground.travel[0, place + 1]
            else:
                rank[k] = ground.travel[0, place + 1]
    return out[:removed][np.argsort(rank)]


@njit(cache=True)
def searched(ground: Ground, state: State, changes: int, heat: float) -> None:
    """So many changes at one temperature (in units of travel). The state holds the plan it stands at, and the best."""
    count, days = state.where.shape
    out = np.empty(count, dtype=np.int64)
    cost, spot = np.empty(days), np.zeros((days, 2), dtype=np.int64)
    sums = state.sums
    kept_lengths, kept_loads = state.lengths.copy(), state.loads.copy()
    kept_durations, kept_where = state.durations.copy(), np.empty_like(state.where)
    kept_routes = np.empty_like(state.routes)
    within = 0
    for _ in range(changes):
        removed = _ruined(ground, state, out)
        # To step back, if the change is not taken: rows are copied as far as they are filled.
        for route in range(len(state.lengths)):
            length = state.lengths[route]
            kept_lengths[route] = length
            kept_loads[route], kept_durations[route] = state.loads[route], state.durations[route]
            for k in range(length):
                kept_routes[route, k] = state.routes[route, k]
        before0, before1, before2 = sums[0], sums[1], sums[2]
        for k in range(removed):
            kept_where[k] = state.where[out[k]]
            _taken_out(ground, state, out[k])
        for place in _ordered(ground, out, removed):
            _put_in(ground, state, place, cost, spot)
        was = before0 + sums[3] * before1 + sums[4] * before2
        now = sums[0] + sums[3] * sums[1] + sums[4] * sums[2]
        fits = sums[1] < TOLERANCE and sums[2] < TOLERANCE
        within += fits
        if fits and sums[0] < sums[5] - TOLERANCE:
            sums[5] = sums[0]
            state.best_lengths[:] = state.lengths
            for route in range(len(state.lengths)):
                for k in range(state.lengths[route]):
                    state.best[route, k] = state.routes[route, k]
        if now >= was - heat * np.log(np.random.random()):
            sums[0], sums[1], sums[2] = before0, before1, before2
            for k in range(removed):
                state.where[out[k]] = kept_where[k]
            for route in range(len(state.lengths)):
                state.lengths[route] = kept_lengths[route]
                state.loads[route], state.durations[route] = kept_loads[route], kept_durations[route]
                for k in range(kept_lengths[route]):
                    state.routes[route, k] = kept_routes[route, k]
    share = within / max(changes, 1)
    factor = 1.15 if share < TIGHT else (0.9 if share > LOOSE else 1.0)
    sums[3] = min(max(sums[3] * factor, 1e-4), 1e6)
    sums[4] = min(max(sums[4] * factor, 1e-2), 1e6)
