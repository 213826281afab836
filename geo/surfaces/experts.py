"""Two learners that turn the numbers of `features` into the probability of an event.

A self-exciting process finds what adds up, a logistic regression what multiplies; each errs in its own way. Boosted
trees and a forest stood here, too: judged on the years up to 2013 alone (bench/README.md) each made the whole worse,
for a country has a few hundred events, and trees learn those by heart.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from geo.surfaces.features import COUNTS, PLACES, SHARES

MOST = 0.97  # nor "for sure": a sum of many parts may come to more than one
LEAST = 1e-5  # no forecast says "never": what is told stays within (0, 1)
HOLDING = 0.003  # how far the straight line may follow what it learns from: scikit-learn's C
CEILING = 0.98  # of the numbers where something happened


def clipped(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.clip(np.asarray(probability, dtype=np.float64), LEAST, 1 - LEAST)


@dataclass(frozen=True)
class SelfExciting:
    """Each event adds to the risk of its place and of those around it, for a time: a sum, where the other multiplies.

    The chance of an event is a sum with weights of 0 or more over parts: decayed, spread counts, shares, and what
    `places` expects. The weights are found by expectation and maximisation (Veen and Schoenberg, JASA 103,
    2008), as of a Poisson process of struck cells; what sums up to little stays little. Weights that can't be negative
    are what keeps some ninety of them from learning a few hundred events by heart. Of counts the logarithm is a part:
    the tenth event of a month adds less than the second.
    """

    STEPS = 150

    weights: NDArray[np.float64]

    @classmethod
    def fitted(cls, struck: NDArray[np.float64], whole: NDArray[np.float64]) -> SelfExciting:
        """struck (n, parts): the parts where something happened. whole (parts,): their sums over all cells and periods.

        More is not needed: of a Poisson process the places without an event count by that sum alone.
        """
        above = np.maximum(whole, 1e-12)
        found = np.full(len(whole), len(struck) / above.sum())
        for _ in range(cls.STEPS):
            found = found * ((1.0 / np.maximum(struck @ found, 1e-12)) @ struck) / above
        return cls(found)

    def told(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n,): the probability of an event in each row of features."""
        return clipped(np.minimum(self.parts(rows) @ self.weights, MOST))

    @staticmethod
    def parts(rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n, parts) of rows (n, features); the last is the same everywhere."""
        wide = rows.astype(np.float64)
        # The same scale for all, since the weights begin as one.
        counts, places = wide[:, COUNTS] / 10.0, np.expm1(wide[:, PLACES]) / 20.0
        return np.column_stack([counts, wide[:, SHARES] ** 2, places, np.full(len(wide), 1e-3)])


@dataclass(frozen=True)
class Straight:
    """A logistic regression on everything but the places' parts, and the ceiling beyond which a number tells no more.

    The worst month yet is always to come: without a ceiling a straight line would draw on into what nobody has seen
    (measured: a month of 60 events where 15 had been the most made the whole map "certain").
    """

    line: Pipeline
    ceiling: NDArray[np.float32]

    @classmethod
    def fitted(
        cls, rows: NDArray[np.float32], happened: NDArray[np.bool_], weights: NDArray[np.float64]
    ) -> Straight:
        """rows (n, features), what happened (n,), how much each counts (n,)."""
        ceiling = np.quantile(rows[happened], CEILING, axis=0).astype(np.float32)
        line = make_pipeline(StandardScaler(), LogisticRegression(C=HOLDING, max_iter=300))
        line.fit(cls._read(rows, ceiling), happened, logisticregression__sample_weight=weights)
        return cls(line, ceiling)

    def told(self, rows: NDArray[np.float32]) -> NDArray[np.float64]:
        """(n,): the probability of an event in each row of features."""
        return clipped(self.line.predict_proba(self._read(rows, self.ceiling))[:, 1])

    @staticmethod
    def _read(rows: NDArray[np.float32], ceiling: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.delete(np.minimum(rows, ceiling), PLACES, axis=1)
