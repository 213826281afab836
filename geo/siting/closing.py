"""What prices and some branches leave open of a covering, as an integer programme for HiGHS (Huangfu & Hall, Mathematical
Programming Computation 10, 2018) through SciPy. Its cuts close at once what branching takes long for: many sites with
a short reach each. With few sites and a long reach it is the other way round, so those are never handed over.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, eye_array, hstack

from geo.siting.dual import OPEN, SHUT
from geo.siting.rows import Rows

FEW_IN_REACH = 60.0  # candidates that reach a place, on average
MANY_SITES = 15


@dataclass(frozen=True)
class Closed:
    """chosen: marks of the open candidates, None if no placement of interest was found. bound: of all placements."""

    chosen: NDArray[np.int8] | None
    bound: float


def suits(rows: Rows, count: int) -> bool:
    """Whether a place pays nothing within reach and the same beyond, few candidates reach it and many are opened."""
    near = rows.sorted[np.arange(len(rows.length)), np.maximum(rows.length, 1) - 1]
    flat = not (near[rows.length > 0] > 0).any() and bool(np.isfinite(rows.spare).all())
    return flat and count >= MANY_SITES and float(rows.length.mean()) <= FEW_IN_REACH


def closed(
    rows: Rows, state: NDArray[np.int8], count: int, below: float, seconds: float, branches: int
) -> Closed:
    """The best placement that keeps to `state` (bound infinite: none has as little as `below`), or what was proven when
    the solver had split so often, or was so many seconds at it."""
    demand, candidates = rows.cost.shape
    reached = np.arange(candidates)[None, :] < rows.length[:, None]
    starts = np.concatenate([[0], np.cumsum(rows.length)])
    reach = csr_array((np.ones(starts[-1]), rows.order[reached], starts), shape=(demand, candidates))
    may_lack = rows.spare <= below
    sites = csr_array(np.concatenate([np.ones(candidates), np.zeros(demand)])[None, :])
    result = milp(
        np.concatenate([np.zeros(candidates), rows.spare]),
        constraints=[
            LinearConstraint(hstack([reach, eye_array(demand)]).tocsr(), 1.0, np.inf),
            LinearConstraint(sites, 0.0, float(count)),
        ],
        bounds=Bounds(
            np.concatenate([state == OPEN, np.zeros(demand)]), np.concatenate([state != SHUT, may_lack])
        ),
        integrality=np.concatenate([np.ones(candidates), np.zeros(demand)]),
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": 0.0, "node_limit": branches},
    )
    if result.status == 2:
        return Closed(None, np.inf)
    bound = -np.inf if result.mip_dual_bound is None else float(result.mip_dual_bound)
    if result.x is None:
        return Closed(None, bound)
    return Closed((result.x[:candidates] > 0.5).astype(np.int8), bound)
