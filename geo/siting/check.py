"""Replays a placement in plain Python, with nothing of the searches: what it finds wrong, nobody should see as a plan."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Aim(StrEnum):
    """What a certificate's value is: the sum of weight × distance, the longest distance, the weight within a radius."""

    TOTAL = "total"
    LONGEST = "longest"
    WITHIN = "within"


@dataclass(frozen=True)
class Question:
    """distance[i][j]: of place i to candidate j. keep, forbidden: candidates. size, room: where sites fill up."""

    aim: Aim
    distance: Sequence[Sequence[float]]
    weight: Sequence[float]
    count: int
    radius: float = math.inf
    keep: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    size: Sequence[int] | None = None
    room: Sequence[int] | None = None


def faults(
    asked: Question, sites: Sequence[int], serves: Sequence[int], value: float, bound: float
) -> list[str]:
    """What is wrong with an answer, in words; nothing if it is right. serves[i]: the site of place i, -1 for nobody."""
    found: list[str] = []
    opened = {int(site) for site in sites}
    if len(opened) != len(sites) or len(opened) > asked.count:
        found.append(f"{len(sites)} sites are open, {asked.count} may be.")
    if opened & set(asked.forbidden):
        found.append("A forbidden site is open.")
    if set(asked.keep) - opened:
        found.append("A site that was to be kept is not open.")
    load: dict[int, int] = {}
    total, longest, reached, left = 0.0, 0.0, 0.0, 0
    for place, site in enumerate(int(each) for each in serves):
        if site < 0:
            left += 1
            if asked.aim is not Aim.WITHIN and asked.weight[place] > 0:
                total = longest = math.inf
            continue
        if site not in opened:
            found.append(f"Place {place} goes to site {site}, which is not open.")
        way = float(asked.distance[place][site])
        if asked.size is None and any(asked.distance[place][other] < way for other in opened):
            found.append(f"Place {place} goes past a nearer site.")
        if asked.size is not None:
            load[site] = load.get(site, 0) + int(asked.size[place])
        if asked.aim is Aim.WITHIN and way > asked.radius:
            found.append(f"Place {place} goes further than the radius.")
        total += asked.weight[place] * way if asked.weight[place] else 0.0
        longest = max(longest, way)
        reached += asked.weight[place]
    if asked.room is not None:
        found += [
            f"Site {site} holds more than its room." for site, held in load.items() if held > asked.room[site]
        ]
    true = {Aim.TOTAL: total, Aim.LONGEST: longest, Aim.WITHIN: reached}[asked.aim]
    near = 1e-7 * max(1.0, abs(true)) if math.isfinite(true) else 0.0
    if true != value and not abs(true - value) <= near:
        found.append(f"The value is {true}, not {value}.")
    crossed = bound < true - near if asked.aim is Aim.WITHIN else bound > true + near
    if crossed:
        found.append(f"The bound {bound} is worse than the value {true}, so it bounds nothing.")
    return found
