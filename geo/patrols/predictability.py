"""How predictable were recent patrols? Repeated routes and hours, entropy of the next visit, and what a learner guesses.

Repeats: the same route (either way round), or a start at the same time of day, three times within seven days: the
separation rule of the patrol order. Entropy: Shannon's, of the places and hours seen, in bits, beside the greatest
possible. A learner (logistic regression on what came before) is trained on the first days and judged on the rest by the
area under its receiver-operating curve: 0.5 knows nothing, 1 knows all.

Two areas are told. Within sites: of two days at the same site, one with a visit and one without, how often does it hold
the right one likelier? That is what an ambush needs, and what drawing each day afresh keeps at 0.5. Over all: of two
pairs of site and day. It is greater wherever some sites are visited more often than others, as they should be; no draw
prevents that.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

OFTEN = 3  # times
WITHIN = timedelta(days=7)
SAME_TIME = timedelta(minutes=30)  # of the day, either way
LAGS = 7  # days
LONGEST_GAP = 30.0  # days: what lies longer back is all alike
FEWEST_DAYS = 14  # for either part, or nothing is learned and nothing judged


@dataclass(frozen=True)
class Tour:
    """A patrol as it was driven: when it left its base, and its sites in order."""

    start: datetime
    stops: tuple[int, ...]


@dataclass(frozen=True)
class Repeat:
    """tours: positions, among those asked about, of the tours that do the same within seven days; the earliest first."""

    tours: tuple[int, ...]


@dataclass(frozen=True)
class Spread:
    """bits: entropy. most: bits if all were equally frequent."""

    bits: float
    most: float

    @property
    def share(self) -> float:
        """From 0, always the same, to 1, even."""
        return self.bits / self.most if self.most > 0 else 1.0


@dataclass(frozen=True)
class Guess:
    """Areas under the curve, within sites and over all; None where there was nothing to compare. Days in either part."""

    within_sites: float | None
    over_all: float | None
    trained: int
    judged: int


def repeated_routes(tours: Sequence[Tour]) -> list[Repeat]:
    """Routes driven three times or more within seven days; those of one group that overlap count as the longest."""
    ways = [min(tour.stops, tour.stops[::-1]) for tour in tours]
    return _repeats(tours, lambda a, b: bool(ways[a]) and ways[a] == ways[b])


def repeated_times(tours: Sequence[Tour]) -> list[Repeat]:
    """Starts within half an hour of the same time of day, three times or more within seven days."""
    minutes = [tour.start.hour * 60 + tour.start.minute for tour in tours]
    near = SAME_TIME.total_seconds() / 60

    def alike(a: int, b: int) -> bool:
        apart = abs(minutes[a] - minutes[b])
        return min(apart, 1440 - apart) <= near

    return _repeats(tours, alike)


def spread_of_places(tours: Iterable[Tour], sites: int) -> Spread:
    """Of the place of a visit, among so many sites."""
    return _spread(Counter(stop for tour in tours for stop in tour.stops), sites)


def spread_of_hours(tours: Iterable[Tour]) -> Spread:
    """Of the hour of the day at which patrols left."""
    return _spread(Counter(tour.start.hour for tour in tours), 24)


def guessed(visited: NDArray[np.bool_], trained: int, *, first_weekday: int = 0) -> Guess:
    """What a logistic regression, trained on the first days, can tell about the rest from the days before each.

    visited: (days, sites) whether a patrol came; rows are days in order without gaps. trained: how many of the rows to
    learn from. first_weekday: of the first row, 0 for Monday.

    Raises:
        ValueError: fewer than 14 days for either part, or no sites.
    """
    # A web process that only counts repeats does without the learners and their memory.
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    days, sites = visited.shape
    if sites == 0 or trained < FEWEST_DAYS or days - trained < FEWEST_DAYS:
        raise ValueError(f"At least {FEWEST_DAYS} days to learn from, and as many to judge by, are needed.")
    numbers = _features(visited.astype(np.float64), trained, first_weekday)
    # The first days have nothing before them to learn from.
    learned, outcome = numbers[LAGS:trained].reshape(-1, numbers.shape[2]), visited[LAGS:trained].ravel()
    if outcome.all() or not outcome.any():
        return Guess(None, None, trained, days - trained)
    learner = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=500)).fit(learned, outcome)
    asked = numbers[trained:].reshape(-1, numbers.shape[2])
    odds, came = learner.decision_function(asked).reshape(-1, sites), visited[trained:]
    right = [_pairs_right(odds[:, site], came[:, site]) for site in range(sites)]
    pairs = sum(count for _, count in right)
    within = sum(held for held, _ in right) / pairs if pairs else None
    held, count = _pairs_right(odds.ravel(), came.ravel())
    return Guess(within, held / count if count else None, trained, days - trained)


def _features(visited: NDArray[np.float64], trained: int, first_weekday: int) -> NDArray[np.float64]:
    """(days, sites, features), of each day only from the days before: lags, gaps, frequencies, weekdays."""
    days, sites = visited.shape
    told = np.zeros((days, sites, LAGS + 5))
    gap = np.full(sites, LONGEST_GAP)
    seen, weekday_seen, weekdays = np.zeros(sites), np.zeros((7, sites)), np.zeros(7)
    often = visited[:trained].mean(axis=0)
    for day in range(days):
        weekday = (day + first_weekday) % 7
        for lag in range(1, min(LAGS, day) + 1):
            told[day, :, lag - 1] = visited[day - lag]
        told[day, :, LAGS] = np.minimum(gap, LONGEST_GAP)
        told[day, :, LAGS + 1] = visited[max(0, day - 28) : day].mean(axis=0) if day else 0.0
        # How much oftener than else this site was visited on this day of the week.
        usual = seen / max(day, 1)
        told[day, :, LAGS + 2] = (weekday_seen[weekday] + usual) / (weekdays[weekday] + 1) - usual
        told[day, :, LAGS + 3] = often
        told[day, :, LAGS + 4] = float(weekday >= 5)
        gap = np.where(visited[day] > 0, 1.0, gap + 1)
        seen += visited[day]
        weekday_seen[weekday] += visited[day]
        weekdays[weekday] += 1
    return told


def _pairs_right(odds: NDArray[np.float64], came: NDArray[np.bool_]) -> tuple[float, int]:
    """Of the pairs of a visit and none, how many have the visit likelier (ties: half), and how many pairs there are."""
    visits = int(came.sum())
    pairs = visits * (len(came) - visits)
    if pairs == 0:
        return 0.0, 0
    return float(rankdata(odds)[came].sum() - visits * (visits + 1) / 2), pairs


def _repeats(tours: Sequence[Tour], alike: Callable[[int, int], bool]) -> list[Repeat]:
    order = sorted(range(len(tours)), key=lambda k: tours[k].start)
    found: list[set[int]] = []
    for n, first in enumerate(order):
        group = [
            other
            for other in order[n:]
            if tours[other].start - tours[first].start < WITHIN and alike(first, other)
        ]
        # What lies wholly in a group that was found says nothing new.
        if len(group) >= OFTEN and not any(set(group) <= each for each in found):
            found.append(set(group))
    return [Repeat(tuple(sorted(group, key=lambda k: tours[k].start))) for group in found]


def _spread(counts: Counter[int], possible: int) -> Spread:
    whole = sum(counts.values())
    shares = np.array([count / whole for count in counts.values()])
    return Spread(
        abs(float((shares * np.log2(shares)).sum())) if whole else 0.0, float(np.log2(max(possible, 1)))
    )
