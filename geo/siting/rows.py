"""What each place would pay at each candidate, nearest first: the form in which the searches read it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

WHOLE = 1e-9


@dataclass(frozen=True)
class Rows:
    """cost: (demand, candidates), never above `spare`. order: (demand, candidates) candidates by rising cost. sorted:
    their costs. length: (demand,) how many of them cost less than `spare`; the rest is never read.
    spare: (demand,) what a place costs that no open site serves, infinite where each has to be served.
    whole: every cost is a whole number, so that a bound may be rounded up.
    """

    cost: NDArray[np.float64]
    order: NDArray[np.int32]
    sorted: NDArray[np.float64]
    length: NDArray[np.int64]
    spare: NDArray[np.float64]
    whole: bool

    def of(self, candidates: NDArray[np.int64]) -> Rows:
        """The same places with these candidates alone, numbered from 0 as they are given."""
        number = np.full(self.cost.shape[1], -1, dtype=np.int32)
        number[candidates] = np.arange(len(candidates), dtype=np.int32)
        among = number[self.order] >= 0
        shape = (len(self.cost), len(candidates))
        costs = self.sorted[among].reshape(shape)
        return Rows(
            np.ascontiguousarray(self.cost[:, candidates]),
            number[self.order[among]].reshape(shape),
            costs,
            (costs < self.spare[:, None]).sum(axis=1),
            self.spare,
            self.whole,
        )


def rows_of(cost: NDArray[np.float64], spare: NDArray[np.float64] | None = None) -> Rows:
    """`cost` (demand, candidates), weights already in it; infinite where a candidate can't serve a place.

    Raises:
        ValueError: a matrix without rows or columns, NaN or a negative cost.
    """
    if cost.ndim != 2 or 0 in cost.shape or np.isnan(cost).any() or (cost < 0).any():
        raise ValueError("Costs are a matrix of demand by candidate, none negative.")
    spare = np.full(len(cost), np.inf) if spare is None else spare.astype(np.float64)
    cost = np.minimum(cost, spare[:, None])
    order = np.argsort(cost, axis=1, kind="stable").astype(np.int32)
    costs = np.take_along_axis(cost, order, axis=1)
    told = np.concatenate([cost[np.isfinite(cost)], spare[np.isfinite(spare)]])
    return Rows(
        np.ascontiguousarray(cost),
        order,
        costs,
        (costs < spare[:, None]).sum(axis=1),
        spare,
        bool((np.abs(told - np.round(told)) < WHOLE).all()),
    )
