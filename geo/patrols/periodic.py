"""Visits with frequencies: on which days each place is visited, by which vehicle, in which order (periodic routing).

Each place allows some combinations of days, one of which is chosen; each day some vehicles leave one base, with a
capacity and a longest duration; the whole travel is to be least. Source of the problem: Cordeau, Gendreau and Laporte,
A tabu search heuristic for periodic and multi-depot vehicle routing problems, Networks 30 (1997). The search stands in
geo/patrols/periodic_search.py; what it gives is replayed by geo/patrols/periodic_check.py, which shares no code with
it. Sectors' weeks are planned by `search.py`, which takes windows and risk; this one serves `bench/pvrp` alone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.patrols.periodic_search import Ground, State, searched, sown

Days = tuple[int, ...]
Week = tuple[
    tuple[tuple[int, ...], ...], ...
]  # for each day, for each vehicle: places in order; 0 is the first place

HOTTEST, COLDEST = (
    1.00,
    0.003,
)  # of a mean leg: how much worse a plan may be taken at the beginning, and at the end
CHUNK = 400  # changes between two looks at the clock
NEIGHBOURS = 100


@dataclass(frozen=True)
class PeriodicProblem:
    """What must be visited, and with what.

    travel: (n + 1, n + 1) lengths or minutes from row to column, 0 or more; 0 is the base, i + 1 place i. demand, stay:
    (n,) of one visit, 0 or more; the stay counts towards the duration alone. allowed: for each place its combinations
    of days from 0, one of which is to be chosen. vehicles: each day. capacity, longest: for each day; infinite where
    there is no limit.

    Raises:
        ValueError: shapes that don't fit, negative numbers, a place without a combination, days out of range or twice.
    """

    travel: NDArray[np.float64]
    demand: NDArray[np.float64]
    stay: NDArray[np.float64]
    allowed: tuple[tuple[Days, ...], ...]
    vehicles: int
    capacity: tuple[float, ...]
    longest: tuple[float, ...]

    def __post_init__(self) -> None:
        count, days = len(self.allowed), len(self.capacity)
        if self.travel.shape != (count + 1, count + 1) or self.demand.shape != self.stay.shape != (count,):
            raise ValueError("Ways, demands, stays and combinations are not of the same places.")
        if not (np.isfinite(self.travel).all() and (self.travel >= 0).all()):
            raise ValueError("Ways must be finite and 0 or more.")
        if count == 0 or days == 0 or len(self.longest) != days or self.vehicles < 1:
            raise ValueError("Places, days and vehicles are needed, and both limits for each day.")
        if (self.demand < 0).any() or (self.stay < 0).any():
            raise ValueError("Demands and stays must be 0 or more.")
        for choices in self.allowed:
            if not choices or any(len(set(c)) != len(c) or not set(c) <= set(range(days)) for c in choices):
                raise ValueError("Each place needs combinations of different days that exist.")


@dataclass(frozen=True)
class PeriodicPlan:
    """week: who goes where on which day. length: of the whole travel, without stays. changes: that the search tried."""

    week: Week
    length: float
    changes: int


def planned(
    problem: PeriodicProblem,
    *,
    seconds: float | None = None,
    changes: int | None = None,
    seed: int = 0,
    told: Callable[[float, float | None], bool] | None = None,
    clock: Callable[[], float] = time.monotonic,
) -> PeriodicPlan | None:
    """The shortest plan that the search finds within its time or its changes, or None if it found none within the limits.

    With `changes` alone the same seed gives the same plan. told(share done, best length so far) is called now and then;
    when it answers False, the search stops. clock: what the seconds are read from (a bench on a busy machine may count
    processor time instead).

    Raises:
        ValueError: neither seconds nor changes.
    """
    if seconds is None and changes is None:
        raise ValueError("A search needs an end: seconds, or changes.")
    ground = _ground(problem)
    state = _beginning(ground, seed)
    leg = float(state.sums[0]) / max(int(state.lengths.sum()) + int((state.lengths > 0).sum()), 1)
    state.sums[3] = 2 * leg / max(float(problem.demand.mean()), 1e-9)
    state.sums[4] = 1.0
    began, done, share = clock(), 0, 0.0
    while share < 1.0:
        heat = leg * HOTTEST * (COLDEST / HOTTEST) ** share
        chunk = CHUNK if changes is None else min(CHUNK, changes - done)
        searched(ground, state, chunk, heat)
        done += chunk
        shares = [done / changes] if changes is not None else []
        if seconds is not None:
            shares.append((clock() - began) / seconds)
        share = max(shares)
        best = float(state.sums[5])
        if told is not None and not told(min(share, 1.0), best if np.isfinite(best) else None):
            break
    if not np.isfinite(state.sums[5]):
        return None
    return PeriodicPlan(_week(problem, state), float(state.sums[5]), done)


def _ground(problem: PeriodicProblem) -> Ground:
    count, days = len(problem.allowed), len(problem.capacity)
    most = max(len(choices) for choices in problem.allowed)
    combinations = np.zeros((count, most, days), dtype=np.bool_)
    for place, choices in enumerate(problem.allowed):
        for k, chosen in enumerate(choices):
            combinations[place, k, list(chosen)] = True
    apart = problem.travel[1:, 1:] + problem.travel[1:, 1:].T
    return Ground(
        np.ascontiguousarray(problem.travel, dtype=np.float64),
        problem.demand.astype(np.float64),
        problem.stay.astype(np.float64),
        combinations,
        np.array([len(choices) for choices in problem.allowed], dtype=np.int64),
        np.argsort(apart, axis=1, kind="stable")[:, : NEIGHBOURS + 1].astype(np.int64),
        np.minimum(problem.capacity, 1e15),
        np.minimum(problem.longest, 1e15),
        problem.vehicles,
    )


def _beginning(ground: Ground, seed: int) -> State:
    """Nothing visited but by inserting one place after the other, dearly where limits are passed."""
    count, days = len(ground.choices), len(ground.capacity)
    routes = days * ground.vehicles
    state = State(
        np.zeros((routes, count), dtype=np.int64),
        np.zeros(routes, dtype=np.int64),
        np.zeros(routes),
        np.zeros(routes),
        np.full((count, days), -1, dtype=np.int64),
        np.zeros((routes, count), dtype=np.int64),
        np.zeros(routes, dtype=np.int64),
        np.array([0.0, 0.0, 0.0, 10.0, 10.0, np.inf]),
    )
    sown(ground, state, seed)
    return state


def _week(problem: PeriodicProblem, state: State) -> Week:
    return tuple(
        tuple(
            tuple(int(place) for place in state.best[route, : state.best_lengths[route]])
            for route in range(day * problem.vehicles, (day + 1) * problem.vehicles)
        )
        for day in range(len(problem.capacity))
    )
