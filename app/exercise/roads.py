"""The road graph: settlements joined by a relative neighbourhood graph, drawn as winding lines on land."""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from pyproj import Geod
from shapely.geometry import LineString, Point, Polygon

from app.exercise.chance import KM, Floats, on_grid, stream
from app.exercise.country import Land
from app.exercise.noise import rounded_off, wandering_line
from app.exercise.settlements import Settlement

GEOD = Geod(ellps="WGS84")
KILOMETRES_AN_HOUR = {"main": 60.0, "secondary": 38.0, "track": 20.0}


@dataclass(frozen=True)
class RoadNode:
    """A node is a settlement's centre; `code` is that of the settlement."""

    code: str
    place: Point


@dataclass(frozen=True)
class RoadLink:
    """road_class: main, secondary, track. state: open, seasonal, closed. length_m: geodesic. minutes: by class."""

    code: str
    from_code: str
    to_code: str
    road_class: str
    state: str
    length_m: float
    minutes: float
    line: LineString


@dataclass(frozen=True)
class RoadGraph:
    nodes: list[RoadNode]
    links: list[RoadLink]

    def adjacency(self) -> dict[str, list[tuple[str, int]]]:
        """For each node its neighbours, each with the index of the link."""
        near: dict[str, list[tuple[str, int]]] = {n.code: [] for n in self.nodes}
        for index, link in enumerate(self.links):
            near[link.from_code].append((link.to_code, index))
            near[link.to_code].append((link.from_code, index))
        return near

    def routes_from(self, start: str, *, closed_too: bool = True) -> dict[str, tuple[float, int, str]]:
        """Quickest routes (Dijkstra): node → (minutes, index of the last link or −1, node before)."""
        near, found = self.adjacency(), {}
        queue = [(0.0, start, -1, start)]
        while queue:
            minutes, code, link, before = heapq.heappop(queue)
            if code in found:
                continue
            found[code] = (minutes, link, before)
            for other, index in near[code]:
                if other not in found and (closed_too or self.links[index].state != "closed"):
                    heapq.heappush(queue, (minutes + self.links[index].minutes, other, index, code))
        return found

    def way(self, start: str, end: str) -> tuple[float, LineString]:
        """Minutes and line (lon, lat) of the quickest way over links that are not closed; start ≠ end."""
        found = self.routes_from(start, closed_too=False)
        minutes, points, code = found[end][0], [], end
        while code != start:
            _, index, before = found[code]
            leg = list(self.links[index].line.coords)
            points += leg if self.links[index].from_code == code else leg[::-1]
            code = before
        return minutes, LineString(points[::-1])


def _pairs(spots: Floats, land: Polygon) -> list[tuple[int, int]]:
    """Relative neighbours (Toussaint, Pattern Recognition 12, 1980): no third settlement nearer to both.

    The graph holds the minimum spanning tree, so it is connected; a way over water counts three times, so that
    a road crosses a bay only where nothing else joins the two shores.
    """
    away = np.hypot(*(spots[:, None] - spots[None]).transpose(2, 0, 1))
    first, second = np.triu_indices(len(spots), 1)
    close = away[first, second] < 90 * KM
    straight = shapely.linestrings(np.stack([spots[first[close]], spots[second[close]]], axis=1))
    wet = ~shapely.contains(land.simplify(0.003), straight)
    away[first[close][wet], second[close][wet]] *= 3
    away[second[close][wet], first[close][wet]] *= 3
    np.fill_diagonal(away, 0.0)
    pairs = []
    for a in range(len(spots)):
        # between[b]: the smallest, over all third settlements, of the larger of its two distances.
        larger = np.maximum(away[a][:, None], away)
        larger[a], larger[np.arange(len(spots)), np.arange(len(spots))] = np.inf, np.inf
        pairs += [(a, int(b)) for b in np.flatnonzero(larger.min(axis=0) >= away[a]) if b > a]
    return pairs


