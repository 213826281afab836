"""A surface as it is issued, and the judgement on it once its period has passed.

What was said is kept and never reckoned anew: a score is of what officers read at that time. Whether the model is used
is decided by the scores of surfaces issued before, against "what happened the last four periods".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.hotspots import HotspotClass, classes, gi_star, grid_neighbours
from geo.surfaces import baselines
from geo.surfaces.forecaster import Forecaster, TooLittlePast
from geo.surfaces.history import History
from geo.surfaces.scores import brier, skill

WARNED_SHARE = 0.05  # of the cells, which a surface marks as those to look at
CLASS_PERIODS = 12  # the last periods that give a cell its class
FEWEST_JUDGED = 6  # judgements before the model is trusted, or is refused

Grid = NDArray[np.float64]


@dataclass(frozen=True)
class Reasons:
    """What a cell's number stands on, in counts that an officer can check; each (rows, columns).

    lately: events of the last four periods in the cell. beside: the same in the eight around it. ever: all events.
    periods_since: since the last one in the cell; −1 if there was none.
    """

    lately: Grid
    beside: Grid
    ever: Grid
    periods_since: Grid


@dataclass(frozen=True)
class Issue:
    """One surface, for period `origin`; grids are (rows, columns).

    probability: the model's, None if there was too little past to learn from. persistence, climatology: the simple
    forecasts' beside which it is judged. warned: the cells to look at, by what is shown. observed: cells of which
    anything is heard; the others are "no data", and are never warned of, nor judged. classes: row by row.
    """

    origin: int
    probability: Grid | None
    persistence: Grid
    climatology: Grid
    trusted: bool
    warned: NDArray[np.bool_]
    observed: NDArray[np.bool_]
    classes: tuple[HotspotClass, ...]
    reasons: Reasons

    @property
    def shown(self) -> Grid:
        """The model's probabilities if it is trusted, else those of persistence."""
        return self.persistence if self.probability is None or not self.trusted else self.probability


@dataclass(frozen=True)
class Judgement:
    """What came of an issue, over the cells observed.

    hits: cells warned of with an event. misses: with an event, not warned of. false_alarms: warned of, without.
    brier: of the model, None without one. brier_persistence, brier_climatology: of the simple forecasts.
    """

    hits: int
    misses: int
    false_alarms: int
    brier: float | None
    brier_persistence: float
    brier_climatology: float


def issue(
    history: History,
    observed: NDArray[np.bool_],
    past: Sequence[Judgement] = (),
    seed: int = 0,
    forecaster: Forecaster | None = None,
) -> Issue:
    """The surface for the period after the history's last. observed: (rows, columns); past: judgements, oldest first.

    forecaster: one on a history of which this is the beginning, so that surfaces for several origins share its learners;
    it reads nothing after the origin.

    Raises:
        ValueError: a history without a period, or cells observed of another shape.
    """
    if history.periods == 0:
        raise ValueError("A surface needs at least one period to stand on.")
    if observed.shape != history.counts.shape[1:]:
        raise ValueError("Each cell is observed or not: the shape must be that of the history's cells.")
    origin = history.periods
    try:
        probability: Grid | None = (forecaster or Forecaster(history, seed)).surface(origin)
    except TooLittlePast:
        probability = None
    persistence = baselines.persistence_probability(history, origin)
    used = probability is not None and trusted(past)
    order = probability if used and probability is not None else baselines.persistence(history, origin)
    return Issue(
        origin=origin,
        probability=probability,
        persistence=persistence,
        climatology=baselines.climatology(history, origin),
        trusted=used,
        warned=highest(order, observed),
        observed=observed,
        classes=_classes(history, observed),
        reasons=_reasons(history),
    )


def highest(scores: Grid, observed: NDArray[np.bool_], share: float = WARNED_SHARE) -> NDArray[np.bool_]:
    """The `share` of the observed cells with the highest scores, at least one; of equals the first by row.

    Of a cell that scores nothing is never warned, though there be fewer then: there would be no reason to give.
    """
    warned = np.zeros(scores.size, dtype=bool)
    room = max(1, round(share * int(observed.sum())))
    candidates = np.flatnonzero(observed & (scores > 0))
    ranked = candidates[np.argsort(-scores.ravel()[candidates], kind="stable")]
    warned[ranked[:room]] = True
    return warned.reshape(scores.shape)


def judge(issued: Issue, events: Grid) -> Judgement:
    """events: (rows, columns), what happened in the issue's period.

    Raises:
        ValueError: events of another shape, or an issue that observed nothing.
    """
    if events.shape != issued.observed.shape:
        raise ValueError("The events must lie on the issue's cells.")
    seen = issued.observed
    if not seen.any():
        raise ValueError("Where nothing is observed nothing can be judged.")
    happened = events > 0
    return Judgement(
        hits=int((issued.warned & happened & seen).sum()),
        misses=int((~issued.warned & happened & seen).sum()),
        false_alarms=int((issued.warned & ~happened & seen).sum()),
        brier=None if issued.probability is None else brier(issued.probability[seen], happened[seen]),
        brier_persistence=brier(issued.persistence[seen], happened[seen]),
        brier_climatology=brier(issued.climatology[seen], happened[seen]),
    )


def skills(past: Sequence[Judgement]) -> tuple[float, float] | None:
    """The model's Brier skill beside climatology and beside persistence; None without a judgement of the model."""
    of_model = [each for each in past if each.brier is not None]
    if not of_model:
        return None
    error = float(np.mean([each.brier for each in of_model]))
    return (
        skill(error, float(np.mean([each.brier_climatology for each in of_model]))),
        skill(error, float(np.mean([each.brier_persistence for each in of_model]))),
    )


def trusted(past: Sequence[Judgement]) -> bool:
    """Whether the model is used: at least `FEWEST_JUDGED` judgements, and better than persistence over them."""
    judged = [each for each in past if each.brier is not None]
    found = skills(judged)
    return found is not None and len(judged) >= FEWEST_JUDGED and found[1] > 0.0


def _classes(history: History, observed: NDArray[np.bool_]) -> tuple[HotspotClass, ...]:
    rows, columns = history.counts.shape[1:]
    last = history.counts[-CLASS_PERIODS:].reshape(-1, rows * columns)
    scores = gi_star(last, grid_neighbours(columns, rows), observed.ravel())
    return tuple(classes(scores, observed.ravel()))


def _reasons(history: History) -> Reasons:
    counts = history.counts
    lately = counts[-baselines.PERSISTENCE_PERIODS :].sum(axis=0)
    rows, columns = lately.shape
    around = (grid_neighbours(columns, rows) @ lately.ravel()).reshape(rows, columns) - lately
    happened = counts > 0
    since = np.where(happened.any(axis=0), np.argmax(happened[::-1], axis=0), -1)
    return Reasons(lately, around, counts.sum(axis=0), since.astype(np.float64))
