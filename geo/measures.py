"""Figures for accountability: medians, percentiles and shares that never come without their denominators."""

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)

SMALLEST_CELL = 5
NO_FIGURE = "—"


def percentile(values: Sequence[float], share: float) -> float | None:
    """The value below which `share` (0 to 1) of the values lie, interpolated linearly; None without values.

    Definition 7 of Hyndman and Fan (Sample quantiles in statistical packages, The American Statistician 50,
    1996): the position is (n − 1) × share in the sorted values, counted from 0. It is what spreadsheets,
    NumPy and PostgreSQL's percentile_cont give.

    Raises:
        ValueError: a share outside 0 to 1, or a value that is not a finite number.
    """
    if not 0.0 <= share <= 1.0:
        raise ValueError("The share of a percentile must be from 0 to 1.")
    if not all(math.isfinite(value) for value in values):
        raise ValueError("A percentile needs finite numbers.")
    if not values:
        return None
    ordered = sorted(values)
    position = (len(ordered) - 1) * share
    below = math.floor(position)
    above = min(below + 1, len(ordered) - 1)
    between = ordered[below] + (position - below) * (ordered[above] - ordered[below])
    return min(max(between, ordered[below]), ordered[above])  # rounding must not leave the two neighbours


def median(values: Sequence[float]) -> float | None:
    """The middle value, or the mean of the two middle ones; None without values."""
    return percentile(values, 0.5)


@dataclass(frozen=True)
class Share:
    """So many of so many. Printed with both numbers; with nothing to count it is '—', never 0 %."""

    numerator: int
    denominator: int

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError("A share needs a numerator from 0 to its denominator.")

    @property
    def value(self) -> float | None:
        """0 to 1, or None when the denominator is 0."""
        return self.numerator / self.denominator if self.denominator else None

    def __str__(self) -> str:
        if self.value is None:
            return NO_FIGURE
        return f"{self.numerator} of {self.denominator} ({math.floor(100 * self.value + 0.5)} %)"


@dataclass(frozen=True)
class DurationSummary:
    """Times from one step to another, with what they were taken from.

    count: durations measured. missing: cases whose timestamp is missing. reversed: cases whose steps are
    recorded in the wrong order (a fault of the record; left out of the figures, and shown). median,
    ninetieth: None without durations.
    """

    count: int
    missing: int
    reversed: int
    median: timedelta | None
    ninetieth: timedelta | None

    @property
    def missing_share(self) -> Share:
        """Cases without a usable duration, of all cases."""
        unusable = self.missing + self.reversed
        return Share(unusable, self.count + unusable)


def summarise(durations: Iterable[timedelta | None]) -> DurationSummary:
    """Median and 90th percentile (definition 7) of durations; None is a missing timestamp."""
    known, missing, wrong_order = [], 0, 0
    for duration in durations:
        if duration is None:
            missing += 1
        elif duration < timedelta():
            wrong_order += 1
        else:
            known.append(duration / timedelta(seconds=1))
    middle, ninetieth = median(known), percentile(known, 0.9)
    return DurationSummary(
        count=len(known),
        missing=missing,
        reversed=wrong_order,
        median=None if middle is None else timedelta(seconds=middle),
        ninetieth=None if ninetieth is None else timedelta(seconds=ninetieth),
    )


def shown_count(count: int, smallest: int = SMALLEST_CELL) -> str:
    """A count for release: '<5' for 1 to 4, since so few people can be told apart; 0 stays 0.

    For one number alone. In a table with totals use `suppress_small_cells`, or a subtraction gives it back.
    """
    if count < 0:
        raise ValueError("A count cannot be negative.")
    return f"<{smallest}" if 0 < count < smallest else str(count)


def suppress_small_cells(counts: Mapping[Key, int], smallest: int = SMALLEST_CELL) -> dict[Key, int | None]:
    """A table's cells for release beside their total: None for each hidden cell.

    Cells of 1 to `smallest` − 1 are hidden, then the next larger ones, until what is hidden is at least two
    cells that hold at least `smallest` together: one hidden cell alone is the total less the rest. A table
    too small to hide anything in is hidden altogether, and its total must be too. (Hundepool et al.,
    Statistical Disclosure Control, 2012, chapter 4.)

    Raises:
        ValueError: a negative count.
    """
    if any(count < 0 for count in counts.values()):
        raise ValueError("A count cannot be negative.")
    rising = sorted((key for key in counts if counts[key] > 0), key=lambda key: (counts[key], repr(key)))
    hidden = [key for key in rising if counts[key] < smallest]
    if not hidden:
        return dict(counts)
    for key in rising[len(hidden) :]:
        if len(hidden) >= 2 and sum(counts[each] for each in hidden) >= smallest:
            break
        hidden.append(key)
    if len(hidden) < 2 or sum(counts[each] for each in hidden) < smallest:
        return dict.fromkeys(counts)
    return {key: None if key in hidden else count for key, count in counts.items()}
