"""Where more happens than chance explains: Getis-Ord Gi* with control of false discoveries, and classes over time.

Ord and Getis, Local spatial autocorrelation statistics, Geographical Analysis 27 (1995); Benjamini and
Hochberg, Controlling the false discovery rate, JRSS B 57 (1995). A cell of which nothing was heard is "no
data": it is neither hot nor calm, and takes no part in the arithmetic of its neighbours.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.special import ndtr

FALSE_DISCOVERIES = 0.05
FALLING_AT = -1.645  # Mann-Kendall, one-sided at 5 %


class HotspotClass(StrEnum):
    """How a cell stands after the periods looked at.

    NEW: hot in the last period, in none before. PERSISTENT: hot in the last and in at least half of them.
    DIMINISHING: hot in at least half of them, but no longer, or falling. SPORADIC: hot at times.
    CALM: reports come, and it is never hot. NO_DATA: nothing is heard of it.
    """

    NEW = "new"
    PERSISTENT = "persistent"
    DIMINISHING = "diminishing"
    SPORADIC = "sporadic"
    CALM = "calm"
    NO_DATA = "no_data"


def grid_neighbours(columns: int, rows: int, reach: int = 1) -> sparse.csr_array:
    """Binary weights (n, n) of a grid's cells: each cell and those within `reach` columns and rows of it.

    Raises:
        ValueError: a grid without cells, or a reach below 1.
    """
    if columns < 1 or rows < 1 or reach < 1:
        raise ValueError("Neighbours need at least one column, one row and a reach of 1.")
    steps = list(range(-reach, reach + 1))
    along = [sparse.diags_array([1.0] * len(steps), offsets=steps, shape=(n, n)) for n in (rows, columns)]
    return sparse.csr_array(sparse.kron(along[0], along[1]))


def gi_star(
    values: NDArray[np.float64],
    neighbours: sparse.csr_array,
    observed: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Gi* of each cell as a standard score; NaN for what was not observed.

    values: (n,) or (periods, n). neighbours: binary weights (n, n), each cell its own neighbour.
    observed: (n,), which cells are known. Where all values are alike nothing stands out: 0.

    Raises:
        ValueError: shapes that don't fit, or a cell that is not its own neighbour (that is Gi, not Gi*).
    """
    several = np.atleast_2d(np.asarray(values, dtype=np.float64))
    size = several.shape[1]
    if neighbours.shape != (size, size):
        raise ValueError("The neighbours must be a square of as many cells as there are values.")
    if not (neighbours.diagonal() == 1.0).all():
        raise ValueError("Gi* needs each cell to be its own neighbour, with weight 1.")
    known = np.ones(size, dtype=bool) if observed is None else np.asarray(observed, dtype=bool)
    scores = np.full(several.shape, np.nan)
    if not known.any():
        return scores.reshape(np.shape(values))
    inner = neighbours if known.all() else neighbours[known][:, known]
    seen = several[:, known]
    count = seen.shape[1]
    mean = seen.mean(axis=1, keepdims=True)
    spread = np.sqrt(((seen - mean) ** 2).mean(axis=1, keepdims=True))
    degree = np.asarray(inner.sum(axis=1)).ravel()
    unit = spread * np.sqrt(degree * (count - degree) / max(count - 1, 1))
    above = (inner @ seen.T).T - degree * mean
    # Below a millionth of a millionth of the values only rounding is left: nothing varies there.
    flat = unit <= 1e-12 * np.maximum(np.abs(seen).max(axis=1, keepdims=True), 1e-300)
    scores[:, known] = np.where(flat, 0.0, above / np.where(flat, 1.0, unit))
    return scores.reshape(np.shape(values))


def hot_probability(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """One-sided: how likely chance alone gives such a score or a higher one. NaN stays NaN."""
    return np.asarray(ndtr(-scores), dtype=np.float64)


def adjusted(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Benjamini-Hochberg: the smallest rate of false discoveries at which each would count. (n,); NaN stays NaN.

    Raises:
        ValueError: what is not a probability.
    """
    given = np.asarray(probabilities, dtype=np.float64)
    known = ~np.isnan(given)
    tried = given[known]
    if ((tried < 0.0) | (tried > 1.0)).any():
        raise ValueError("A probability lies from 0 to 1.")
    rates = np.full(given.shape, np.nan)
    if not tried.size:
        return rates
    order = np.argsort(tried, kind="stable")
    stepped = tried[order] * tried.size / np.arange(1, tried.size + 1)
    smallest = np.minimum(np.minimum.accumulate(stepped[::-1])[::-1], 1.0)
    found = np.empty(tried.size)
    found[order] = smallest
    rates[known] = found
    return rates


def hot(scores: NDArray[np.float64], false_discoveries: float = FALSE_DISCOVERIES) -> NDArray[np.bool_]:
    """Which cells of each period are hot: (periods, n) from scores (periods, n). What is not known is not hot."""
    rates = np.array([adjusted(each) for each in hot_probability(np.atleast_2d(scores))])
    return np.asarray(rates <= false_discoveries, dtype=bool)


def trend(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Mann-Kendall's standard score of each cell over the periods, ties counted; (n,). Negative: falling."""
    periods = len(scores)
    later, earlier = np.tril_indices(periods, -1)
    rises = np.sign(scores[later] - scores[earlier]).sum(axis=0) if periods > 1 else np.zeros(scores.shape[1])
    ties = np.zeros(scores.shape[1])
    for column in range(scores.shape[1]):
        _, repeated = np.unique(scores[:, column], return_counts=True)
        ties[column] = (repeated * (repeated - 1) * (2 * repeated + 5)).sum()
    variance = (periods * (periods - 1) * (2 * periods + 5) - ties) / 18.0
    steady = np.nan_to_num(rises) - np.sign(np.nan_to_num(rises))  # continuity: one step counts for nothing
    return np.where(variance > 0, steady / np.sqrt(np.where(variance > 0, variance, 1.0)), 0.0)


def classes(
    scores: NDArray[np.float64],
    observed: NDArray[np.bool_],
    false_discoveries: float = FALSE_DISCOVERIES,
) -> list[HotspotClass]:
    """The class of each cell from its scores (periods, n), oldest first. observed: (n,)."""
    is_hot = hot(scores, false_discoveries)
    often = is_hot.mean(axis=0) >= 0.5
    falling = trend(np.nan_to_num(scores)) <= FALLING_AT
    now, before = is_hot[-1], is_hot[:-1].any(axis=0)
    found = np.select(
        [~observed, now & ~before, often & (~now | falling), often, is_hot.any(axis=0)],
        [
            HotspotClass.NO_DATA,
            HotspotClass.NEW,
            HotspotClass.DIMINISHING,
            HotspotClass.PERSISTENT,
            "sporadic",
        ],
        HotspotClass.CALM,
    )
    return [HotspotClass(str(each)) for each in found]
