"""How good forecasts were: what they caught, how they ranked, whether their probabilities came true.

Brier, Verification of forecasts expressed in terms of probability, Monthly Weather Review 78 (1950); Naeini et al.,
Obtaining well calibrated probabilities, AAAI 2015 (the calibration error); Chainey, Tompson and Uhlig, The utility of
hotspot mapping, Security Journal 21 (2008) (hit rate by share of the area).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score

BINS = 10


@dataclass(frozen=True)
class Bin:
    """Forecasts of one band of probability: how many, their mean, and the share in which it happened."""

    count: int
    said: float
    happened: float


def hits(scores: NDArray[np.float64], events: NDArray[np.float64], share: float) -> float:
    """Events in the `share` of the cells with the highest scores, for one period: (n,), (n,).

    Where cells of one score lie on both sides of the line, each takes its part: what is to be expected of a drawing.

    Raises:
        ValueError: a share outside 0 to 1.
    """
    if not 0.0 < share <= 1.0:
        raise ValueError("The share of the area must be above 0 and at most 1.")
    room = max(1, round(share * len(scores)))
    line = np.partition(scores, len(scores) - room)[len(scores) - room]
    above, level = scores > line, scores == line
    caught = events[above].sum() + events[level].sum() * (room - above.sum()) / level.sum()
    return float(caught)


def hit_rate(scores: list[NDArray[np.float64]], events: list[NDArray[np.float64]], share: float) -> float:
    """Share of all events that fell into each period's `share` of the area; NaN without events."""
    total = sum(float(each.sum()) for each in events)
    caught = sum(hits(s, e, share) for s, e in zip(scores, events, strict=True))
    return caught / total if total else float("nan")


def average_precision(scores: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """Area under precision by recall, all periods together, ties taken as one step; NaN if nothing happened."""
    return float(average_precision_score(happened, scores)) if happened.any() else float("nan")


def brier(probability: NDArray[np.float64], happened: NDArray[np.bool_]) -> float:
    """Mean squared error of the probabilities: 0 is best."""
    return float(np.mean((probability - happened) ** 2))


def skill(of: float, beside: float) -> float:
    """How much smaller an error is than another's: 1 perfect, 0 no better, negative worse. NaN beside no error."""
    return 1.0 - of / beside if beside > 0 else float("nan")


def calibration(
    probability: NDArray[np.float64], happened: NDArray[np.bool_], *, equal: str = "width"
) -> list[Bin]:
    """Forecasts in ten bands: of equal "width", or of equal "count" (which looks closely where most of them lie).

    Raises:
        ValueError: another way of making bands.
    """
    if equal == "width":
        band = np.minimum((probability * BINS).astype(int), BINS - 1)
    elif equal == "count":
        rank = np.argsort(np.argsort(probability, kind="stable"), kind="stable")
        band = rank * BINS // max(len(probability), 1)
    else:
        raise ValueError("Bands are of equal width or of equal count.")
    return [
        Bin(
            int((band == each).sum()),
            float(probability[band == each].mean()),
            float(happened[band == each].mean()),
        )
        for each in range(BINS)
        if (band == each).any()
    ]


def calibration_error(bins: list[Bin]) -> float:
    """Mean distance between what was said and what happened, by how often it was said."""
    total = sum(each.count for each in bins)
    return (
        sum(each.count * abs(each.said - each.happened) for each in bins) / total if total else float("nan")
    )
