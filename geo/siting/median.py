"""The p-median: which sites make the sum of people × minutes least?

Hakimi, Operations Research 12 (1964). How it is searched and proven: `search`.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.siting.placement import Certificate, Placement, Proof, decided, nearest
from geo.siting.rows import rows_of
from geo.siting.search import Found, Search


def least_total(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    start: NDArray[np.int64] | None = None,
    gap: float = 0.0,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites with the least sum of weight × distance to the nearest.

    distance: (demand, candidates), minutes or metres, infinite where there is no way. weight: (demand,) people.
    keep: candidates that stay open. forbidden: (candidates,) those that may not open. start: sites to begin from.
    gap: a proof this near is enough. seconds: of processor time, after which the answer has the bound that stands.

    Raises:
        ValueError: shapes that don't fit, negative numbers, sites to keep and forbid that leave no choice.
    """
    began = time.process_time()
    if weight.shape != distance.shape[:1] or (weight < 0).any():
        raise ValueError("One weight for each place, none negative.")
    state = decided(distance.shape[1], count, keep, forbidden)
    # 0 people at the end of no road cost nothing; 0 × ∞ would be no number.
    cost = np.where(weight[:, None] > 0, distance, 0.0) * weight[:, None]
    found = Search(rows_of(cost), count, state, gap=gap, seconds=seconds, seed=seed, start=start).found()
    proof = proof_of(found, gap)
    certificate = Certificate(found.value, found.bound, proof, time.process_time() - began, found.nodes)
    return Placement(found.sites, nearest(distance, found.sites), certificate)


def proof_of(found: Found, gap: float) -> Proof:
    if found.value - found.bound > max(gap, 2e-9) * abs(found.value):
        return Proof.STOPPED
    if found.solver:
        return Proof.ENUMERATED
    return Proof.BRANCHED if found.nodes else Proof.RELAXED
