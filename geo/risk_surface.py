"""The probability that a cell has an event in the next period, from the past alone.

At an origin (the first period not yet known) learners stand that were fitted to periods before it, anew at every
`REFIT`th. How they are joined and calibrated is fitted to what such learners told of the last periods before the
origin, each from *its* own past: never to what they had seen. Nothing reads a period at or after the origin, and the
same past gives the same surface to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.surface_experts import Joining, Learned
from geo.surface_features import FAR, SINCE_NEAR, Memory
from geo.surface_history import History

REFIT = 6  # periods for which a set of learners serves
JOINED_OVER = 48  # last periods whose forecasts say how to join and calibrate
FADING = 72.0  # periods after which what happened counts half
WARMING = 12  # first periods, whose past is too short to learn from
FEWEST_EVENTS = 30  # cells with an event, below which nothing is learned
# Share of the rows without an event that are learned from, each with as much more weight: where nothing happened
# nearby for a year, and where nothing ever did. The near ones all count, as long as they are not more than `MOST_NEAR`.
CALM_KEPT, QUIET_KEPT = 0.10, 0.03
MOST_NEAR = 40_000
CALM_AFTER = 12  # periods


class TooLittlePast(ValueError):
    """Too few periods or events to learn from."""


@dataclass
class Forecaster:
    """Forecasts on one history. Learners are kept, so that a later origin costs only what is new.

    seed: of the learners and of which quiet rows are learned from.
    """

    history: History
    seed: int = 0
    _memory: Memory | None = None
    _rows: list[NDArray[np.float32]] = field(default_factory=list)
    _sets: dict[int, Learned] = field(default_factory=dict)
    _said: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def surface(self, origin: int) -> NDArray[np.float64]:
        """(rows, columns): the probability of an event in period `origin`, told by the periods before it.

        Raises:
            TooLittlePast: fewer than twice `WARMING` periods, or than `FEWEST_EVENTS` cells with an event.
            ValueError: an origin outside the history.
        """
        if not 0 < origin <= self.history.periods:
            raise ValueError("The origin lies outside the history.")
        if not self._learns(self._fitted_at(origin)):
            raise TooLittlePast("There are too few periods or events to learn from.")
        probability = self._joining(origin).probability(self._told(origin))
        return probability.reshape(self.history.counts.shape[1:])

    @staticmethod
    def _fitted_at(period: int) -> int:
        """Learners are fitted anew at every `REFIT`th period, counted from the first."""
        return period - period % REFIT

    def _learns(self, before: int) -> bool:
        events = np.count_nonzero(self.history.counts[WARMING:before])
        return before >= WARMING * 2 and int(events) >= FEWEST_EVENTS

    def _joining(self, origin: int) -> Joining:
        """From what was told of each period before `origin` by learners fitted before that period."""
        periods = [
            each
            for each in range(max(origin - JOINED_OVER, 0), origin)
            if self._learns(self._fitted_at(each))
        ]
        if not periods:
            return Joining.even(self._told(origin).shape[1])
        said = np.concatenate([self._told(each) for each in periods])
        return Joining.fitted(said, (self.history.counts[periods] > 0).ravel())

    def _told(self, period: int) -> NDArray[np.float64]:
        if period not in self._said:
            self._said[period] = self._set(self._fitted_at(period)).told(self._row(period))
        return self._said[period]

    def _set(self, fitted_at: int) -> Learned:
        if fitted_at not in self._sets:
            periods = range(WARMING, fitted_at)
            near = sum(int((self._quiet_for(each) < CALM_AFTER).sum()) for each in periods)
            near_kept = min(1.0, MOST_NEAR / max(near, 1))
            rows, happened, weights = [], [], []
            for period in periods:
                events = self.history.counts[period].ravel() > 0
                kept, weight = self._kept(period, events, near_kept)
                rows.append(self._row(period)[kept])
                happened.append(events[kept])
                weights.append(weight[kept] * 0.5 ** ((fitted_at - period) / FADING))
            self._sets[fitted_at] = Learned.fitted(
                np.concatenate(rows), np.concatenate(happened), np.concatenate(weights), self.seed
            )
        return self._sets[fitted_at]

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
