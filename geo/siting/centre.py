"""The p-centre: which sites make the longest way to the nearest of them shortest?

Bisection over the distances that occur: are there so many sites that have every place within this distance (Minieka, SIAM
Review 12, 1970)? Each question is a covering of unit weights: a placement that leaves nobody out says yes, a bound above
nobody says no.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.siting.covering import within
from geo.siting.dual import SHUT
from geo.siting.interchange import greedy
from geo.siting.placement import Certificate, Placement, Proof, decided, nearest
from geo.siting.rows import rows_of
from geo.siting.search import Search


def least_longest(
    distance: NDArray[np.float64],
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites for which the place that lies furthest from its nearest site is nearest.

    distance: (demand, candidates). A place that no allowed candidate reaches makes the value infinite. The other
    arguments and errors are those of `median.least_total`.
    """
    began = time.process_time()
    state = decided(distance.shape[1], count, keep, forbidden)
    ranked = rows_of(distance)
    chosen = greedy(ranked.order, ranked.sorted, ranked.length, ranked.spare, state, count)
    sites = np.flatnonzero(chosen)
    value = longest(distance, sites)
    # Below this some place has no allowed candidate at all.
    least = float(distance[:, state != SHUT].min(axis=1).max())
    steps = np.unique(distance[np.isfinite(distance)])
    steps = steps[(steps >= least) & (steps < value)]
    low, high, proven, asked = 0, len(steps), 0, 0
    while low < high:
        middle = (low + high) // 2
        left = seconds - (time.process_time() - began)
        rows = within(ranked, float(steps[middle]))
        found = Search(rows, count, state, want=0.0, seconds=left, seed=seed, start=sites).found()
        asked += 1
        if found.value <= 0.0:
            sites = found.sites
            value = longest(distance, sites)
            high = int(np.searchsorted(steps, value))
        else:
            # No cover was found; only a bound above 0 says that there is none.
            if found.bound > 0.0:
                proven = max(proven, middle + 1)
            low = middle + 1
    bound = float(steps[proven]) if proven < len(steps) else np.inf
    bound = min(bound, value)
    proof = Proof.COVERED if bound >= value else Proof.STOPPED
    certificate = Certificate(value, bound, proof, time.process_time() - began, asked)
    return Placement(sites, nearest(distance, sites), certificate)


def longest(distance: NDArray[np.float64], sites: NDArray[np.int64]) -> float:
    return float(distance[:, sites].min(axis=1).max())
