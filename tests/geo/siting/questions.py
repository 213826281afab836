"""Small siting questions for hypothesis, and their answers by trying everything."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray


@dataclass(frozen=True)
class Small:
    distance: NDArray[np.float64]
    weight: NDArray[np.float64]
    count: int
    keep: list[int]
    forbidden: NDArray[np.bool_]
    size: NDArray[np.int64]
    room: NDArray[np.int64]
    radius: float

    def choices(self, count: int | None = None) -> Iterator[tuple[int, ...]]:
        """All sets of sites that keep to what is kept and forbidden."""
        free = np.flatnonzero(~self.forbidden).tolist()
        for sites in itertools.combinations(free, count or self.count):
            if set(self.keep) <= set(sites):
                yield sites

    def total(self, sites: tuple[int, ...]) -> float:
        return float((self.distance[:, sites].min(axis=1) * self.weight).sum())

    def longest(self, sites: tuple[int, ...]) -> float:
        return float(self.distance[:, sites].min(axis=1).max())

    def reached(self, sites: tuple[int, ...]) -> float:
        return float(self.weight[self.distance[:, sites].min(axis=1) <= self.radius].sum())

    def filled(self, sites: tuple[int, ...]) -> tuple[float, float, float]:
        """The least total that serves all (infinite: they don't fit), most weight within the radius, and the shortest
        longest way that serves all."""
        least, most, longest = np.inf, 0.0, np.inf
        for serves in itertools.product([*sites, -1], repeat=len(self.weight)):
            load = np.zeros(len(self.room))
            for place, site in enumerate(serves):
                if site >= 0:
                    load[site] += self.size[place]
            if (load > self.room).any():
                continue
            ways = [self.distance[place, site] if site >= 0 else np.inf for place, site in enumerate(serves)]
            if -1 not in serves:
                least = min(least, float(np.dot(ways, self.weight)))
                longest = min(longest, max(ways))
            most = max(most, float(self.weight[np.array(ways) <= self.radius].sum()))
        return least, most, longest


@st.composite
def small(draw: st.DrawFn, places: int = 9, candidates: int = 7) -> Small:
    drawn = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    demand, sites = draw(st.integers(1, places)), draw(st.integers(1, candidates))
    count = draw(st.integers(1, sites))
    distance = drawn.integers(0, 30, (demand, sites)).astype(float)
    if draw(st.booleans()):
        distance += drawn.random((demand, sites)).round(3)
    order = drawn.permutation(sites)
    keep = order[: draw(st.integers(0, count))].tolist()
    forbidden = np.zeros(sites, dtype=bool)
    forbidden[order[count : count + draw(st.integers(0, sites - count))]] = True
    return Small(
        distance,
        drawn.integers(1, 9, demand).astype(float),
        count,
        keep,
        forbidden,
        drawn.integers(1, 8, demand),
        drawn.integers(3, 20, sites),
        float(drawn.integers(3, 25)),
    )
