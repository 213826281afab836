"""The probability that a cell has an event in the next period, from the past alone.

At an origin (the first period not yet known) learners stand that were fitted to periods before it: the self-exciting
process anew for every period, the straight line at every `REFIT`th. How they are joined and calibrated is fitted to
what such learners told of the last periods before the origin, each from *its* own past: never to what they had seen.
Nothing reads a period at or after the origin, and the same past gives the same surface to the bit.

The constants here and in `experts` were chosen on years up to 2013: bench/README.md says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.surfaces.experts import SelfExciting, Straight
from geo.surfaces.history import History
from geo.surfaces.joining import Joining
from geo.surfaces.rows import WARMING, Past

REFIT = 6  # periods for which a straight line serves
JOINED_OVER = 48  # last periods whose forecasts say how to join and calibrate
BEGIN = np.array([0.85, 0.15])  # weights of the process and the line before anything was forecast
FEWEST_EVENTS = 30  # cells with an event, below which nothing is learned


class TooLittlePast(ValueError):
    """Too few periods or events to learn from."""


@dataclass
class Forecaster:
    """Forecasts on one history. Learners are kept, so that a later origin costs only what is new.

    seed: of which quiet rows are learned from.
    """

    history: History
    seed: int = 0
    _past: Past | None = None
    _lines: dict[int, Straight] = field(default_factory=dict)
    _said: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def surface(self, origin: int) -> NDArray[np.float64]:
        """(rows, columns): the probability of an event in period `origin`, told by the periods before it.

        Raises:
            TooLittlePast: fewer than twice `WARMING` periods, or than `FEWEST_EVENTS` cells with an event.
            ValueError: an origin outside the history.
        """
        if not 0 < origin <= self.history.periods:
            raise ValueError("The origin lies outside the history.")
        if not self._learns(self._line_from(origin)):
            raise TooLittlePast("There are too few periods or events to learn from.")
        probability = self._joining(origin).probability(self._told(origin))
        return probability.reshape(self.history.counts.shape[1:])

    @staticmethod
    def _line_from(period: int) -> int:
        """The line is fitted anew at every `REFIT`th period, counted from the first."""
        return period - period % REFIT

    def _learns(self, before: int) -> bool:
        events = np.count_nonzero(self.history.counts[WARMING:before])
        return before >= WARMING * 2 and int(events) >= FEWEST_EVENTS

    def _joining(self, origin: int) -> Joining:
        """From what was told of each period before `origin` by learners fitted before that period."""
        periods = [
            each
            for each in range(max(origin - JOINED_OVER, 0), origin)
            if self._learns(self._line_from(each))
        ]
        if not periods:
            return Joining(BEGIN, 1.0)
        said = np.concatenate([self._told(each) for each in periods])
        return Joining.fitted(said, (self.history.counts[periods] > 0).ravel(), BEGIN)

    def _told(self, period: int) -> NDArray[np.float64]:
        """(cells, learners): probabilities."""
        if period not in self._said:
            past = self._past = self._past or Past(self.history, SelfExciting.parts, self.seed)
            process = SelfExciting.fitted(*past.process(period))
            line_from = self._line_from(period)
            if line_from not in self._lines:
                self._lines[line_from] = Straight.fitted(*past.line(line_from))
            rows = past.row(period)
            self._said[period] = np.column_stack([process.told(rows), self._lines[line_from].told(rows)])
        return self._said[period]
