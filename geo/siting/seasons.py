"""Several seasons at once: one matrix of minutes from those of the dry and of the rainy season."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def in_each(minutes: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
    """The longest of the seasons for each pair: who is within reach by these minutes is so all year.

    minutes: a (demand, candidates) matrix a season, infinite where there is no way.

    Raises:
        ValueError: no season, or matrices that differ in shape.
    """
    _fit(minutes)
    return np.maximum.reduce([np.asarray(each, dtype=np.float64) for each in minutes])


def shared_out(minutes: Sequence[NDArray[np.float64]], shares: Sequence[float]) -> NDArray[np.float64]:
    """The mean over the seasons, by how much of the year each lasts; infinite without a way in one that counts.

    Raises:
        ValueError: as `in_each`; shares that are negative, or not one a season, or sum up to nothing.
    """
    _fit(minutes)
    if len(shares) != len(minutes) or min(shares) < 0 or sum(shares) <= 0:
        raise ValueError("One share of the year for each season, none negative.")
    # A season without a share has no say, even where it has no way: 0 × ∞ would be no number.
    told = [share / sum(shares) * each for share, each in zip(shares, minutes, strict=True) if share > 0]
    return np.add.reduce(told)


def _fit(minutes: Sequence[NDArray[np.float64]]) -> None:
    if not minutes or len({each.shape for each in minutes}) != 1:
        raise ValueError("One matrix for each season, all of one shape.")
