"""What a forecast has to beat: the same as lately, the same as ever, and a smoothed map of the past.

`persistence`, `all_history` and `kernel_density` rank cells; `climatology` and `persistence_probability` are
probabilities, beside which a forecast's Brier score is held.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.surfaces.features import smoothing
from geo.surfaces.history import History

PERSISTENCE_PERIODS = 4
BANDWIDTHS = (0.5, 1.0, 2.0, 4.0)  # cells

Grid = NDArray[np.float64]


def persistence(history: History, origin: int) -> Grid:
    """(rows, columns): events of the last four periods; of cells that tie, what ever happened there decides."""
    recent = history.counts[max(0, origin - PERSISTENCE_PERIODS) : origin].sum(axis=0)
    ever = history.counts[:origin].sum(axis=0)
    return recent + ever / (ever.max() + 1.0) / 2


def all_history(history: History, origin: int) -> Grid:
    """(rows, columns): events since the beginning."""
    return np.asarray(history.counts[:origin].sum(axis=0), dtype=np.float64)


def kernel_density(history: History, origin: int, bandwidth: float) -> Grid:
    """(rows, columns): all events before the origin, each spread as a Gaussian of `bandwidth` cells."""
    rows, columns = history.counts.shape[1:]
    return smoothing(rows, bandwidth) @ all_history(history, origin) @ smoothing(columns, bandwidth).T


def best_bandwidth(history: History, origin: int, periods: int = 24) -> float:
    """The bandwidth under which the events of the last `periods` before the origin were most likely."""
    first = max(1, origin - periods)
    likelihood = dict.fromkeys(BANDWIDTHS, 0.0)
    for bandwidth in BANDWIDTHS:
        for period in range(first, origin):
            density = kernel_density(history, period, bandwidth) + 1e-6
            share = density / density.sum()
            likelihood[bandwidth] += float((history.counts[period] * np.log(share)).sum())
    return max(BANDWIDTHS, key=lambda each: likelihood[each])


def climatology(history: History, origin: int) -> Grid:
    """(rows, columns): the share of past periods with an event, drawn towards the mean of all cells by one year."""
    happened = (history.counts[:origin] > 0).sum(axis=0)
    mean = happened.mean() / max(origin, 1)
    return np.asarray((happened + 12.0 * mean) / (origin + 12.0), dtype=np.float64)


def persistence_probability(history: History, origin: int, periods: int = 120) -> Grid:
    """(rows, columns): how often, in the last `periods`, an event followed as many of them in the four before.

    Counts of eight and more are taken together; a number that hardly ever stood before borrows from all.
    """
    first = max(PERSISTENCE_PERIODS, origin - periods)
    followed, stood = np.zeros(9), np.zeros(9)
    for period in range(first, origin):
        before = _recent(history, period)
        stood += np.bincount(before, minlength=9)
        followed += np.bincount(before, weights=(history.counts[period].ravel() > 0), minlength=9)
    mean = followed.sum() / max(stood.sum(), 1.0)
    share = (followed + mean) / (stood + 1.0)
    return np.asarray(share[_recent(history, origin)].reshape(history.counts.shape[1:]), dtype=np.float64)


def _recent(history: History, origin: int) -> NDArray[np.intp]:
    total = history.counts[max(0, origin - PERSISTENCE_PERIODS) : origin].sum(axis=0)
    return np.minimum(total.ravel(), 8).astype(np.intp)
