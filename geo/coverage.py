"""Coverage: how much a place is left alone, what share of a tour is by night, and what is reached in time.

The figures are the house's own, after the handbook's inputs of a hotspot (2.6: incidents, threats, exposed people,
distance to base, days without a patrol) and of patrol relevance (1.6: hours in must and should areas, night, foot).

    neglect = days × risk × √people × reach

- days since a patrol was last there; a place that none has visited counts from when it was put on the list, and
  never less than twice its longest gap.
- risk, 0 to 1: the chance that one of several independent dangers comes true, 1 − Π(1 − pᵢ), and never less than
  `LEAST_RISK`: nothing heard is not calm.
- people by their square root: a town of 100,000 counts as ten villages of 1,000, not as a hundred, or it would draw
  every patrol.
- reach, 1 to 3: how long help needs. 1 + minutes / limit, at most 3; 3 where no road leads there.

All four only grow with need, so that more of one never makes a place count less (a property test).
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import ArrayLike, NDArray

LEAST_RISK = 0.02
MOST_REACH = 3.0
NIGHT_FROM, NIGHT_UNTIL = 18 * 60, 6 * 60
DAY = 24 * 60
# A place whose people nobody has counted is taken for a village.
UNCOUNTED = 500


def risk_of(chances: Iterable[float]) -> float:
    """The chance that one of these comes true, taken as independent; never below LEAST_RISK.

    Raises:
        ValueError: a chance outside 0 to 1.
    """
    calm = 1.0
    for chance in chances:
        if not 0.0 <= chance <= 1.0:
            raise ValueError("A chance lies between 0 and 1.")
        calm *= 1.0 - chance
    return max(1.0 - calm, LEAST_RISK)


def reach_of(minutes: ArrayLike, limit: float) -> NDArray[np.float64]:
    """How far help is, 1 to 3, from minutes by road (inf: no way) and the minutes within which it is in time.

    Raises:
        ValueError: minutes below 0 or that are no number, a limit that is not above 0.
    """
    away = np.asarray(minutes, dtype=np.float64)
    if not limit > 0 or np.isnan(away).any() or (away < 0).any():
        raise ValueError("Minutes must be 0 or more, and the limit above 0.")
    return np.minimum(1.0 + away / limit, MOST_REACH)


def neglect_of(days: ArrayLike, risk: ArrayLike, people: ArrayLike, reach: ArrayLike) -> NDArray[np.float64]:
    """days × risk × √people × reach; all of one shape, and the answer too.

    Raises:
        ValueError: something below 0.
    """
    parts = [np.asarray(part, dtype=np.float64) for part in (days, risk, people, reach)]
    if any((part < 0).any() or np.isnan(part).any() for part in parts):
        raise ValueError("Days, risk, people and reach must be 0 or more.")
    return parts[0] * parts[1] * np.sqrt(parts[2]) * parts[3]


def days_alone(since_visit: float | None, on_list: float, longest_gap: float) -> float:
    """Days since the last visit; without one, those on the list, and no less than twice the longest gap."""
    return max(since_visit, 0.0) if since_visit is not None else max(on_list, 2.0 * longest_gap)


def night_minutes(
    start: float, minutes: float, night_from: float = NIGHT_FROM, night_until: float = NIGHT_UNTIL
) -> float:
    """How many of `minutes` from minute `start` of a day lie in the night, which runs over midnight.

    Raises:
        ValueError: minutes below 0, or a night that does not run over midnight.
    """
    if minutes < 0 or not 0 <= night_until < night_from <= DAY:
        raise ValueError("Minutes must be 0 or more, and the night must run over midnight.")
    end, found = start + minutes, 0.0
    first = int(start // DAY) - 1
    for day in range(first, int(end // DAY) + 1):
        begun, over = day * DAY + night_from, (day + 1) * DAY + night_until
        found += max(0.0, min(end, over) - max(start, begun))
    return found
