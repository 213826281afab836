"""Four kinds of learner that turn the numbers of `surface_features` into the odds of an event, and how they are joined.

A logistic regression finds what multiplies, a self-exciting process what adds up, boosted trees and a forest of
random ones what depends on one another; each errs in its own way, so that their mean errs less. Weights and
calibration come from forecasts that they made of periods which they had not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from geo.surface_features import COUNTS, SHARES

LEAST = 1e-5  # no forecast says "never": odds stay finite
# How strongly the joining holds to equal weights, and to the level that the learners told. The learners say much the
# same: without the first, few events would give one of them three times the weight and another a negative one.
PRIOR, LEVEL_PRIOR = 20.0, 1.0


class Learner(Protocol):
    def predict_proba(self, rows: NDArray) -> NDArray: ...


def log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    kept = np.clip(np.asarray(probability, dtype=np.float64), LEAST, 1 - LEAST)
    return np.log(kept) - np.log1p(-kept)


class SelfExciting:
    """Each event adds to the risk of its place and of those around it, for a time: a sum, where the others multiply.

    The expected number of events is a sum with weights of 0 or more over decayed, spread counts and shares; the weights
    are found by expectation and maximisation (Veen and Schoenberg, JASA 103, 2008), as a Poisson process, and what
    sums up to little stays little: no month, however bad, makes the map certain.
    """

    STEPS = 150

    def fit(self, rows: NDArray, happened: NDArray, sample_weight: NDArray) -> SelfExciting:
        parts = self._parts(rows)
        whole = np.maximum(sample_weight @ parts, 1e-12)
        struck, counted = parts[happened], sample_weight[happened]
        found = np.full(parts.shape[1], counted.sum() / whole.sum())
        for _ in range(self.STEPS):
            found = found * ((counted / np.maximum(struck @ found, 1e-12)) @ struck) / whole
        self.weights = found
        return self

    def predict_proba(self, rows: NDArray) -> NDArray[np.float64]:
        some = -np.expm1(-(self._parts(rows) @ self.weights))
        return np.column_stack([1.0 - some, some])

    @staticmethod
    def _parts(rows: NDArray) -> NDArray[np.float64]:
        wide = rows.astype(np.float64)
        counts, shares = np.expm1(wide[:, COUNTS]) / 20.0, wide[:, SHARES] ** 2
        return np.column_stack([counts, shares, np.full(len(wide), 1e-3)])


@dataclass(frozen=True)
class Learned:
    """Fitted learners, and the ceiling beyond which a number tells them no more.

    The worst month yet is always to come: without a ceiling a straight line would draw on into what nobody has seen
    (measured: a month of 60 events where 15 had been the most made the whole map "certain").
    """

    learners: tuple[Learner, ...]
    ceiling: NDArray[np.float32]

    @classmethod
    def fitted(
        cls, rows: NDArray[np.float32], happened: NDArray[np.bool_], weights: NDArray[np.float64], seed: int
    ) -> Learned:
        """rows (n, features), what happened (n,), how much each counts (n,); seed: of the trees."""
        ceiling = np.quantile(rows[happened], 0.98, axis=0).astype(np.float32)
        kept = np.minimum(rows, ceiling)
        straight = make_pipeline(StandardScaler(), LogisticRegression(C=0.003, max_iter=300))
        straight.fit(kept, happened, logisticregression__sample_weight=weights)
        boosted = HistGradientBoostingClassifier(
            learning_rate=0.05, max_iter=60, max_leaf_nodes=8, min_samples_leaf=40, l2_regularization=20.0,
            max_features=0.4, early_stopping=False, random_state=seed,
        )  # fmt: skip
        boosted.fit(kept, happened, sample_weight=weights)
        forest = ExtraTreesClassifier(40, min_samples_leaf=8, max_features=0.3, random_state=seed, n_jobs=1)
        forest.fit(kept, happened, sample_weight=weights)
        exciting = SelfExciting().fit(kept, happened, sample_weight=weights)
        return cls((straight, boosted, forest, exciting), ceiling)

    def told(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, learners): what each says of each row, as log odds."""
        kept = np.minimum(rows, self.ceiling)
        return np.column_stack([log_odds(each.predict_proba(kept)[:, 1]) for each in self.learners])


@dataclass(frozen=True)
class Joining:
    """How the learners' log odds become one probability: weights and a level, from past forecasts."""

    weights: NDArray[np.float64]
    level: float

    @classmethod
    def even(cls, learners: int) -> Joining:
        """Before anything was forecast: the mean."""
        return cls(np.full(learners, 1.0 / learners), 0.0)

    @classmethod
    def fitted(cls, said: NDArray[np.float64], happened: NDArray[np.bool_]) -> Joining:
        """The most likely weights after forecasts `said` (n, learners: log odds) of what then `happened` (n,).

        Penalised towards the mean, so that few events move little. Newton's method; the loss is convex.
        """
        learners = said.shape[1]
        rows = np.column_stack([said, np.ones(len(said))])
        prior = np.append(np.full(learners, 1.0 / learners), 0.0)
        held = np.append(np.full(learners, PRIOR), LEVEL_PRIOR)
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
