"""The road network on arrays: minutes by season, closures, quickest ways.

Patrols, sites for havens and evacuations are all reckoned on it. Links are driven in both directions. Minutes are
those of one kind of vehicle; `travelled` gives the same roads to another one, or to people on foot. How a place
that lies beside the road comes onto it: `geo/road_joining.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.geometry import LineString

CLOSED, SEASONAL = "closed", "seasonal"

# How much longer a road takes in the rains. House values: a mission that has measured its roads gives its own.
RAIN = {"main": 1.1, "secondary": 1.4, "track": 2.0}


class Season(StrEnum):
    DRY = "dry"
    RAINY = "rainy"


@dataclass(frozen=True, eq=False)
class Network:
    """n nodes and m links.

    nodes: (n, 2) lon, lat. ends: (m, 2) node numbers. metres: (m,). dry, rainy: (m,) minutes from one end to the
    other, more than 0; infinite where nobody gets through. road_class, state: a code for each link. roads: (m,) the
    number of the road that a link is a part of: its own, until `joined` splits it; −1 for the way to the road.
    lines: (lon, lat) from the first end to the second, or empty, where links are drawn straight.
    """

    nodes: NDArray[np.float64]
    ends: NDArray[np.intp]
    metres: NDArray[np.float64]
    dry: NDArray[np.float64]
    rainy: NDArray[np.float64]
    road_class: tuple[str, ...]
    state: tuple[str, ...]
    roads: NDArray[np.intp]
    lines: tuple[LineString, ...] = ()

    @classmethod
    def of(
        cls,
        nodes: ArrayLike,
        ends: ArrayLike,
        metres: ArrayLike,
        minutes: ArrayLike,
        *,
        road_class: Sequence[str] = (),
        state: Sequence[str] = (),
        lines: Sequence[LineString] = (),
        rain: Mapping[str, float] = RAIN,
    ) -> Network:
        """A network of roads whose `minutes` are those of the dry season.

        rain: by class, how many times as long a road takes in the rains (a class that is not named: 1). A link in
        state `seasonal` is under water then, and in state `closed` always.

        Raises:
            ValueError: lengths that don't fit, an end that is no node, metres below 0, minutes not above 0.
        """
        dry = np.array(minutes, dtype=np.float64).reshape(-1)
        count = len(dry)
        classes = tuple(road_class) or ("",) * count
        states = tuple(state) or ("open",) * count
        if len(classes) != count or len(states) != count:
            raise ValueError("Each link needs a class and a state.")
        rainy = dry * np.array([rain.get(each, 1.0) for each in classes])
        rainy[np.array([each == SEASONAL for each in states], dtype=bool)] = np.inf
        found = cls(
            np.array(nodes, dtype=np.float64).reshape(-1, 2),
            np.array(ends, dtype=np.intp).reshape(-1, 2),
            np.array(metres, dtype=np.float64).reshape(-1),
            dry,
            rainy,
            classes,
            states,
            np.arange(count),
            tuple(lines),
        )
        found._check()
        return found

    def _check(self) -> None:
        count = len(self.dry)
        if len(self.ends) != count or len(self.metres) != count or len(self.lines) not in (0, count):
            raise ValueError("Each link needs two ends, metres and minutes.")
        if count and not (self.ends.min() >= 0 and self.ends.max() < len(self.nodes)):
            raise ValueError("A link ends at a node that there is not.")
        if not (
            np.isfinite(self.nodes).all() and np.isfinite(self.metres).all() and (self.metres >= 0).all()
        ):
            raise ValueError("Positions and metres must be finite, and metres 0 or more.")
        # A link of no minutes would be no link to the sparse graph.
        if not ((self.dry > 0).all() and (self.rainy > 0).all()):
            raise ValueError("Minutes must be more than 0.")

    @property
    def closed(self) -> NDArray[np.bool_]:
        """Which links are closed in every season; shape (m,)."""
        return np.array([each == CLOSED for each in self.state], dtype=bool)

    def minutes(self, season: Season = Season.DRY) -> NDArray[np.float64]:
        """Minutes of each link in the season, infinite where it can't be used; shape (m,)."""
        return np.where(self.closed, np.inf, self.dry if season == Season.DRY else self.rainy)

    def parts_of(self, roads: ArrayLike) -> NDArray[np.bool_]:
        """Which links are parts of the roads with these numbers; shape (m,). For closures after `joined`."""
        return np.isin(self.roads, np.asarray(roads, dtype=np.intp))


