"""The same siting questions to scipy.optimize.milp (HiGHS), each in the formulation that suits the solver best."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array, csr_array, eye_array, hstack


@dataclass(frozen=True)
class Solved:
    """value: None if none was found. seconds: of processor time. proven: within the limit."""

    value: float | None
    seconds: float
    proven: bool


def assigned(cost: NDArray, size: NDArray | None, room: NDArray | None, count: int, limit: float) -> Solved:
    """The p-median with x ≤ y for each pair (and knapsacks where sites fill up)."""
    began = time.process_time()
    demand, candidates = cost.shape
    pairs = demand * candidates
    number = np.arange(pairs)
    place, site = np.divmod(number, candidates)
    width = pairs + candidates

    def rows(at: NDArray, columns: NDArray, values: NDArray, height: int) -> csr_array:
        return coo_array((values, (at, columns)), shape=(height, width)).tocsr()

    sites = np.arange(candidates)
    constraints = [
        LinearConstraint(rows(place, number, np.ones(pairs), demand), 1.0, 1.0),
        LinearConstraint(
            rows(np.zeros(candidates, int), pairs + sites, np.ones(candidates), 1), count, count
        ),
        LinearConstraint(
            rows(
                np.tile(number, 2),
                np.concatenate([number, pairs + site]),
                np.repeat([1.0, -1.0], pairs),
                pairs,
            ),
            -np.inf,
            0.0,
        ),
    ]
    whole = np.concatenate([np.zeros(pairs), np.ones(candidates)])
    if size is not None and room is not None:
        whole[:] = 1.0
        fits = rows(
            np.concatenate([site, sites]),
            np.concatenate([number, pairs + sites]),
            np.concatenate([size[place], -room]).astype(float),
            candidates,
        )
        constraints.append(LinearConstraint(fits, -np.inf, 0.0))
    result = milp(
        np.concatenate([cost.ravel(), np.zeros(candidates)]),
        constraints=constraints,
        integrality=whole,
        bounds=Bounds(0.0, 1.0),
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )
    return Solved(
        None if result.x is None else float(result.fun), time.process_time() - began, result.status == 0
    )


def covered(distance: NDArray, weight: NDArray, radius: float, count: int, limit: float) -> Solved:
    """Maximal covering: y for sites, z for who is left out."""
    began = time.process_time()
    demand, candidates = distance.shape
    reach = csr_array((distance <= radius).astype(float))
    result = milp(
        np.concatenate([np.zeros(candidates), weight]),
        constraints=[
            LinearConstraint(hstack([reach, eye_array(demand)]).tocsr(), 1.0, np.inf),
            LinearConstraint(np.concatenate([np.ones(candidates), np.zeros(demand)])[None, :], 0.0, count),
        ],
        # Who is left out follows from the sites, so only those have to be whole.
        integrality=np.concatenate([np.ones(candidates), np.zeros(demand)]),
        bounds=Bounds(0.0, 1.0),
        options={"time_limit": limit, "mip_rel_gap": 0.0},
    )
    value = None if result.x is None else float(weight.sum() - result.fun)
    return Solved(value, time.process_time() - began, result.status == 0)


def centred(distance: NDArray, count: int, limit: float) -> Solved:
    """The p-centre by bisection, each step the least number of sites that cover all: far quicker for a solver than the
    programme with one distance above all, which it does not finish."""
    began, by_wall = time.process_time(), time.perf_counter()
    steps = np.unique(distance)
    low, high = 0, len(steps) - 1
    proven = True
    while low < high:
        middle = (low + high) // 2
        reach = csr_array((distance <= steps[middle]).astype(float))
        left = limit - (time.perf_counter() - by_wall)
        result = milp(
            np.ones(distance.shape[1]),
            constraints=[LinearConstraint(reach, 1.0, np.inf)],
            integrality=1,
            bounds=Bounds(0.0, 1.0),
            options={"time_limit": max(left, 0.01)},
        )
        yes = result.x is not None and round(float(result.fun)) <= count
        no = result.mip_dual_bound is not None and result.mip_dual_bound > count + 1e-6
        if not yes and not no and result.status != 0:
            proven = False
        if yes:
            high = middle
        else:
            low = middle + 1
    return Solved(float(steps[low]), time.process_time() - began, proven)
