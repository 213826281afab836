"""The ways that a plan's tours take on the mission's roads: a line for the map and the order, kilometres by leg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import numpy as np

from app.plans.frozen import modes_of
from app.roads.network import ground, said, season_at
from geo.patrols.plan import Plan
from geo.patrols.problem import Problem
from geo.road_joining import joined
from geo.roads import Network, Ways, slowed, ways


def driven(frozen: Mapping[str, Any], problem: Problem, plan: Plan) -> list[dict[str, Any]]:
    """For each tour: `line`, [lon, lat] in the order of driving, and `metres` of each leg (to each stop, within an escort
    too, and home); empty for a tour that stays."""
    begins = datetime.fromisoformat(frozen["begins"])
    closed, factor = said(begins)
    roads = ground().network
    by_mode: list[tuple[Network, Any, Ways]] = []
    for mode in modes_of(frozen):
        whole, nodes = joined(slowed(mode.on(roads), closed=closed, factor=factor), np.array(frozen["spots"]))
        by_mode.append((whole, nodes, ways(whole, nodes, season_at(begins))))
    found: list[dict[str, Any]] = []
    for tour, each in enumerate(plan.rounds):
        if not each.stops and not each.travel:
            found.append({"line": [], "metres": []})
            continue
        whole, nodes, by_road = by_mode[int(problem.tours.mode[tour])]
        path: list[list[float]] = []
        metres = []
        for leg in legs(problem, tour, [stop.task for stop in each.stops]):
            far = 0.0
            for one, other in pairwise(leg):
                line, length = way(whole, by_road, nodes, one, other)
                path += line if not path else line[1:]
                far += length
            metres.append(round(far))
        found.append({"line": path, "metres": metres})
    return found


def legs(problem: Problem, tour: int, order: Sequence[int]) -> list[list[int]]:
    """The nodes of each leg: to a stop (and on to where an escort ends), at the end home."""
    here, found = int(problem.tours.start[tour]), []
    for task in order:
        found.append([here, int(problem.tasks.node[task]), int(problem.tasks.end[task])])
        here = int(problem.tasks.end[task])
    return [*found, [here, int(problem.tours.end[tour])]]


def way(whole: Network, by_road: Ways, nodes: Any, one: int, other: int) -> tuple[list[list[float]], float]:
    """From one place to another: points and metres. Roads go both ways, so it is asked from the other's side."""
    at = int(nodes[one])
    points = [[round(float(x), 5) for x in whole.nodes[at]]]
    metres = 0.0
    for link in by_road.links(other, at) or []:
        first, second = (int(end) for end in whole.ends[link])
        drawn = [[round(x, 5), round(y, 5)] for x, y in whole.lines[link].coords]
        points += (drawn if first == at else drawn[::-1])[1:]
        metres += float(whole.metres[link])
        at = second if first == at else first
    return points, metres
