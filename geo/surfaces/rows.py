"""What learners learn from: of each period what was struck, the sum of all, and a drawing of the quiet cells.

The features of all cells at all times would fill the memory of a small server; those of the last periods are kept whole,
of the others what learning needs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.surfaces.features import FAR, SINCE_NEAR, Memory
from geo.surfaces.history import History

WARMING = 12  # first periods, whose past is too short to learn from
KEPT_WHOLE = 60  # last periods, whose features are kept for all cells
# Share of the cells without an event that are drawn, each with as much more weight: where nothing happened nearby for a
# year, and where nothing ever did. The near ones all count, as long as they are not more than `MOST_NEAR`.
CALM_KEPT, QUIET_KEPT = 0.10, 0.03
MOST_NEAR = 40_000
CALM_AFTER = 12  # periods

Rows = NDArray[np.float32]
Parts = Callable[[Rows], NDArray[np.float64]]


@dataclass(frozen=True)
class Drawn:
    """The cells of one period that may be learned from (n,), and how many of all were near."""

    rows: Rows
    happened: NDArray[np.bool_]
    quiet: NDArray[np.float32]
    lot: NDArray[np.float64]
    near: int


def kept_shares(happened: NDArray[np.bool_], quiet: NDArray[np.float32], near: float) -> NDArray[np.float64]:
    """(n,): the share of such cells that is drawn; quiet: periods since something happened in a cell or beside it."""
    found = np.select(
        [happened, quiet < CALM_AFTER, quiet < FAR - 0.5], [1.0, near, near * CALM_KEPT], near * QUIET_KEPT
    )
    return np.asarray(found, dtype=np.float64)


class Past:
    """Reads a history period by period; what it tells of one depends on those before it alone.

    parts: (n, features) to (n, parts) of the self-exciting process. seed: of the drawing.
    """

    def __init__(self, history: History, parts: Parts, seed: int) -> None:
        self.history, self.parts, self.seed = history, parts, seed
        self._memory = Memory(history)
        self._rows: dict[int, Rows] = {}
        self._struck: list[NDArray[np.float64]] = []
        self._wholes: list[NDArray[np.float64]] = []
        self._drawn: list[Drawn] = []

    def row(self, period: int) -> Rows:
        """(cells, features) of `period`, read from those before it."""
        self._read(period)
        if period not in self._rows:
            memory = Memory(self.history)
            for _ in range(period):
                memory.move_on()
            self._rows[period] = memory.columns(float(self.history.season[period]))
        return self._rows[period]

    def process(self, before: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Of the periods after `WARMING` and before `before`: parts where something happened (n, parts), sum of all."""
        self._read(before)
        count = before - WARMING
        return np.concatenate(self._struck[:count]), self._wholes[count - 1]

    def line(self, before: int) -> tuple[Rows, NDArray[np.bool_], NDArray[np.float64]]:
        """Of the same periods the rows that are drawn (n, features), what happened (n,), how much each counts (n,)."""
        self._read(before)
        periods = self._drawn[: before - WARMING]
        near = min(1.0, MOST_NEAR / max(sum(each.near for each in periods), 1))
        rows, happened, weights = [], [], []
        for each in periods:
            share = kept_shares(each.happened, each.quiet, near)
            kept = each.lot < share
            rows.append(each.rows[kept])
            happened.append(each.happened[kept])
            weights.append(1.0 / share[kept])
        return np.concatenate(rows), np.concatenate(happened), np.concatenate(weights)

    def _read(self, period: int) -> None:
        """Up to `period`: its own events stay unread."""
        while self._memory.read < period:
            read = self._memory.read
            self._remember(read)
            self._memory.move_on()
            self._rows.pop(read - KEPT_WHOLE, None)
        if period == self._memory.read and period not in self._rows:
            self._rows[period] = self._memory.columns(float(self.history.season[period]))

    def _remember(self, period: int) -> None:
        if period not in self._rows:
            self._rows[period] = self._memory.columns(float(self.history.season[period]))
        if period < WARMING:
            return
        rows = self._rows[period]
        happened = self.history.counts[period].ravel() > 0
        parts = self.parts(rows)
        self._struck.append(parts[happened])
        total = parts.sum(axis=0)
        self._wholes.append(total + self._wholes[-1] if self._wholes else total)
        quiet = np.expm1(rows[:, SINCE_NEAR])
        # Drawn for each period by itself: what is drawn for one must not depend on what comes after it.
        lot = np.random.default_rng([self.seed, period]).random(len(rows))
        kept = lot < kept_shares(happened, quiet, 1.0)
        near = int((quiet < CALM_AFTER).sum())
        self._drawn.append(Drawn(rows[kept], happened[kept], quiet[kept], lot[kept], near))
