"""A siting's map: the sector, its roads, people by whether they are within reach, the sites."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from geoalchemy2.shape import to_shape
from sqlalchemy import select

from app.db import db
from app.mission.models import Sector
from app.roads.network import ground
from app.sketching import Frame, Labels, Mark

WIDTH, HEIGHT = 640.0, 460.0
# Units of the drawing: half a site's mark, and letters as css/siting.css has them.
HALF, SITES, PLACES = 10.0, 13.0, 12.0
MOST_PLACES, MOST_NAMES = 400, 10


@dataclass(frozen=True)
class Sketch:
    """`roads`: class of road → its path. `places`: in, part or out of reach; `sites`: new or existing."""

    frame: Frame
    outline: str
    roads: dict[str, str]
    places: tuple[Mark, ...]
    sites: tuple[Mark, ...]


def sketch(answer: dict[str, Any], sector_id: int) -> Sketch:
    """Of the answer as it was found; outline and roads are those of now."""
    area = to_shape(db.session.execute(select(Sector.area).where(Sector.id == sector_id)).scalar_one())
    spots = np.array([(e["lon"], e["lat"]) for e in (*answer["places"], *answer["sites"])])
    frame = Frame.around(np.vstack((shapely.get_coordinates(area), spots)), WIDTH, HEIGHT)
    labels, sites = Labels(frame), []
    for site in answer["sites"]:
        how = "existing" if site["existing"] else "new"
        sites.append(Mark(*frame.at(site["lon"], site["lat"]), how, site["name"]))
        labels.keep_clear(sites[-1].x, sites[-1].y, HALF)
    sites = [replace(s, label=labels.beside(s.name, [(s.x, s.y)], SITES, gap=HALF + 2)) for s in sites]
    return Sketch(
        frame, frame.path(shapely.boundary(area)), roads_in(frame), places_of(answer["places"], frame, labels),
        tuple(sites),
    )  # fmt: skip


def places_of(places: list[dict[str, Any]], frame: Frame, labels: Labels) -> tuple[Mark, ...]:
    """The largest, each as big as its people are many; of those out of reach the first few by name."""
    most, found, named = max(place["people"] for place in places), [], 0
    for place in places[:MOST_PLACES]:
        how = "in" if place["near"] == place["people"] else "part" if place["near"] else "out"
        size = round(2.5 + 9 * (place["people"] / most) ** 0.5, 1)
        mark = Mark(*frame.at(place["lon"], place["lat"]), how, place["name"], size)
        if how != "in" and named < MOST_NAMES:
            mark = replace(mark, label=labels.beside(mark.name, [(mark.x, mark.y)], PLACES, gap=size + 2))
            named += mark.label is not None
        found.append(mark)
    return tuple(found)


def roads_in(frame: Frame) -> dict[str, str]:
    """Class of road → its path."""
    network = ground().network
    classes, lines = np.array(network.road_class), np.array(network.lines, dtype=object)
    return {
        str(name): frame.path(shapely.line_merge(shapely.union_all(lines[classes == name])))
        for name in np.unique(classes)
    }
