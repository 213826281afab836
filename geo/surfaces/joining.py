"""How learners' probabilities become one, by what they told of periods that they had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# How many events it takes to move the joining half of the way: from the weights that it begins with, and from the level
# that the learners told. The level is held the more: without that, the months before would press down the one in which
# it begins again.
PRIOR, LEVEL_PRIOR = 30.0, 1000.0
STEPS = 60
MOST = 1 - 1e-5  # nor "for sure"


@dataclass(frozen=True)
class Joining:
    """A linear opinion pool (Stone, Annals of Mathematical Statistics 32, 1961): weights (learners,) that sum to one,
    and a level, from past forecasts.

    Probabilities are added, not their odds multiplied: a learner that sees nothing in a cell then can't veto another
    that does.
    """

    weights: NDArray[np.float64]
    level: float

    @classmethod
    def fitted(
        cls, said: NDArray[np.float64], happened: NDArray[np.bool_], begin: NDArray[np.float64]
    ) -> Joining:
        """The most likely weights after forecasts `said` (n, learners: probabilities above 0) of what `happened` (n,).

        Held to `begin` (learners,) as if `PRIOR` events had confirmed it, so that few events move little; these
        themselves without a forecast. By expectation and maximisation, like the self-exciting process.
        """
        struck, whole = said[happened], said.sum(axis=0)
        found = begin
        for _ in range(STEPS):
            parts = struck * found
            parts /= parts.sum(axis=1, keepdims=True)
            found = (parts.sum(axis=0) + PRIOR * begin) / (whole + PRIOR)
            found = found / found.sum()
        level = (len(struck) + LEVEL_PRIOR) / (float(whole @ found) + LEVEL_PRIOR)
        return cls(found, level)

    def probability(self, said: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) of probabilities (n, learners)."""
        return np.asarray(np.minimum(self.level * (said @ self.weights), MOST), dtype=np.float64)
