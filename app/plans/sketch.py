"""A plan's map: roads, tours by unit, sites."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import shapely

from app.plans.frozen import slept_out
from app.plans.models import PatrolPlan
from app.plans.showing import Shown
from app.roads.network import ground as roads
from app.sketching import Frame, Label, Labels, Mark

WIDTH, HEIGHT = 720.0, 480.0
# Units of the drawing: half a site's mark, and letters as css/plans.css has them.
HALF, LETTERS = 7.0, 14.0
# Along its way a tour's name is tried at so many points.
TRIED = 12


@dataclass(frozen=True)
class Way:
    """A tour. `kind`: of its line."""

    kind: int
    path: str
    label: Label | None


@dataclass(frozen=True)
class Sketch:
    """`sites`: base, post, must, other or left. driven: what patrols of an issued plan have driven."""

    frame: Frame
    roads: str
    tours: tuple[Way, ...]
    sites: tuple[Mark, ...]
    driven: str = ""

    @property
    def slept_out(self) -> bool:
        return any(site.kind == "post" for site in self.sites)


def sketch(plan: PatrolPlan, told: Shown, day: int | None, went: Sequence[shapely.LineString] = ()) -> Sketch:
    """Of one day's tours, or of all; went: ways that were driven, lon and lat in degrees."""
    frozen: Any = plan.ground
    result: Any = plan.result
    tours = [tour for tour in told.tours if day is None or tour.day == day]
    one = day is not None or plan.days == 1
    lines = {tour.tour: result["ways"][tour.tour]["line"] for tour in tours}
    frame = Frame.around([*(p for line in lines.values() for p in line), *frozen["spots"]], WIDTH, HEIGHT)
    sites = tuple(Mark(*frame.at(*spot), kind, name) for spot, kind, name in marks(plan, tours))
    labels, named, ways = Labels(frame), set[str](), []
    for site in sites:
        labels.keep_clear(site, HALF)
    for tour in tours:
        line = lines[tour.tour]
        if len(line) < 2:
            continue
        # At the farthest point from the base if there is room: near the base all lines meet.
        far = sorted(line[:: max(1, len(line) // TRIED)], key=lambda p: -math.dist(p, line[0]))
        # Of several days each unit is named once.
        name = tour.mark if one else tour.mark.partition("/")[0]
        label = None
        if one or name not in named:
            label = labels.beside(name, [frame.at(*p) for p in far], LETTERS, gap=HALF + 2)
        if label:
            named.add(name)
        ways.append(Way(tour.line, frame.path(shapely.LineString(line)), label))
    return Sketch(frame, frame.path(roads().network.lines), tuple(ways), sites, frame.path(list(went)))


def marks(plan: PatrolPlan, tours: Any) -> list[tuple[Any, str, str]]:
    frozen: Any = plan.ground
    result: Any = plan.result
    spots = frozen["spots"]
    served = {stop.task for tour in tours for stop in tour.stops}
    found: dict[tuple[float, float], tuple[str, str]] = {}
    for task, fact in enumerate(frozen["about"]):
        spot = tuple(spots[frozen["tasks"]["node"][task]])
        kind = ("must" if fact["priority"] == "must" else "other") if task in served else "left"
        if spot not in found or found[spot][0] == "left":
            found[spot] = (kind, fact["name"])
    for n in {int(node) for node in frozen["tours"]["start"]}:
        found[tuple(spots[n])] = ("base", "")
    posts = set(slept_out(frozen, result)[0].values())
    for node, name in frozen.get("posts", {}).items():
        if name in posts:
            found[tuple(spots[int(node)])] = ("post", name)
    return [(spot, kind, name) for spot, (kind, name) in found.items()]
