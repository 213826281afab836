"""Does an event make another one nearby and soon more likely? Knox's statistic and its table of relative risk.

Knox, The detection of space-time interactions, Applied Statistics 13 (1964), with the Monte-Carlo test of Johnson
et al., Space-time patterns of risk, Journal of Quantitative Criminology 23 (2007): times are dealt out anew
among the places, which keeps where and when things happen, and breaks only the tie between the two. Each surface of risk
asks `near_repeats` of its sectors' incidents (`app/surfaces/repeating.py`); `knox` alone stands beside pointpats in the
tests and in `bench/hotspots`.

What breaks the tie besides is taken for it: an event entered twice, and trouble that moves from one area to another.
"""

from __future__ import annotations

import itertools
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree


@dataclass(frozen=True)
class Knox:
    """Pairs of events that are near in space, near in time, and both.

    near_both: the statistic. near_space, near_time, pairs: of how many. expected: pairs near in both if place and time
    had nothing to do with each other. probability: share of the dealings, the observed one among them, with at
    least as many pairs; None without dealings.
    """

    near_both: int
    near_space: int
    near_time: int
    pairs: int
    expected: float
    probability: float | None


@dataclass(frozen=True)
class NearRepeats:
    """Pairs by band of distance (rows) and of time (columns).

    observed: (d, t) pairs. expected: their mean over the dealings. risk: observed ÷ expected, NaN where nothing is
    expected. probability: as in `Knox`, for each band.
    """

    observed: NDArray[np.int64]
    expected: NDArray[np.float64]
    risk: NDArray[np.float64]
    probability: NDArray[np.float64]


def knox(
    places: NDArray[np.float64],
    times: NDArray[np.float64],
    *,
    metres: float,
    days: float,
    dealings: int = 99,
    seed: int = 0,
) -> Knox:
    """Pairs of events no more than `metres` and `days` apart.

    places: (n, 2) in metres on a plane. times: (n,) in days. dealings: how often times are dealt out anew. The
    dealings of a seed are those of `numpy.random.RandomState(seed)`, so that others' results can be compared.

    Raises:
        ValueError: fewer than two events, shapes that don't fit, a negative distance or time.
    """
    places, times = _checked(places, times)
    if metres < 0 or days < 0:
        raise ValueError("A distance and a time must be 0 or more.")
    count = len(times)
    near = _pairs_within(places, metres)
    observed = _near_in_time(near, times, days)
    # RandomState, not Generator: its stream is frozen, so the same seed gives the same answer for ever.
    drawn = np.random.RandomState(seed)
    at_least = sum(
        _near_in_time(near, times[drawn.permutation(count)], days) >= observed for _ in range(dealings)
    )
    near_time, pairs = _pairs_in_time(times, days), count * (count - 1) // 2
    return Knox(
        near_both=observed,
        near_space=len(near),
        near_time=near_time,
        pairs=pairs,
        expected=len(near) * near_time / pairs,
        probability=(at_least + 1) / (dealings + 1) if dealings else None,
    )


def near_repeats(
    places: NDArray[np.float64],
    times: NDArray[np.float64],
    *,
    distance_bands: list[float],
    time_bands: list[float],
    dealings: int = 99,
    seed: int = 0,
) -> NearRepeats:
    """The table of relative risk: how much more often than by chance a pair falls into a band.

    distance_bands: rising upper ends in metres; a band holds what is above the one before and up to its own end; the
    first begins with the same place. time_bands: the same in days.

    Raises:
        ValueError: as `knox`; bands that don't rise; no dealing.
    """
    places, times = _checked(places, times)
    for bands in (distance_bands, time_bands):
        if not bands or bands[0] < 0 or any(a >= b for a, b in itertools.pairwise(bands)):
            raise ValueError("Bands must rise from 0 or more.")
    if dealings < 1:
        raise ValueError("The table needs at least one dealing to compare with.")
    near = _pairs_within(places, distance_bands[-1])
    # Two runs of numbers, not pairs side by side: each dealing reads all of both.
    one, other = np.ascontiguousarray(near[:, 0]), np.ascontiguousarray(near[:, 1])
    apart = np.linalg.norm(places[one] - places[other], axis=1)
    row = np.searchsorted(distance_bands, apart, side="left")
    row = np.minimum(row, len(distance_bands) - 1)  # the tree's own rounding at the outermost end
    ends = np.asarray(time_bands, dtype=np.float64)
    shape = (len(distance_bands), len(ends))

    def table(dealt: NDArray[np.float64]) -> NDArray[np.int64]:
        gaps = np.abs(dealt[one] - dealt[other])
        # Most pairs are far apart in time: only the others are looked up.
        within = np.flatnonzero(gaps <= ends[-1])
        column = np.searchsorted(ends, gaps[within], side="left")
        cells = np.bincount(row[within] * len(ends) + column, minlength=shape[0] * shape[1])
        return cells.reshape(shape).astype(np.int64)

    observed = table(times)
    drawn = np.random.RandomState(seed)
    total, at_least = np.zeros(shape), np.ones(shape)
    for _ in range(dealings):
        dealt = table(times[drawn.permutation(len(times))])
        total += dealt
        at_least += dealt >= observed
    expected = total / dealings
    risk = np.divide(observed, expected, out=np.full(shape, np.nan), where=expected > 0)
    return NearRepeats(observed, expected, risk, at_least / (dealings + 1))


def latest_within(places: NDArray[np.float64], metres: float, most: int) -> int:
    """How many of the last rows of `places` (n, 2) have at most `most` pairs no more than `metres` apart: a table of them
    costs so much and no more."""

    def pairs(count: int) -> int:
        tree = cKDTree(places[len(places) - count :])
        return (int(tree.count_neighbors(tree, metres)) - count) // 2

    return bisect_right(range(1, len(places) + 1), most, key=pairs)


def _checked(places: NDArray, times: NDArray) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    places, times = np.asarray(places, dtype=np.float64), np.asarray(times, dtype=np.float64)
    if times.ndim != 1 or places.shape != (len(times), 2):
        raise ValueError("Each event needs a place of two coordinates and a time.")
    if len(times) < 2:
        raise ValueError("Pairs need at least two events.")
    if not (np.isfinite(places).all() and np.isfinite(times).all()):
        raise ValueError("Places and times must be finite numbers.")
    return places, times


def _pairs_within(places: NDArray[np.float64], metres: float) -> NDArray[np.intp]:
    return np.asarray(cKDTree(places).query_pairs(metres, output_type="ndarray"), dtype=np.intp)


def _near_in_time(near: NDArray[np.intp], times: NDArray[np.float64], days: float) -> int:
    return int(np.count_nonzero(np.abs(times[near[:, 0]] - times[near[:, 1]]) <= days))


def _pairs_in_time(times: NDArray[np.float64], days: float) -> int:
    ordered = np.sort(times)
    count, first = 0, 0
    for last, value in enumerate(ordered):
        while value - ordered[first] > days:
            first += 1
        count += last - first
    return count