def _winding(rng: np.random.Generator, start: Floats, end: Floats, land: Polygon) -> LineString:
    """A road between two places; where a bay lies between them it bends inland, and at worst bridges it."""
    straight = LineString([start, end])
    for roughness in (0.10, 0.05, 0.02):
        line = LineString(rounded_off(wandering_line(rng, start, end, roughness, 2.2 * KM), 1))
        if land.contains(line):
            return line
    leg = end - start
    for bend in (0.15, -0.15, 0.3, -0.3, 0.5, -0.5, 0.8, -0.8):
        over = (start + end) / 2 + bend * np.array([-leg[1], leg[0]])
        line = LineString(rounded_off(np.array([start, over, end]), 3))
        if land.contains(line):
            return line
    return straight


def _is_bridge(graph: RoadGraph, index: int) -> bool:
    """Whether leaving the link out cuts the graph of links that are not closed in two."""
    links = [replace(k, state="closed") if i == index else k for i, k in enumerate(graph.links)]
    return len(RoadGraph(graph.nodes, links).routes_from(graph.nodes[0].code, closed_too=False)) < len(
        graph.nodes
    )


def _classes(graph: RoadGraph, settlements: Sequence[Settlement]) -> dict[int, str]:
    """main: from the capital to the larger towns; secondary: to the other towns and among them; else track."""
    towns = [s.code for s in settlements if s.kind != "village"]
    classes: dict[int, str] = {}

    def mark(start: str, ends: Sequence[str], road_class: str) -> None:
        found = graph.routes_from(start)
        for end in ends:
            while end != start:
                _, link, end = found[end]
                classes.setdefault(link, road_class)

    mark(towns[0], towns[1:12], "main")
    mark(towns[0], towns[12:], "secondary")
    places = {s.code: np.array(s.place.coords[0]) for s in settlements}
    for town in towns[1:12]:
        near = sorted(towns, key=lambda t: float(np.hypot(*(places[t] - places[town]))))
        mark(town, near[1:3], "secondary")
    return classes


def _seasons(rng: np.random.Generator, graph: RoadGraph) -> RoadGraph:
    """Some tracks go under water in the rains; a few links are closed, but none that cuts anybody off."""
    links = list(graph.links)
    for i, link in enumerate(links):
        share = {"main": 0.0, "secondary": 0.08, "track": 0.3}[link.road_class]
        if rng.random() < share:
            links[i] = replace(link, state="seasonal")
    closed = 0
    for i in rng.permutation(len(links)):
        if links[i].road_class == "main" or closed == 7:
            continue
        if not _is_bridge(RoadGraph(graph.nodes, links), int(i)):
            links[i] = replace(links[i], state="closed")
            closed += 1
    return RoadGraph(graph.nodes, links)


def _without_needless_bridges(nodes: list[RoadNode], links: list[RoadLink], land: Polygon) -> list[RoadLink]:
    """The links without those over water that nobody needs to get anywhere."""
    for link in [k for k in links if not land.contains(k.line)]:
        rest = [k for k in links if k is not link]
        if len(RoadGraph(nodes, rest).routes_from(nodes[0].code)) == len(nodes):
            links = rest
    return links


def draw_roads(seed: int, land: Land, settlements: Sequence[Settlement]) -> RoadGraph:
    """A connected road graph over the settlements."""
    rng = stream(seed, "roads")
    spots = np.array([s.place.coords[0] for s in settlements])
    shapely.prepare(land.mainland)
    links = []
    for number, (a, b) in enumerate(_pairs(spots, land.mainland), start=1):
        line = on_grid(_winding(rng, spots[a], spots[b], land.mainland))
        metres = round(GEOD.geometry_length(line), 1)
        codes = settlements[a].code, settlements[b].code
        links.append(RoadLink(f"L{number:03d}", *codes, "track", "open", metres, metres, line))
    nodes = [RoadNode(s.code, s.place) for s in settlements]
    links = _without_needless_bridges(nodes, links, land.mainland)
    classes = _classes(RoadGraph(nodes, links), settlements)
    for i, link in enumerate(links):
        road_class = classes.get(i, "track")
        minutes = round(link.length_m / 1000 / KILOMETRES_AN_HOUR[road_class] * 60, 1)
        links[i] = replace(link, road_class=road_class, minutes=minutes)
    return _seasons(rng, RoadGraph(nodes, links))