def slowed(network: Network, *, closed: ArrayLike | None = None, factor: ArrayLike | None = None) -> Network:
    """The network with more links closed, or slower by a factor in both seasons.

    closed: (m,) which. factor: (m,) how many times as long as now, more than 0; infinite: nobody gets through.

    Raises:
        ValueError: a mask or factor of another length, or a factor that is not above 0.
    """
    changed = network
    if closed is not None:
        mask = np.asarray(closed, dtype=bool)
        if mask.shape != network.dry.shape:
            raise ValueError("A closure needs a yes or no for each link.")
        state = tuple(CLOSED if shut else was for shut, was in zip(mask, network.state, strict=True))
        changed = replace(changed, state=state)
    if factor is not None:
        times = np.asarray(factor, dtype=np.float64)
        if times.shape != network.dry.shape or not (times > 0).all():
            raise ValueError("A slowing needs a factor of more than 0 for each link.")
        changed = replace(changed, dry=changed.dry * times, rainy=changed.rainy * times)
    return changed


def travelled(network: Network, dry: Mapping[str, float], rainy: Mapping[str, float]) -> Network:
    """The same roads at other speeds: km/h by class for each season. A class that is not named can't be travelled.

    A link that is under water in the rains stays so.

    Raises:
        ValueError: a speed that is not above 0.
    """

    def minutes(speeds: Mapping[str, float]) -> NDArray[np.float64]:
        if not all(each > 0 for each in speeds.values()):
            raise ValueError("Speeds must be more than 0.")
        speed = np.array([speeds.get(each, np.nan) for each in network.road_class], dtype=np.float64)
        found = np.maximum(network.metres, 1.0) / 1000.0 / speed * 60.0
        return np.where(np.isnan(found), np.inf, found)

    drowned = np.array([each == SEASONAL for each in network.state], dtype=bool)
    return replace(network, dry=minutes(dry), rainy=np.where(drowned, np.inf, minutes(rainy)))


