"""Where it usually happens, and how much happens lately: products that tell how many events to expect in a cell.

A place's share of all that happened is multiplied by what happened lately in the country, in the region around it, or
by what an actor did lately anywhere who was active there before. Sums of decays alone miss this: when violence comes
back after a calm year it comes back to the same towns, first of all to those of the actors who stir. In the form of
Mohler et al., Randomized controlled field trials of predictive policing, JASA 110 (2015): a long-term rate of the
place times what triggers it now; shares of parts are found by `experts.SelfExciting`.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geo.surfaces.history import History

LATELY = (1.0, 3.0, 9.0)  # half-lives in periods of what happens lately
USUALLY = (40.0, 1e9)  # of where it usually happens: the last years, and ever
COUNTRY_SPREADS, AROUND_SPREADS, ACTOR_SPREADS = (0.0, 0.8, 2.0), (0.0, 0.8), (0.0, 0.8, 2.0)  # cells
# Around a cell is as far as these spreads; each with what is added to its sum, so that a share of next to nothing is not
# all of it.
AROUND = ((5.0, 1e-3), (2.0, 1e-2))
MOST_OF_AROUND = 3.0  # a cell's share of what is around it is told up to this
ACTORS_LATELY = (2.0, 6.0)
HARM, HARM_SPREADS = (
    (1.0, 4.0, 15.0),
    (0.0, 0.8, 2.0),
)  # half-lives of the events' severity, and how far it is spread
WIDTH = len(USUALLY) * len(LATELY) * (len(COUNTRY_SPREADS) + len(AROUND) * len(AROUND_SPREADS)) + (
    len(ACTORS_LATELY) * len(ACTOR_SPREADS) + len(HARM) * len(HARM_SPREADS)
)

Grid = NDArray[np.float64]
Smooth = Callable[[Grid, float], Grid]


def kept_share(half_life: float) -> float:
    """How much of a decaying sum is left after a period."""
    return float(0.5 ** (1.0 / half_life))


class Places:
    """What is remembered of places and actors, moved on period by period; it never reads a later one."""

    def __init__(self, history: History) -> None:
        self.history = history
        shape = history.counts.shape[1:]
        self.usually = [np.zeros(shape) for _ in USUALLY]
        self.lately = [np.zeros(shape) for _ in LATELY]
        self.harm = [np.zeros(shape) for _ in HARM]
        # Actors by the order in which they first struck: what comes later must not change how the past adds up.
        self.actors: dict[int, int] = {}
        self.footprints = np.zeros((0, *shape))
        self.active = np.zeros((len(ACTORS_LATELY), 0))

    def move_on(self, period: int) -> None:
        """Reads `period`, which must be the one after the last that was read."""
        struck = (self.history.counts[period] > 0).astype(np.float64)
        for index, half in enumerate(USUALLY):
            self.usually[index] = self.usually[index] * kept_share(half) + struck
        for index, half in enumerate(LATELY):
            self.lately[index] = self.lately[index] * kept_share(half) + struck
        for index, half in enumerate(HARM):
            severity = (1 - kept_share(half)) * self.history.severity[period]
            self.harm[index] = self.harm[index] * kept_share(half) + severity
        if self.history.struck_by is not None:
            self._read_actors(period, self.history.struck_by)

    def _read_actors(self, period: int, struck_by: NDArray[np.intp]) -> None:
        now = np.unique(struck_by[struck_by[:, 0] == period], axis=0)
        for actor in now[:, 2]:
            self.actors.setdefault(int(actor), len(self.actors))
        if not self.actors:
            return
        fresh = len(self.actors) - len(self.footprints)
        if fresh:
            shape = self.footprints.shape[1:]
            self.footprints = np.concatenate([self.footprints, np.zeros((fresh, *shape))])
            self.active = np.column_stack([self.active, np.zeros((len(ACTORS_LATELY), fresh))])
        which = np.array([self.actors[int(actor)] for actor in now[:, 2]], dtype=np.intp)
        self.footprints *= kept_share(USUALLY[0])
        flat = self.footprints.reshape(len(self.footprints), -1)
        flat[which, now[:, 1]] += 1.0
        cells = np.bincount(which, minlength=len(self.actors))
        for index, half in enumerate(ACTORS_LATELY):
            self.active[index] = self.active[index] * kept_share(half) + cells

    def parts(self, smooth: Smooth) -> list[Grid]:
        """`WIDTH` grids: expected numbers of struck cells, and severity; `smooth(grid, spread)` spreads over cells."""
        found: list[Grid] = []
        rates = [(1 - kept_share(half)) * each for half, each in zip(LATELY, self.lately, strict=True)]
        around = [[smooth(rate, wide) for rate in rates] for wide, _ in AROUND]
        for usual in self.usually:
            whole = usual.sum() + 1e-9
            for spread in COUNTRY_SPREADS:
                share = smooth(usual, spread) / whole
                found += [share * rate.sum() for rate in rates]
            for (wide, least), near in zip(AROUND, around, strict=True):
                ground = smooth(usual, wide) + least
                for spread in AROUND_SPREADS:
                    share = np.minimum(smooth(usual, spread) / ground, MOST_OF_AROUND)
                    found += [share * each for each in near]
        found += [smooth(each, spread) for each in self.harm for spread in HARM_SPREADS]
        return found + self._of_actors(smooth)

    def _of_actors(self, smooth: Smooth) -> list[Grid]:
        """What actors did lately, laid where each of them was before."""
        whole = np.maximum(self.footprints.sum(axis=(1, 2)), 1e-9)
        found = []
        for active, half in zip(self.active, ACTORS_LATELY, strict=True):
            expected = np.tensordot((1 - kept_share(half)) * active / whole, self.footprints, axes=1)
            found += [smooth(expected, spread) for spread in ACTOR_SPREADS]
        return found
