"""The p-centre: which sites make the longest way to the nearest of them shortest? And which, where sites fill up, the
longest way to where there is room?

Bisection over the distances that occur: are there so many sites that have every place within this distance (Minieka, SIAM
Review 12, 1970)? Each question is a covering of unit weights: a placement that leaves nobody out says yes, a bound above
nobody says no.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from geo.siting.capacitated import least_total_filled, most_within_filled
from geo.siting.covering import within
from geo.siting.dual import FREE, OPEN, SHUT
from geo.siting.interchange import greedy
from geo.siting.placement import NOBODY, Certificate, Placement, Proof, decided, nearest
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


def least_longest_filled(
    distance: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    count: int,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    seconds: float = 20.0,
    seed: int = 0,
) -> Placement:
    """The `count` sites, and who goes to which, with the shortest longest way when no site holds more than its room (the
    capacitated p-centre: Özsoy & Pınar, Computers & Operations Research 33, 2006).

    size: (demand,) people of each place, who stay together; a place without any goes nowhere and counts for nothing. The
    value is infinite where somebody finds no room, and the bound too where that is so in every placement. Each question
    is a covering with rooms; the p-centre without rooms says from which distance on to ask. The other arguments and
    errors are those of `capacitated.most_within_filled`.
    """
    began = time.process_time()
    state = decided(distance.shape[1], count, keep, forbidden)
    some = size > 0
    people, total = size.astype(np.float64), int(size.sum())
    without = least_longest(
        distance[some], count, keep=keep, forbidden=forbidden, seconds=seconds / 4, seed=seed
    )
    # No room for all in the largest ones: no distance needs to be asked for.
    fits = holding(room, state, count) >= total
    ways = distance[some][:, state != SHUT]
    steps = np.unique(ways[np.isfinite(ways) & (ways >= without.certificate.bound)]) if fits else np.zeros(0)
    placed, value = (without.sites, np.full(len(size), NOBODY)), np.inf
    low, high, proven, asked = 0, len(steps), 0, 0
    if len(steps):
        # Coverings alone, which know of no way but "too long", end far off where rooms are tight: first the least sum of
        # squares, in which one long way counts for many.
        near = least_total_filled(
            distance[some] ** 2, np.ones(int(some.sum())), size[some], room, count, keep=keep, forbidden=forbidden,
            seconds=seconds / 4, seed=seed,
        )  # fmt: skip
        serves = np.full(len(size), NOBODY)
        serves[some] = near.serves
        if (near.serves != NOBODY).all() and np.isfinite(worst := distance[some, near.serves].max()):
            placed, value = (near.sites, serves), float(worst)
            high = int(np.searchsorted(steps, value))
    while low < high and (not asked or time.process_time() - began < seconds):
        # Rooms often bind nobody: then the first answer is the last.
        middle = (low + high) // 2 if asked else 0
        left = max(seconds - (time.process_time() - began), 0.0)
        found = most_within_filled(
            distance, people, size, room, float(steps[middle]), count, keep=keep, forbidden=forbidden,
            seconds=left / 3, seed=seed,
        )  # fmt: skip
        asked += 1
        if (found.serves[some] != NOBODY).all():
            placed = found.sites, found.serves
            value = float(distance[some, found.serves[some]].max())
            high = int(np.searchsorted(steps, value))
        else:
            # Not all found room; only a bound below all says that nobody can do it.
            if found.certificate.bound < total:
                proven = max(proven, middle + 1)
            low = middle + 1
    bound = min(float(steps[proven]) if proven < len(steps) else np.inf, value)
    proof = Proof.COVERED if bound >= value else Proof.STOPPED
    return Placement(*placed, Certificate(value, bound, proof, time.process_time() - began, asked))


def holding(room: NDArray[np.int64], state: NDArray[np.int8], count: int) -> int:
    """How many people `count` sites hold at most: those that are kept, and the largest of the others."""
    kept, free = room[state == OPEN], np.sort(room[state == FREE])[::-1]
    return int(kept.sum() + free[: count - len(kept)].sum())
