"""What is known of a grid's cells, period by period, and what a forecaster may read from it before an origin."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class History:
    """Events of the past, counted on a grid.

    counts: (periods, rows, columns), oldest period first. severity: the same shape, the sum of the events' weights
    (any scale from 0). kinds: each (periods, rows, columns), counts of kinds of event or actor, in any order.
    season: (periods + 1,), the part of the year in which each period begins, 0 to 1, that of the period to come
    included. exposure: (rows, columns), how much there is to be harmed (people), if it is known. fresh: the shape of the
    counts, the period's events weighted by how late in it they came (1 on its last day), if days are known.
    struck_by: (n, 3) of period, cell (row by row) and actor (any number from 0), in any order, if actors are known.
    """

    counts: NDArray[np.float64]
    severity: NDArray[np.float64]
    season: NDArray[np.float64]
    kinds: tuple[NDArray[np.float64], ...] = field(default=())
    exposure: NDArray[np.float64] | None = None
    fresh: NDArray[np.float64] | None = None
    struck_by: NDArray[np.intp] | None = None

    def __post_init__(self) -> None:
        if self.counts.ndim != 3:
            raise ValueError("Counts need periods, rows and columns.")
        if any(each.shape != self.counts.shape for each in (self.severity, *self.kinds)):
            raise ValueError("Severity and kinds need the shape of the counts.")
        if len(self.season) != len(self.counts) + 1:
            raise ValueError("Each period needs its season, and so does the one to come.")
        if self.fresh is not None and self.fresh.shape != self.counts.shape:
            raise ValueError("Fresh events need the shape of the counts.")
        if self.exposure is not None and self.exposure.shape != self.counts.shape[1:]:
            raise ValueError("Exposure needs a value for each cell.")
        if self.struck_by is not None:
            if self.struck_by.ndim != 2 or self.struck_by.shape[1] != 3:
                raise ValueError("Who struck needs period, cell and actor.")
            if (self.struck_by < 0).any() or (self.struck_by[:, :2] >= (self.periods, self.cells)).any():
                raise ValueError("Who struck needs a period and a cell of the counts.")

    @property
    def periods(self) -> int:
        return len(self.counts)

    @property
    def cells(self) -> int:
        return self.counts.shape[1] * self.counts.shape[2]

    def before(self, origin: int) -> History:
        """The same without period `origin` and all after it: all that a forecast made then may read."""
        return History(
            self.counts[:origin],
            self.severity[:origin],
            self.season[: origin + 1],
            tuple(each[:origin] for each in self.kinds),
            self.exposure,
            None if self.fresh is None else self.fresh[:origin],
            None if self.struck_by is None else self.struck_by[self.struck_by[:, 0] < origin],
        )
