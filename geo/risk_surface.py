"""The probability that a cell has an event in the next period, from the past alone.

At an origin (the first period not yet known) learners are fitted to all periods before it. How they are joined and
calibrated is fitted to what learners of earlier origins, `REFIT` periods apart, said of the periods that came after
*them*: never to what they had seen. Nothing reads a period at or after the origin, and the same past gives the same
surface to the bit.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from geo.surface_experts import Joining, Learner, learned, told
from geo.surface_features import FAR, SINCE_NEAR, Memory
from geo.surface_history import History

REFIT = 12  # periods for which a set of learners serves
FOLDS = 8  # earlier sets whose forecasts say how to join and calibrate
WARMING = 12  # first periods, whose past is too short to learn from
FEWEST_EVENTS = 30  # cells with an event, below which nothing is learned
QUIET_KEPT = 0.15  # share of the rows far from any event that are learned from, each with more weight


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
    _sets: dict[int, list[Learner]] = field(default_factory=dict)
    _said: dict[int, NDArray[np.float64]] = field(default_factory=dict)

    def surface(self, origin: int) -> NDArray[np.float64]:
        """(rows, columns): the probability of an event in period `origin`, told by the periods before it.

        Raises:
            TooLittlePast: fewer than `WARMING` + `REFIT` periods, or than `FEWEST_EVENTS` cells with an event.
            ValueError: an origin outside the history.
        """
        if not 0 < origin <= self.history.periods:
            raise ValueError("The origin lies outside the history.")
        fitted_at = self._fitted_at(origin)
        said = told(self._set(fitted_at), self._row(origin))
        probability = self._joining(fitted_at).probability(said)
        return probability.reshape(self.history.counts.shape[1:])

    def _fitted_at(self, origin: int) -> int:
        """Learners are fitted anew at every `REFIT`th period, counted from the first."""
        fitted_at = origin - origin % REFIT
        if fitted_at < WARMING + REFIT or self._events(fitted_at) < FEWEST_EVENTS:
            raise TooLittlePast("There are too few periods or events to learn from.")
        return fitted_at

    def _events(self, before: int) -> int:
        return int(np.count_nonzero(self.history.counts[WARMING:before]))

    def _joining(self, fitted_at: int) -> Joining:
        """From the forecasts of sets fitted before `fitted_at`, of periods before it."""
        said, happened = [], []
        for earlier in range(fitted_at - REFIT, fitted_at - REFIT * (FOLDS + 1), -REFIT):
            if earlier < WARMING + REFIT or self._events(earlier) < FEWEST_EVENTS:
                break
            for period in range(earlier, earlier + REFIT):
                if period not in self._said:
                    self._said[period] = told(self._set(earlier), self._row(period))
                said.append(self._said[period])
                happened.append(self.history.counts[period].ravel() > 0)
        if not said:
            return Joining.even(len(self._set(fitted_at)))
        return Joining.fitted(np.concatenate(said), np.concatenate(happened))

    def _set(self, fitted_at: int) -> list[Learner]:
        if fitted_at not in self._sets:
            rows, happened, weights = [], [], []
            for period in range(WARMING, fitted_at):
                of_period, events = self._row(period), self.history.counts[period].ravel() > 0
                kept, weight = self._kept(period, of_period, events)
                rows.append(of_period[kept])
                happened.append(events[kept])
                weights.append(weight[kept])
            self._sets[fitted_at] = learned(
                np.concatenate(rows), np.concatenate(happened), np.concatenate(weights), self.seed
            )
        return self._sets[fitted_at]

    def _kept(
        self, period: int, rows: NDArray[np.float32], events: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
        """Which cells of a period are learned from, and how much each counts.

        Drawn for each period by itself: what is drawn for one must not depend on what comes after it.
        """
        quiet = (rows[:, SINCE_NEAR] >= np.float32(np.log1p(FAR))) & ~events
        drawn = np.random.default_rng([self.seed, period]).random(len(rows)) < QUIET_KEPT
        return ~quiet | drawn, np.where(quiet, 1 / QUIET_KEPT, 1.0)

    def _row(self, period: int) -> NDArray[np.float32]:
        """(cells, features) of `period`, read from those before it alone."""
        memory = self._memory = self._memory or Memory(self.history)
        while len(self._rows) <= period:
            self._rows.append(memory.columns(float(self.history.season[len(self._rows)])))
            if memory.read < self.history.periods:
                memory.move_on()
        return self._rows[period]
