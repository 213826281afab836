"""Maximal covering: which sites have most people within so many minutes?

Church & ReVelle, Papers of the Regional Science Association 32 (1974). It is a p-median in which a place costs nothing
within reach and its people beyond, so `search` answers it.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.siting.median import proof_of
from geo.siting.placement import Certificate, Placement, decided, nearest
from geo.siting.rows import Rows, rows_of
from geo.siting.search import Search


def most_within(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    radius: float,
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    start: NDArray[np.int64] | None = None,
    gap: float = 0.0,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites with most of `weight` no further than `radius` from one of them; its certificate's value is that
    weight. The other arguments and errors are those of `median.least_total`."""
    began = time.process_time()
    if weight.shape != distance.shape[:1] or (weight < 0).any():
        raise ValueError("One weight for each place, none negative.")
    state = decided(distance.shape[1], count, keep, forbidden)
    cost = np.where(distance <= radius, 0.0, weight[:, None])
    search = Search(rows_of(cost, weight), count, state, gap=gap, seconds=seconds, seed=seed, start=start)
    found = search.found()
    everybody = float(weight.sum())
    certificate = Certificate(
        everybody - found.value,
        everybody - found.bound,
        proof_of(found, gap),
        time.process_time() - began,
        found.nodes,
        most=True,
    )
    return Placement(found.sites, nearest(distance, found.sites, radius), certificate)


def within(ranked: Rows, radius: float) -> Rows:
    """Rows of distances as rows of "is it further than `radius`?": 1 for each place that no site reaches."""
    near = ranked.sorted <= radius
    return replace(
        ranked,
        cost=(ranked.cost > radius).astype(np.float64),
        sorted=(~near).astype(np.float64),
        length=near.sum(axis=1),
        spare=np.ones(len(ranked.spare)),
        whole=True,
    )
