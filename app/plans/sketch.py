"""A plan's map as lines of an SVG: roads, tours by unit, sites. North is up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import shapely

from app.plans.frozen import slept_out
from app.plans.models import PatrolPlan
from app.plans.showing import Shown
from app.roads.network import ground as roads

WIDTH, HEIGHT, EDGE = 720.0, 480.0, 28.0
# As fine as a line of this drawing can show.
FINE = 0.7
# A letter and a line of a label, as css/plans.css draws it.
LETTER, LINE = 8.6, 15.0


@dataclass(frozen=True)
class Drawn:
    """Points as SVG takes them. tours: (line's kind, its points, label, x, y of the label). sites: (x, y,
    base, post, must, other or left, name)."""

    roads: tuple[str, ...]
    tours: tuple[tuple[int, str, str, float, float], ...]
    sites: tuple[tuple[float, float, str, str], ...]
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def slept_out(self) -> bool:
        return any(kind == "post" for _x, _y, kind, _name in self.sites)


def drawn(plan: PatrolPlan, told: Shown, day: int | None) -> Drawn:
    """Of one day's tours, or of all."""
    frozen: Any = plan.ground
    result: Any = plan.result
    tours = [tour for tour in told.tours if day is None or tour.day == day]
    one = day is not None or plan.days == 1
    lines = {tour.tour: result["ways"][tour.tour]["line"] for tour in tours}
    every = [point for line in lines.values() for point in line] + frozen["spots"]
    lons, lats = [p[0] for p in every], [p[1] for p in every]
    squeeze = math.cos(math.radians((min(lats) + max(lats)) / 2))
    wide, high = max((max(lons) - min(lons)) * squeeze, 1e-3), max(max(lats) - min(lats), 1e-3)
    scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
    middle = (min(lons) + max(lons)) / 2, (min(lats) + max(lats)) / 2

    def at(lon: float, lat: float) -> tuple[float, float]:
        x = WIDTH / 2 + (lon - middle[0]) * squeeze * scale
        return round(x, 1), round(HEIGHT / 2 - (lat - middle[1]) * scale, 1)

    def points(line: Any) -> str:
        return " ".join(f"{x},{y}" for x, y in (at(*p) for p in line))

    def thin(line: Any) -> Any:
        return shapely.LineString(line).simplify(FINE / scale).coords if len(line) > 1 else line

    half = (WIDTH / 2 / scale / squeeze, HEIGHT / 2 / scale)
    box = shapely.box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])
    # Of several days each unit is named once.
    marked = {tour.tour: tour.mark if one else tour.mark.partition("/")[0] for tour in tours}
    ways, room = [], Room()
    for tour in tours:
        line = lines[tour.tour]
        if len(line) > 1:
            # At the farthest point from the base if there is room: near the base all lines meet.
            far = sorted(line[:: max(1, len(line) // 12)], key=lambda p: -math.dist(p, line[0]))
            spot = room.taken(marked[tour.tour], [at(*p) for p in far], once=not one)
            ways.append((tour.line, points(thin(line)), *(spot or ("", 0.0, 0.0))))
    return Drawn(
        tuple(points(thin(part)) for line in roads().network.lines for part in inside(line, box)),
        tuple(ways),
        tuple((*at(*spot), kind, name) for spot, kind, name in marks(plan, told, tours)),
    )


class Room:
    """Where names stand on the drawing, so that none covers another: one for which there is no room is left out, since
    the tables name every tour."""

    def __init__(self) -> None:
        self.boxes: list[tuple[float, float, float, float]] = []
        self.names: set[str] = set()

    def taken(
        self, name: str, spots: list[tuple[float, float]], once: bool
    ) -> tuple[str, float, float] | None:
        """The name with the middle of its foot, near the first of these spots that has room."""
        half = len(name) * LETTER / 2
        for x, y in spots if not (once and name in self.names) else ():
            x, y = min(max(x, half + 2), WIDTH - half - 2), max(y - 10, LINE)
            box = (x - half, y - LINE, x + half, y + 4)
            if not any(
                box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in self.boxes
            ):
                self.boxes.append(box)
                self.names.add(name)
                return name, x, y
        return None


def inside(line: Any, box: Any) -> Iterator[Any]:
    if box.intersects(line):
        cut = shapely.intersection(line, box)
        for part in shapely.get_parts(cut):
            if part.geom_type == "LineString":
                yield list(part.coords)


def marks(plan: PatrolPlan, told: Shown, tours: Any) -> list[tuple[Any, str, str]]:
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
