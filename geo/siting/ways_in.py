"""Which places keep a way in when any one road is closed?

Two ways that share no road lead to a place unless some road is the only one (a bridge of the graph) between it and all
bases (Menger); bridges by Tarjan, Information Processing Letters 2 (1974), without recursion.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray


def two_ways_in(
    nodes: int, roads: Sequence[tuple[int, int]], bases: Iterable[int], closed: Iterable[int] = ()
) -> NDArray[np.bool_]:
    """(nodes,) whether each has two ways to `bases` that share no road; a base itself has.

    roads: pairs of nodes, passable both ways; two roads between the same nodes are two. bases: where help comes from,
    taken together, so that ways to two different bases count. closed: indices of roads that can't be passed.

    Raises:
        ValueError: a road or base beyond the nodes.
    """
    start, shut = set(bases), set(closed)
    if any(not 0 <= end < nodes for road in roads for end in road) or any(not 0 <= b < nodes for b in start):
        raise ValueError("Roads and bases are between nodes that exist.")
    if not start:
        return np.zeros(nodes, dtype=bool)
    # All bases are one node, numbered `nodes`.
    ends = [
        (nodes if a in start else a, nodes if b in start else b)
        for number, (a, b) in enumerate(roads)
        if number not in shut
    ]
    meeting: list[list[tuple[int, int]]] = [[] for _ in range(nodes + 1)]
    for number, (a, b) in enumerate(ends):
        if a != b:
            meeting[a].append((b, number))
            meeting[b].append((a, number))
    bridges = _bridges(meeting, nodes)
    has = np.zeros(nodes + 1, dtype=bool)
    has[nodes] = True
    waiting = [nodes]
    while waiting:
        for other, road in meeting[waiting.pop()]:
            if not has[other] and road not in bridges:
                has[other] = True
                waiting.append(other)
    has[list(start)] = True
    return has[:nodes]


def _bridges(meeting: list[list[tuple[int, int]]], root: int) -> set[int]:
    """Roads whose closure parts what can be reached from `root`."""
    found: set[int] = set()
    seen: dict[int, int] = {root: 0}
    lowest: dict[int, int] = {root: 0}
    path = [(root, -1, iter(meeting[root]))]
    while path:
        node, came_by, rest = path[-1]
        onward = next(rest, None)
        if onward is not None:
            other, road = onward
            if road == came_by:
                continue
            if other in seen:
                lowest[node] = min(lowest[node], seen[other])
            else:
                seen[other] = lowest[other] = len(seen)
                path.append((other, road, iter(meeting[other])))
            continue
        path.pop()
        if path:
            before = path[-1][0]
            lowest[before] = min(lowest[before], lowest[node])
            if lowest[node] > seen[before]:
                found.add(came_by)
    return found
