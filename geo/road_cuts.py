"""Two ways in: which places one closed link cuts off.

By Menger's theorem a place has two ways that share no link exactly when no single link parts it from all that it has
to reach. Such links are bridges of the graph, found in one depth-first search (Tarjan, Information Processing
Letters 2, 1974). The product doesn't ask it yet: siting has `geo/siting/ways_in.py`, which knows bases and candidates.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.roads import Network, Season


@dataclass(frozen=True, eq=False)
class WaysIn:
    """ways: (n,) for each node 0 (no open road leads there), 1, or 2 for two or more that share no link.

    link: (n,) where there is one way, a link whose closure cuts the node off; else −1.
    """

    ways: NDArray[np.intp]
    link: NDArray[np.intp]


def two_ways_in(network: Network, season: Season = Season.DRY, *, towards: ArrayLike | None = None) -> WaysIn:
    """How many ways, up to two, join each node with the rest by links that are open in the season.

    towards: the nodes that count as the rest, one of which must be reached (bases, a capital). Without it the rest is
    more than half of the largest piece of the network that hangs together.

    Raises:
        ValueError: a node that there is not.
    """
    count = len(network.nodes)
    weight = np.ones(count, dtype=np.intp)
    if towards is not None:
        goals = np.asarray(towards, dtype=np.intp).reshape(-1)
        if len(goals) and not (goals.min() >= 0 and goals.max() < count):
            raise ValueError("There is no such node.")
        weight[:] = 0
        weight[goals] = 1
    near: list[list[tuple[int, int]]] = [[] for _ in range(count)]
    for link in np.flatnonzero(np.isfinite(network.minutes(season))).tolist():
        first, second = network.ends[link].tolist()
        near[first].append((second, link))
        near[second].append((first, link))
    pieces = _pieces(near)
    sums = [int(weight[order].sum()) for order, _ in pieces]
    # Without goals a side counts as the rest when it holds more than half of the largest piece.
    needed = 1 if towards is not None else max(sums, default=0) // 2 + 1
    ways, cut_by = np.zeros(count, dtype=np.intp), np.full(count, -1, dtype=np.intp)
    for (order, bridges), total in zip(pieces, sums, strict=True):
        if total < needed:
            continue
        ways[order] = 2
        nodes = np.array(order)
        for begin, end, link in bridges:
            below = nodes[begin:end]
            inside = int(weight[below].sum())
            if inside < needed:
                ways[below], cut_by[below] = 1, link
            if total - inside < needed:
                above = np.concatenate([nodes[:begin], nodes[end:]])
                ways[above], cut_by[above] = 1, link
    return WaysIn(ways, cut_by)


def _pieces(near: list[list[tuple[int, int]]]) -> list[tuple[list[int], list[tuple[int, int, int]]]]:
    """Each piece: its nodes in the order of a depth-first search, and its bridges (begin, end, link).

    `begin` to `end` are the places in that order of what lies beyond the bridge.
    """
    place = [-1] * len(near)
    low, by = [0] * len(near), [-1] * len(near)
    pieces = []
    for root in range(len(near)):
        if place[root] >= 0:
            continue
        order: list[int] = []
        bridges: list[tuple[int, int, int]] = []
        stack = [(root, iter(near[root]))]
        place[root], low[root] = 0, 0
        order.append(root)
        while stack:
            node, others = stack[-1]
            for other, link in others:
                if link == by[node]:  # the link, not the node: a second road between the two is a second way
                    continue
                if place[other] >= 0:
                    low[node] = min(low[node], place[other])
                    continue
                place[other] = low[other] = len(order)
                by[other] = link
                order.append(other)
                stack.append((other, iter(near[other])))
                break
            else:
                stack.pop()
                if stack:
                    above = stack[-1][0]
                    low[above] = min(low[above], low[node])
                    if low[node] > place[above]:
                        bridges.append((place[node], len(order), by[node]))
        pieces.append((order, bridges))
    return pieces
