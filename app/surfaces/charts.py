"""The calibration plot as numbers for an SVG in the page: what was said to the right, what happened
up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from app.surfaces.scores import Bin

SIDE, MARGIN = 240, 34
SMALLEST, LARGEST = 2.5, 9.0
TICKS = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@dataclass(frozen=True)
class Point:
    """One band, in units of the drawing, from the left and the top. count: forecasts in it; radius by its root."""

    x: float
    y: float
    radius: float
    bin: Bin


@dataclass(frozen=True)
class Plot:
    """most: the probability at the right and upper edge; ticks: (probability, distance from the corner)."""

    points: Sequence[Point]
    most: float
    ticks: Sequence[tuple[float, float]]


def calibration(bins: Sequence[Bin]) -> Plot:
    """The bands over a square from 0 to the next round number above all of them: most forecasts are small ones."""
    highest = max((max(b.said, b.happened) for b in bins), default=1.0)
    most = next(tick for tick in TICKS if tick >= min(highest, 1.0))
    largest = max((b.count for b in bins), default=1)
    points = [
        Point(
            round(MARGIN + SIDE * b.said / most, 1), round(SIDE - SIDE * b.happened / most, 1),
            round(max(SMALLEST, LARGEST * sqrt(b.count / largest)), 1), b,
        )
        for b in bins
    ]  # fmt: skip
    return Plot(points, most, [(most * n / 4, round(SIDE * n / 4, 1)) for n in range(5)])
