"""Roads for the exercise that plays: the quickest way between two nodes, and where one is on it after a while."""

from __future__ import annotations

import heapq
import json
from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from math import cos, hypot, radians

from sqlalchemy import Connection, text

Spot = tuple[float, float]  # lon, lat in degrees

LINKS = text(
    "SELECT from_node_id, to_node_id, minutes, ST_AsGeoJSON(line) AS line FROM road_links WHERE state <> 'closed'"
)
NODES = text("SELECT id, ST_X(place) AS lon, ST_Y(place) AS lat FROM road_nodes")


@dataclass(frozen=True)
class Way:
    """A line of spots with the seconds at which each is passed, from 0."""

    spots: tuple[Spot, ...]
    seconds: tuple[float, ...]

    @property
    def lasts(self) -> float:
        return self.seconds[-1]

    def at(self, second: float) -> Spot:
        n = bisect_right(self.seconds, second)
        if n == 0 or n == len(self.seconds):
            return self.spots[0 if n == 0 else -1]
        share = (second - self.seconds[n - 1]) / (self.seconds[n] - self.seconds[n - 1])
        (x, y), (to_x, to_y) = self.spots[n - 1 : n + 1]
        return x + share * (to_x - x), y + share * (to_y - y)


class Roads:
    """The mission's open roads, read once."""

    def __init__(self, connection: Connection) -> None:
        self.nodes: dict[int, Spot] = {n.id: (n.lon, n.lat) for n in connection.execute(NODES)}
        self.links: dict[int, list[tuple[int, float, tuple[Spot, ...]]]] = defaultdict(list)
        for link in connection.execute(LINKS):
            line = tuple((x, y) for x, y, *_height in json.loads(link.line)["coordinates"])
            start = self.nodes[link.from_node_id]
            if far(line[0], start) > far(line[-1], start):
                line = line[::-1]
            self.links[link.from_node_id].append((link.to_node_id, link.minutes, line))
            self.links[link.to_node_id].append((link.from_node_id, link.minutes, line[::-1]))

    def nearest(self, spot: Spot) -> int:
        return min(self.links, key=lambda n: far(self.nodes[n], spot))

    def way(self, start: Spot, end: Spot) -> Way | None:
        """The quickest way on roads between the nodes nearest to two spots; None where no road leads there."""
        here, there = self.nearest(start), self.nearest(end)
        best: dict[int, float] = {here: 0.0}
        came: dict[int, tuple[int, float, tuple[Spot, ...]]] = {}
        waiting = [(0.0, here)]
        while waiting:
            minutes, node = heapq.heappop(waiting)
            if node == there:
                break
            if minutes > best[node]:
                continue
            for to, more, line in self.links[node]:
                if minutes + more < best.get(to, float("inf")):
                    best[to] = minutes + more
                    came[to] = (node, more, line)
                    heapq.heappush(waiting, (minutes + more, to))
        if there not in came:
            return None
        parts = []
        node = there
        while node != here:
            before, minutes, line = came[node]
            parts.append((minutes, line))
            node = before
        return joined(parts[::-1])


def joined(parts: list[tuple[float, tuple[Spot, ...]]]) -> Way:
    """One way from links with their minutes, each spread over its line by length."""
    spots, seconds = [parts[0][1][0]], [0.0]
    for minutes, line in parts:
        begins = seconds[-1]
        lengths = [far(a, b) for a, b in pairwise(line)]
        whole, gone = sum(lengths) or 1.0, 0.0
        for spot, length in zip(line[1:], lengths, strict=True):
            gone += length
            if length > 0:
                spots.append(spot)
                seconds.append(begins + 60 * minutes * gone / whole)
    return Way(tuple(spots), tuple(seconds))


def far(a: Spot, b: Spot) -> float:
    """Some degrees apart: good for comparing near spots."""
    return hypot((a[0] - b[0]) * cos(radians(a[1])), a[1] - b[1])
