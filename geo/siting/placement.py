"""What a siting question answers: the sites, who goes where, and the proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from geo.siting.dual import FREE, OPEN, SHUT

NOBODY = -1


class Proof(StrEnum):
    """How the bound was come by. RELAXED: prices alone. BRANCHED: prices, and every branch that they left open looked at.
    COVERED: no smaller distance has a cover. ENUMERATED: a solver of integer programmes over all that prices left.
    STOPPED: time was up, so that more may be provable.
    """

    RELAXED = "relaxed"
    BRANCHED = "branched"
    COVERED = "covered"
    ENUMERATED = "enumerated"
    STOPPED = "stopped"


@dataclass(frozen=True)
class Certificate:
    """value: what the placement reaches. bound: what none can pass (below `value`; above it where `most`). proof: how it
    is known. seconds: of processor time. searched: branches, columns or distances that were looked at."""

    value: float
    bound: float
    proof: Proof
    seconds: float
    searched: int = 0
    most: bool = False

    @property
    def gap(self) -> float:
        """By what share of `value` another placement can be better at most; infinite if nothing is known."""
        apart = (self.bound - self.value) if self.most else (self.value - self.bound)
        if not np.isfinite(apart):
            return float("inf")
        if apart <= 0.0:
            return 0.0
        return apart / abs(self.value) if self.value else float("inf")

    @property
    def best(self) -> bool:
        """No placement is better at all (but for a billionth, the error of the arithmetic)."""
        return self.gap <= 2e-9


@dataclass(frozen=True)
class Placement:
    """sites: numbers of the open candidates, rising. serves: for each place the candidate that it goes to, `NOBODY` where
    none serves it."""

    sites: NDArray[np.int64]
    serves: NDArray[np.int64]
    certificate: Certificate


def decided(
    candidates: int, count: int, keep: Sequence[int], forbidden: NDArray[np.bool_] | None
) -> NDArray[np.int8]:
    """What is settled of each candidate before the search: OPEN for those to `keep`, SHUT for the forbidden.

    Raises:
        ValueError: a candidate that is kept and forbidden, more kept than `count`, fewer allowed than `count`.
    """
    state = np.full(candidates, FREE, dtype=np.int8)
    if forbidden is not None:
        if forbidden.shape != (candidates,):
            raise ValueError("One mark for each candidate says whether it is forbidden.")
        state[forbidden] = SHUT
    kept = np.unique(np.asarray(keep, dtype=np.int64))
    if (state[kept] == SHUT).any():
        raise ValueError("A site can't be kept and forbidden.")
    state[kept] = OPEN
    if count < 1 or len(kept) > count or (state != SHUT).sum() < count:
        raise ValueError("There are more sites to keep, or fewer allowed, than are to be opened.")
    return state


def nearest(
    distance: NDArray[np.float64], sites: NDArray[np.int64], within: float = np.inf
) -> NDArray[np.int64]:
    """The nearest site of each place, `NOBODY` where none is reachable or `within`."""
    to_sites = distance[:, sites]
    first = to_sites.argmin(axis=1)
    least = to_sites[np.arange(len(distance)), first]
    return np.where(np.isfinite(least) & (least <= within), sites[first], NOBODY)
