"""How learners' log odds become one probability, by what they told of periods that they had not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# How strongly the joining holds to the weights that it begins with, and to the level that the learners told. The
# learners say much the same: without the first, few events would give one of them three times the weight and another a
# negative one. Without the second, the months before would press down the one in which it begins again.
PRIOR, LEVEL_PRIOR = 1000.0, 300.0


@dataclass(frozen=True)
class Joining:
    """Weights (learners,) and a level, from past forecasts."""

    weights: NDArray[np.float64]
    level: float

    @classmethod
    def fitted(
        cls, said: NDArray[np.float64], happened: NDArray[np.bool_], begin: NDArray[np.float64]
    ) -> Joining:
        """The most likely weights after forecasts `said` (n, learners: log odds) of what then `happened` (n,).

        Penalised towards `begin` (learners,), so that few events move little; these themselves without a forecast.
        Newton's method; the loss is convex.
        """
        rows = np.column_stack([said, np.ones(len(said))])
        prior = np.append(begin, 0.0)
        held = np.append(np.full(len(begin), PRIOR), LEVEL_PRIOR)
        found = prior.copy()
        for _ in range(50):
            probability = 1.0 / (1.0 + np.exp(-(rows @ found)))
            slope = rows.T @ (probability - happened) + held * (found - prior)
            bend = (rows * (probability * (1 - probability))[:, None]).T @ rows
            step = np.linalg.solve(bend + np.diag(held), slope)
            found = found - step
            if np.abs(step).max() < 1e-9:
                break
        return cls(found[:-1], float(found[-1]))

    def probability(self, said: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(1.0 / (1.0 + np.exp(-(said @ self.weights + self.level))), dtype=np.float64)