@dataclass(frozen=True, eq=False)
class Ways:
    """Quickest ways between k starts and all n nodes; roads go both ways, so from or to a start.

    starts: (k,) nodes. weight: (k, n) what was made least, infinite where no way leads. before: (k, n) the next node
    towards the start, by: (k, n) the link there; −1 at the start and where no way leads.
    """

    network: Network
    starts: NDArray[np.intp]
    weight: NDArray[np.float64]
    before: NDArray[np.intp]
    by: NDArray[np.intp]

    def links(self, row: int, node: int) -> list[int] | None:
        """The links from `node` to the start of `row`, in the order in which one drives them.

        None where no way leads; empty at the start itself.
        """
        if not np.isfinite(self.weight[row, node]):
            return None
        found = []
        while self.by[row, node] >= 0:
            found.append(int(self.by[row, node]))
            node = int(self.before[row, node])
        return found

    def sums(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """(k, n): `values` (m,) of the links summed along each way; infinite where no way leads.

        Each node looks twice as far ahead in each round (pointer jumping), so that a way of w links takes log₂ w.
        """
        offset = np.arange(len(self.starts))[:, None] * len(self.network.nodes)
        here = np.arange(len(self.network.nodes)) + offset
        jump = np.where(self.before < 0, here, self.before + offset)
        found = np.where(self.by < 0, 0.0, values[self.by])
        while (jump != jump.ravel()[jump]).any():
            found = found + found.ravel()[jump]
            jump = jump.ravel()[jump]
        return np.where(np.isfinite(self.weight), found, np.inf)


def ways(
    network: Network,
    starts: ArrayLike,
    season: Season = Season.DRY,
    *,
    weight: NDArray[np.float64] | None = None,
) -> Ways:
    """Quickest ways (Dijkstra 1959) between each of `starts` and every node, by links that are open in the season.

    weight: (m,) what to make least instead of minutes, more than 0; a closed link stays closed whatever it says.

    Raises:
        ValueError: a start that is no node.
    """
    start = np.asarray(starts, dtype=np.intp).reshape(-1)
    nodes = len(network.nodes)
    if len(start) and not (start.min() >= 0 and start.max() < nodes):
        raise ValueError("There is no such node.")
    cost = network.minutes(season)
    if weight is not None:
        cost = np.where(np.isfinite(cost), weight, np.inf)
    key, link = _quickest_links(network.ends, cost, nodes)
    if not len(start) or not len(key):
        least = np.full((len(start), nodes), np.inf)
        least[np.arange(len(start)), start] = 0.0
        nothing = np.full((len(start), nodes), -1, dtype=np.intp)
        return Ways(network, start, least, nothing, nothing)
    pointers = np.searchsorted(key, np.arange(nodes + 1) * nodes)
    graph = csr_array((cost[link], key % nodes, pointers), shape=(nodes, nodes))
    least, before = dijkstra(graph, directed=True, indices=start, return_predecessors=True)
    before = np.where(before < 0, -1, before).astype(np.intp)
    wanted = np.where(before < 0, key[0], before * nodes + np.arange(nodes))
    by = np.where(before < 0, -1, link[np.searchsorted(key, wanted)])
    return Ways(network, start, np.asarray(least), before, by)


def _quickest_links(
    ends: NDArray[np.intp], cost: NDArray[np.float64], nodes: int
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each ordered pair of nodes with a link that is open: first × nodes + second, rising, and its quickest link.

    A sparse matrix would add two links between the same nodes together.
    """
    usable = np.flatnonzero(np.isfinite(cost) & (ends[:, 0] != ends[:, 1]))
    first, second = ends[usable].T
    key = np.concatenate([first * nodes + second, second * nodes + first])
    link = np.concatenate([usable, usable])
    order = np.lexsort((link, cost[link], key))
    key, link = key[order], link[order]
    kept = np.append(True, key[1:] != key[:-1]) if len(key) else np.zeros(0, dtype=bool)
    return key[kept], link[kept]


def minutes_between(
    network: Network, origins: ArrayLike, targets: ArrayLike, season: Season = Season.DRY
) -> NDArray[np.float64]:
    """Minutes from each origin (rows) to each target (columns), both nodes; infinite where no open road leads.

    Raises:
        ValueError: something that is no node.
    """
    rows = np.asarray(origins, dtype=np.intp).reshape(-1)
    columns = np.asarray(targets, dtype=np.intp).reshape(-1)
    everywhere = np.concatenate([rows, columns])
    if len(everywhere) and not (everywhere.min() >= 0 and everywhere.max() < len(network.nodes)):
        raise ValueError("There is no such node.")
    if len(columns) < len(rows):  # both ways take as long, so it is searched from the fewer
        return minutes_between(network, columns, rows, season).T
    unique, back = np.unique(rows, return_inverse=True)
    return ways(network, unique, season).weight[np.ix_(back, columns)]


def line_of(network: Network, node: int, links: Sequence[int]) -> LineString | None:
    """The line (lon, lat) along `links`, driven from `node`; None without a link.

    Raises:
        ValueError: links that don't follow on one another.
    """
    points: list[tuple[float, float]] = []
    for link in links:
        first, second = (int(each) for each in network.ends[link])
        if node not in (first, second):
            raise ValueError("The links of a way must follow on one another.")
        leg = (
            [(c[0], c[1]) for c in network.lines[link].coords]
            if network.lines
            else [(float(network.nodes[n, 0]), float(network.nodes[n, 1])) for n in (first, second)]
        )
        points += leg if node == first else leg[::-1]
        node = second if node == first else first
    return LineString(points) if points else None
