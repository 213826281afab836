"""Which open havens a place reaches soonest by road, in the dry season and in the rains."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.roads import Season


@dataclass(frozen=True)
class Reached:
    """haven: its row. dry, rainy: minutes by open roads; None where no open road leads there in that season."""

    haven: int
    dry: float | None
    rainy: float | None


def soonest(
    dry: NDArray[np.float64], rainy: NDArray[np.float64], season: Season, few: int = 5
) -> list[Reached]:
    """The `few` of k havens that are reached soonest in the season, the soonest first; dry, rainy: (k,) minutes, infinite
    where no open road leads. Havens that can't be reached in this season are left out, even if they can in the other."""
    asked = dry if season == Season.DRY else rainy

    def told(minutes: float) -> float | None:
        return float(minutes) if np.isfinite(minutes) else None

    return [
        Reached(int(haven), told(dry[haven]), told(rainy[haven]))
        for haven in np.argsort(asked, kind="stable")[:few]
        if np.isfinite(asked[haven])
    ]
