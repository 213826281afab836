"""What if this site opened, that one closed, this one grew? What each place gains or loses, and what would be best.

The product doesn't ask it yet: there a change by hand is a study of its own, solved anew (app/siting/actions.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.siting.capacitated import least_total_filled
from geo.siting.median import least_total
from geo.siting.placement import NOBODY, Placement


@dataclass(frozen=True)
class Effect:
    """before, after: the sum of weight × distance, infinite where a place is left out. sites, serves: as in `Placement`.
    change: (demand,) what each place's way grows by: negative where it gains, -inf where it had none, NaN where it has
    none before and after. gaining, losing: their weights."""

    before: float
    after: float
    sites: NDArray[np.int64]
    serves: NDArray[np.int64]
    change: NDArray[np.float64]
    gaining: float
    losing: float


def changed(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    sites: Sequence[int],
    *,
    add: Sequence[int] = (),
    close: Sequence[int] = (),
) -> Effect:
    """The same sites but for those to `add` and to `close`, everybody going to the nearest.

    distance: (demand, candidates). weight: (demand,).

    Raises:
        ValueError: a site to close that isn't open, or nothing left open.
    """
    if set(close) - set(sites):
        raise ValueError("Only an open site can be closed.")
    then = np.array(sorted((set(sites) | set(add)) - set(close)), dtype=np.int64)
    if not len(then):
        raise ValueError("One site has to stay open.")
    old = distance[:, np.asarray(sites, dtype=np.int64)].min(axis=1)
    among = distance[:, then]
    first = among.argmin(axis=1)
    new = among[np.arange(len(distance)), first]
    serves = np.where(np.isfinite(new), then[first], NOBODY)
    return _effect(old, new, weight, then, serves)


def enlarged(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    size: NDArray[np.int64],
    room: NDArray[np.int64],
    sites: Sequence[int],
    grown: NDArray[np.int64],
    *,
    seconds: float = 2.0,
) -> Effect:
    """The same sites with the rooms `grown` in place of `room`, (candidates,) both; who goes where is settled anew."""
    kept = np.asarray(sites, dtype=np.int64)
    ways, placements = [], []
    for each in (room, grown):
        # Only the open sites are asked about, so that the search has nothing but the assignment to settle.
        placed = least_total_filled(
            distance[:, kept], weight, size, each[kept], len(kept), keep=range(len(kept)), seconds=seconds
        )
        served = placed.serves
        way = np.where(served == NOBODY, np.inf, distance[np.arange(len(distance)), kept[served]])
        ways.append(way)
        placements.append(np.where(served == NOBODY, NOBODY, kept[served]))
    return _effect(ways[0], ways[1], weight, np.sort(kept), placements[1])


def resited(
    distance: NDArray[np.float64],
    weight: NDArray[np.float64],
    effect: Effect,
    *,
    keep: Sequence[int] = (),
    forbidden: NDArray[np.bool_] | None = None,
    seconds: float = 2.0,
) -> Placement:
    """As many sites as after a change, where they would be best, searched from those that stand."""
    return least_total(
        distance,
        weight,
        len(effect.sites),
        keep=keep,
        forbidden=forbidden,
        start=effect.sites,
        seconds=seconds,
    )


def _effect(
    old: NDArray[np.float64],
    new: NDArray[np.float64],
    weight: NDArray[np.float64],
    sites: NDArray[np.int64],
    serves: NDArray[np.int64],
) -> Effect:
    counted = weight > 0
    with np.errstate(invalid="ignore"):
        change = new - old
    return Effect(
        float((old[counted] * weight[counted]).sum()),
        float((new[counted] * weight[counted]).sum()),
        sites,
        serves,
        change,
        float(weight[change < 0].sum()),
        float(weight[change > 0].sum()),
    )
