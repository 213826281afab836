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
    labels, sites, places = Labels(frame), sites_of(answer, frame), places_of(answer, frame)
    for site in sites:
        labels.keep_clear(site, HALF)
    for place in places:
        labels.keep_clear(place, place.size, lesser=True)
    sites = [replace(site, label=labels.of_greater(site.name, site, SITES, HALF + 2)) for site in sites]
    return Sketch(
        frame,
        frame.path(shapely.boundary(area)),
        roads_in(frame),
        named(places, labels),
        tuple(sites),
    )


def sites_of(answer: dict[str, Any], frame: Frame) -> list[Mark]:
    return [
        Mark(*frame.at(site["lon"], site["lat"]), "existing" if site["existing"] else "new", site["name"])
        for site in answer["sites"]
    ]


def places_of(answer: dict[str, Any], frame: Frame) -> list[Mark]:
    """The largest, each as big as its people are many."""
    most, found = max(place["people"] for place in answer["places"]), []
    for place in answer["places"][:MOST_PLACES]:
        how = "in" if place["near"] == place["people"] else "part" if place["near"] else "out"
        size = round(2.5 + 9 * (place["people"] / most) ** 0.5, 1)
        found.append(Mark(*frame.at(place["lon"], place["lat"]), how, place["name"], size))
    return found


def named(places: list[Mark], labels: Labels) -> tuple[Mark, ...]:
    """The first few of those out of reach by name."""
    found, names = list(places), 0
    for n, place in enumerate(places):
        if place.kind != "in" and names < MOST_NAMES:
            spot = [(place.x, place.y)]
            found[n] = replace(place, label=labels.beside(place.name, spot, PLACES, place.size + 2))
            names += found[n].label is not None
    return tuple(found)


def roads_in(frame: Frame) -> dict[str, str]:
    """Class of road → its path."""
    network = ground().network
    classes, lines = np.array(network.road_class), np.array(network.lines, dtype=object)
    return {
        str(name): frame.path(shapely.line_merge(shapely.union_all(lines[classes == name])))
        for name in np.unique(classes)
    }
