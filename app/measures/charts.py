"""Small charts of figures as numbers for an SVG in the page: no script, no style, zero-based bars."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.measures.models import Figure, Measure, Shape

WIDTH, HEIGHT, GAP, WIDEST = 360, 96, 4, 48


@dataclass(frozen=True)
class Bar:
    """One bar in units of the drawing, from the left and the top. value None: hidden or nothing on record."""

    label: str
    x: float
    y: float
    width: float
    height: float
    value: float | None


def drawn_value(measure: Measure, figure: Figure) -> float | None:
    """What a bar stands for: a share from 0 to 1, a median, or a number."""
    if figure.hidden:
        return None
    if measure.shape is Shape.SHARE:
        return figure.share
    if measure.shape is Shape.TIMES:
        return figure.median
    return figure.among if measure.shape is Shape.PARTS else figure.numerator


def bars(measure: Measure, months: Sequence[Figure]) -> list[Bar]:
    """A bar for each month; the tallest fills the drawing, a share of one does."""
    values = [drawn_value(measure, figure) for figure in months]
    known = [value for value in values if value is not None]
    most = 1.0 if measure.shape is Shape.SHARE else max(known, default=0.0)
    step = min(WIDTH / max(len(months), 1), WIDEST)
    found = []
    for n, (figure, value) in enumerate(zip(months, values, strict=True)):
        height = HEIGHT * value / most if value and most else 0.0
        found.append(
            Bar(figure.month or "", round(n * step + GAP / 2, 1), round(HEIGHT - height, 1), round(step - GAP, 1),
                round(height, 1), value)
        )  # fmt: skip
    return found
