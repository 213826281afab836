"""A siting as an SVG drawn by the server: the sector, its roads, people by whether they are within reach, the sites."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from numpy.typing import NDArray
from sqlalchemy import select

from app.db import db
from app.mission.models import Sector
from app.roads.network import ground
from geo.projection import Plane

WIDTH, HEIGHT, EDGE = 640.0, 460.0, 26.0
# Thinner than this nothing can be told apart, and each point weighs on the page.
STEP = 1.2
MOST_PLACES, MOST_NAMES = 400, 10


@dataclass(frozen=True)
class Mark:
    """At (x, y) of the drawing. `how`: in, part or out of reach; new or existing site."""

    x: float
    y: float
    how: str
    name: str
    size: float = 0.0
    label: tuple[float, float, str] | None = None


@dataclass
class Sketch:
    """Paths as SVG takes them; `kilometres` of the scale bar and its length in units of the drawing."""

    outline: str
    roads: dict[str, str]
    places: list[Mark]
    sites: list[Mark]
    bar: float
    kilometres: float
    width: float = WIDTH
    height: float = HEIGHT
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)


def sketch(answer: dict[str, Any], sector_id: int) -> Sketch:
    """Of the answer as it was found; outline and roads are those of now."""
    area = to_shape(db.session.execute(select(Sector.area).where(Sector.id == sector_id)).scalar_one())
    plane = Plane.around(area)
    flat = plane.metres(area)
    spots = [(e["lon"], e["lat"]) for e in (*answer["places"], *answer["sites"])]
    points = shapely.get_coordinates(plane.metres(shapely.MultiPoint(spots)))
    low, high = np.array(flat.bounds[:2]), np.array(flat.bounds[2:])
    low, high = np.minimum(low, points.min(axis=0)), np.maximum(high, points.max(axis=0))
    scale = float(min((WIDTH - 2 * EDGE) / (high[0] - low[0]), (HEIGHT - 2 * EDGE) / (high[1] - low[1])))
    middle = (low + high) / 2

    def placed(metres: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(
            (WIDTH / 2 + (metres[:, 0] - middle[0]) * scale, HEIGHT / 2 - (metres[:, 1] - middle[1]) * scale)
        )

    frame = shapely.box(*low, *high).buffer(EDGE / scale)
    kilometres = next((km for km in (100, 50, 20, 10, 5, 2, 1) if km * 1000 * scale < WIDTH / 3), 0.5)
    drawn = Sketch(
        path(flat.boundary, STEP / scale, placed), roads_in(plane, frame, STEP / scale, placed), [], [],
        round(kilometres * 1000 * scale, 1), kilometres,
    )  # fmt: skip
    at = placed(points)
    people = len(answer["places"])
    for site, (x, y) in zip(answer["sites"], at[people:].tolist(), strict=True):
        how = "existing" if site["existing"] else "new"
        drawn.taken.append((x - 9, y - 9, x + 9, y + 9))
        drawn.sites.append(Mark(round(x, 1), round(y, 1), how, site["name"]))
    drawn.sites = [
        Mark(m.x, m.y, m.how, m.name, 0.0, label(drawn, m.x, m.y, m.name, True)) for m in drawn.sites
    ]
    most = max(place["people"] for place in answer["places"])
    for place, (x, y) in list(zip(answer["places"], at[:people].tolist(), strict=True))[:MOST_PLACES]:
        how = "in" if place["near"] == place["people"] else "part" if place["near"] else "out"
        named = how != "in" and sum(m.label is not None for m in drawn.places) < MOST_NAMES
        size = 2.5 + 9 * (place["people"] / most) ** 0.5
        words = label(drawn, x, y, place["name"]) if named else None
        drawn.places.append(Mark(round(x, 1), round(y, 1), how, place["name"], round(size, 1), words))
    return drawn


def label(
    drawn: Sketch, x: float, y: float, name: str, must: bool = False
) -> tuple[float, float, str] | None:
    """Where the name stands: beside, above or below its mark, where nothing stands yet; None without room."""
    wide = 6.6 * len(name)
    for left, top, anchor in ((x + 11, y - 6, "start"), (x - 11 - wide, y - 6, "end"), (x - wide / 2, y - 26, "middle"),
                              (x - wide / 2, y + 14, "middle")):  # fmt: skip
        box = (left, top, left + wide, top + 13)
        inside = left > 2 and left + wide < WIDTH - 2 and 2 < top < HEIGHT - 15
        if inside and not any(
            box[0] < o[2] and o[0] < box[2] and box[1] < o[3] and o[1] < box[3] for o in drawn.taken
        ):
            drawn.taken.append(box)
            return (
                round({"start": left, "end": left + wide, "middle": x}[anchor], 1),
                round(top + 11, 1),
                anchor,
            )
    return (round(x + 11, 1), round(y + 5, 1), "start") if must else None


Placed = Callable[[NDArray[np.float64]], NDArray[np.float64]]


def roads_in(plane: Plane, frame: Any, step: float, placed: Placed) -> dict[str, str]:
    """Class of road → its path within the frame."""
    network = ground().network
    by_class: dict[str, list[Any]] = {}
    for name, line in zip(network.road_class, network.lines, strict=True):
        flat = plane.metres(line)
        if flat.intersects(frame):
            by_class.setdefault(name, []).append(flat.intersection(frame))
    return {
        name: path(shapely.line_merge(shapely.union_all(lines)), step, placed)
        for name, lines in by_class.items()
    }


def path(lines: Any, step: float, placed: Placed) -> str:
    found = []
    for line in shapely.get_parts(lines.simplify(step)):
        points = placed(shapely.get_coordinates(line))
        if len(points) > 1:
            found.append("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points.tolist()))
    return "".join(found)
