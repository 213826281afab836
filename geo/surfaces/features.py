"""What tells where the next events will be: numbers for each cell at a moment, from the periods before it alone.

Counts decay over several half-lives in time and spread over several distances in space (an event raises the risk of
its own place most, of its neighbours less, for weeks strongly and for years weakly: the near-repeat pattern, and
the self-exciting processes of Mohler et al., JASA 106, 2011). Logarithms, since the second event tells less than the
first.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.surfaces import places
from geo.surfaces.history import History

HALF_LIVES = (1.0, 3.0, 9.0, 30.0)  # periods
ACTIVE_HALF_LIVES = (1.0, 2.0, 4.0, 9.0, 20.0, 50.0)  # periods
SPREADS = (0.0, 0.8, 2.0, 5.0)  # cells, one standard deviation
FAR = 120.0  # periods: what was longer ago, or never, is this long ago

# The column of `Memory.columns` that says how long ago something happened in a cell or beside it (its log1p).
SINCE_NEAR = len(SPREADS) * (len(HALF_LIVES) + 1) + 4

# The columns that are log1p(20 × a decayed and spread count), those that are the root of a share, and those that are
# log1p(20 × what `places` expects).
COUNTS = slice(0, len(SPREADS) * (len(HALF_LIVES) + 1))
SHARES = slice(SINCE_NEAR + 1, SINCE_NEAR + 1 + len(ACTIVE_HALF_LIVES) * 3 // 2 + 1)
PLACES = slice(SHARES.stop, SHARES.stop + places.WIDTH)

Grid = NDArray[np.float64]


def smoothing(length: int, spread: float) -> Grid:
    """(length, length) weights of a Gaussian of `spread` cells; nothing is taken from beyond the edge."""
    if spread <= 0:
        return np.eye(length)
    apart = np.subtract.outer(np.arange(length), np.arange(length))
    kernel = np.exp(-0.5 * (apart / spread) ** 2)
    whole = np.exp(-0.5 * (np.arange(-length - 40, length + 41) / spread) ** 2).sum()
    return kernel / whole


class Memory:
    """Decayed sums of a history, moved on period by period; at any time it has read no later period."""

    def __init__(self, history: History) -> None:
        self.history = history
        shape = history.counts.shape[1:]
        self.decays = [0.5 ** (1.0 / half) for half in HALF_LIVES]
        self.decayed = [np.zeros(shape) for _ in HALF_LIVES]
        self.ever = np.zeros(shape)
        self.months = np.zeros(shape)  # periods with an event
        self.fresh = np.zeros(shape)
        self.active_decays = [0.5 ** (1.0 / half) for half in ACTIVE_HALF_LIVES]
        self.active = [np.zeros(shape) for _ in ACTIVE_HALF_LIVES]
        self.severity = [np.zeros(shape), np.zeros(shape)]
        self.kinds = [np.zeros(shape) for _ in history.kinds]
        self.since = np.full(shape, FAR)
        self.since_near = np.full(shape, FAR)
        self.levels = [0.0, 0.0, 0.0]
        self.recent: list[Grid] = []
        self.places = places.Places(history)
        self.read = 0
        rows, columns = shape
        self.along = [(smoothing(rows, s), smoothing(columns, s)) for s in SPREADS]

    def move_on(self) -> None:
        """Reads the next period."""
        now = self.history.counts[self.read]
        for index, decay in enumerate(self.decays):
            self.decayed[index] = self.decayed[index] * decay + now
        for index, decay in enumerate((self.decays[1], self.decays[3])):
            self.severity[index] = self.severity[index] * decay + self.history.severity[self.read]
        for index, kind in enumerate(self.history.kinds):
            self.kinds[index] = self.kinds[index] * self.decays[2] + kind[self.read]
        self.ever += now
        happened = now > 0
        self.months += happened
        self.active = [
            each * decay + (1 - decay) * happened
            for each, decay in zip(self.active, self.active_decays, strict=True)
        ]
        if self.history.fresh is not None:
            self.fresh = self.history.fresh[self.read]
        self.since = np.where(happened, 0.0, np.minimum(self.since + 1, FAR))
        self.since_near = np.where(_grown(happened), 0.0, np.minimum(self.since_near + 1, FAR))
        self.levels = [
            level * decay + (1 - decay) * now.sum()
            for level, decay in zip(
                self.levels, (self.decays[0], self.decays[1], self.decays[3]), strict=True
            )
        ]
        self.recent = [*self.recent[-3:], now]
        self.places.move_on(self.read)
        self.read += 1

    def _smooth(self, grid: Grid, spread: float) -> Grid:
        rows, columns = self.along[SPREADS.index(spread)]
        return grid if spread == 0.0 else rows @ grid @ columns.T

    def columns(self, season: float) -> NDArray[np.float32]:
        """(cells, features) of the next period, whose season is given."""
        spread: list[Grid] = []
        for rows, columns in self.along:
            layers = [*self.decayed, self.ever * (12.0 / max(self.read, 12))]
            spread.extend(rows @ layer @ columns.T for layer in layers)
        rows, columns = self.along[1]
        wide_rows, wide_columns = self.along[2]
        last = sum(self.recent, np.zeros_like(self.ever))
        found = [np.log1p(20.0 * layer) for layer in spread]
        found += [np.log1p(last), np.log1p(self.recent[-1]) if self.recent else last]
        found += [np.log1p(self.months), np.log1p(self.since), np.log1p(self.since_near)]
        # How often a place is struck tells more than how many events one bad period had: shares, not counts.
        shares = [*self.active, *(rows @ each @ columns.T for each in self.active[1::2])]
        found += [np.sqrt(each) for each in (*shares, self.months / max(self.read, 24))]
        found += [np.log1p(20.0 * each) for each in self.places.parts(self._smooth)]
        found += [np.log1p(rows @ each @ columns.T) for each in self.severity]
        found += [np.log1p(5.0 * (wide_rows @ each @ wide_columns.T)) for each in self.kinds]
        if self.history.fresh is not None:
            found += [np.log1p(5.0 * self.fresh), np.log1p(20.0 * (rows @ self.fresh @ columns.T))]
        if self.history.exposure is not None:
            found.append(np.log1p(self.history.exposure))
        flat = np.column_stack([each.ravel() for each in found])
        short, middle, long = (np.log1p(level) for level in self.levels)
        turn = 2 * np.pi * season
        common = [middle, long, short - long, np.sin(turn), np.cos(turn)]
        return np.column_stack([flat, np.tile(common, (len(flat), 1))]).astype(np.float32)


def _grown(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The cells of a mask and the eight around each."""
    wide = np.pad(mask, 1)
    rows, columns = mask.shape
    return np.logical_or.reduce([wide[r : r + rows, c : c + columns] for r in range(3) for c in range(3)])
