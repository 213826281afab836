"""The probability that a cell has an event in the next period, from the past alone.

At an origin (the first period not yet known) learners stand that were fitted to periods before it: the self-exciting
process anew for every period, the straight line at every `REFIT`th. How they are joined and calibrated is fitted to
what such learners told of the last periods before the origin, each from *its* own past: never to what they had seen.
Nothing reads a period at or after the origin, and the same past gives the same surface to the bit.

The constants here and in `surface_experts` were chosen on years up to 2013: bench/README.md says how.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.surface_experts import SelfExciting, Straight
from geo.surface_features import FAR, SINCE_NEAR, Memory
from geo.surface_history import History
from geo.surface_joining import Joining

REFIT = 6  # periods for which a straight line serves
JOINED_OVER = 48  # last periods whose forecasts say how to join and calibrate
BEGIN = np.array([0.85, 0.15])  # weights of the process and the line before anything was forecast
WARMING = 12  # first periods, whose past is too short to learn from
FEWEST_EVENTS = 30  # cells with an event, below which nothing is learned
# Share of the rows without an event that the line learns from, each with as much more weight: where nothing happened
# nearby for a year, and where nothing ever did. The near ones all count, as long as they are not more than `MOST_NEAR`.
CALM_KEPT, QUIET_KEPT = 0.10, 0.03
MOST_NEAR = 40_000
CALM_AFTER = 12  # periods


class TooLittlePast(ValueError):
    """Too few periods or events to learn from."""


@dataclass
class Forecaster:
    """Forecasts on one history. Learners are kept, so that a later origin costs only what is new.

    seed: of which quiet rows are learned from.
    """

    history: History
    seed: int = 0
    _memory: Memory | None = None
    _rows: list[NDArray[np.float32]] = field(default_factory=list)
    _struck: list[NDArray[np.float64]] = field(default_factory=list)
    _wholes: list[NDArray[np.float64]] = field(default_factory=list)
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
            return Joining(BEGIN, 0.0)
        said = np.concatenate([self._told(each) for each in periods])
        return Joining.fitted(said, (self.history.counts[periods] > 0).ravel(), BEGIN)

    def _told(self, period: int) -> NDArray[np.float64]:
        """(cells, learners): log odds."""
        if period not in self._said:
            rows = self._row(period)
            learners = (self._process(period), self._line(self._line_from(period)))
            self._said[period] = np.column_stack([each.told(rows) for each in learners])
        return self._said[period]

    def _process(self, before: int) -> SelfExciting:
        """Fitted to all periods after `WARMING` and before `before`."""
        while len(self._struck) < before - WARMING:
            period = WARMING + len(self._struck)
            parts = SelfExciting.parts(self._row(period))
            self._struck.append(parts[self.history.counts[period].ravel() > 0])
            total = parts.sum(axis=0)
            self._wholes.append(total + self._wholes[-1] if self._wholes else total)
        count = before - WARMING
        return SelfExciting.fitted(np.concatenate(self._struck[:count]), self._wholes[count - 1])

    def _line(self, before: int) -> Straight:
        if before not in self._lines:
            periods = range(WARMING, before)
            near = sum(int((self._quiet_for(each) < CALM_AFTER).sum()) for each in periods)
            near_kept = min(1.0, MOST_NEAR / max(near, 1))
            rows, happened, weights = [], [], []
            for period in periods:
                events = self.history.counts[period].ravel() > 0
                kept, weight = self._kept(period, events, near_kept)
                rows.append(self._row(period)[kept])
                happened.append(events[kept])
                weights.append(weight[kept])
            self._lines[before] = Straight.fitted(
                np.concatenate(rows), np.concatenate(happened), np.concatenate(weights)
            )
        return self._lines[before]

    def _kept(
        self, period: int, events: NDArray[np.bool_], near_kept: float
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which cells of a period are learned from, and how much each counts: all with an event, others by drawing.

        Drawn for each period by itself: what is drawn for one must not depend on what comes after it.
        """
        quiet = self._quiet_for(period)
        calm, never = near_kept * CALM_KEPT, near_kept * QUIET_KEPT
        share = np.select([events, quiet < CALM_AFTER, quiet < FAR - 0.5], [1.0, near_kept, calm], never)
        drawn = np.random.default_rng([self.seed, period]).random(len(events)) < share
        return drawn, 1.0 / share

    def _quiet_for(self, period: int) -> NDArray[np.float32]:
        """(cells,): periods since something happened in a cell or beside it."""
        return np.expm1(self._row(period)[:, SINCE_NEAR])

    def _row(self, period: int) -> NDArray[np.float32]:
        """(cells, features) of `period`, read from those before it alone."""
        memory = self._memory = self._memory or Memory(self.history)
        while len(self._rows) <= period:
            self._rows.append(memory.columns(float(self.history.season[len(self._rows)])))
            if memory.read < self.history.periods:
                memory.move_on()
        return self._rows[period]
