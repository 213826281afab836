"""The map of an incident report: land, districts, roads, settlements and bases around a place, as simplified WKT."""

from __future__ import annotations

import math

import shapely
from sqlalchemy import text

from app.db import db
from app.documents.freezing_place import Scene
from app.documents.parts import MapArea, MapData, MapMark, MapRoad
from app.documents.picture_words import KM_PER_DEGREE, fit_to_page
from app.permissions import REACH, Permission, within_parameters

#: Half the width and height in km of a map around a point.
HALF_WIDTH, HALF_HEIGHT = 45, 22
MOST_SETTLEMENTS = 10
MOST_BASES = 8

# Nothing of a request enters this text; REACH is a constant of ours.
PARTS = text(f"""
WITH box AS (SELECT ST_MakeEnvelope(:west, :south, :east, :north, 4326) AS b), levels AS (
    SELECT min(level) AS country, max(level) FILTER (WHERE level BETWEEN 1 AND 2) AS district FROM admin_areas)
SELECT 'land' AS kind, '' AS name,
    ST_AsText(ST_Intersection(ST_Union(ST_MakeValid(ST_Simplify(area, :fine, true))), b), 5) AS shape
FROM admin_areas, box, levels WHERE level = country AND area && b GROUP BY b
UNION ALL
SELECT 'district', name, ST_AsText(ST_Intersection(ST_MakeValid(ST_Simplify(area, :fine, true)), b), 5)
FROM admin_areas, box, levels WHERE level = district AND ST_Intersects(area, b)
UNION ALL
SELECT 'road', road_class, ST_AsText(ST_Collect(ST_Simplify(line, :fine, true)), 5)
FROM road_links, box WHERE line && b AND road_class IN ('main', 'secondary', 'track') GROUP BY road_class
UNION ALL
(SELECT 'settlement', name, ST_AsText(place, 5) FROM places, box WHERE place && b
 ORDER BY population DESC NULLS LAST, code LIMIT :settlements)
UNION ALL
(SELECT 'base', name, ST_AsText(place, 5) FROM bases, box WHERE place && b AND {REACH}
 ORDER BY place <-> ST_Centroid(b), code LIMIT :bases)
ORDER BY 1, 2, 3
""")  # noqa: S608


def extent_of(scene: Scene, ground: str) -> tuple[float, float, float, float]:
    """West, south, east, north: the place with room around it, in the proportions of a page."""
    shape = shapely.from_wkt(ground)
    west, south, east, north = shape.bounds
    wide = HALF_WIDTH / KM_PER_DEGREE / max(math.cos(math.radians(scene.lat)), 0.1)
    high = HALF_HEIGHT / KM_PER_DEGREE
    if shape.geom_type != "Point":
        wide, high = max((east - west) / 8, wide / 4), max((north - south) / 8, high / 4)
    return fit_to_page(MapData((west - wide, south - high, east + wide, north + high))).extent


Around = tuple[str | None, tuple[MapArea, ...], tuple[MapRoad, ...], tuple[MapMark, ...]]


def around_box(extent: tuple[float, float, float, float]) -> Around:
    """(land, districts, roads, settlements and bases) within west, south, east, north in degrees."""
    west, south, east, north = extent
    around = {"west": west, "south": south, "east": east, "north": north, "fine": (east - west) / 1500}
    limits = {"settlements": MOST_SETTLEMENTS, "bases": MOST_BASES}
    rows = db.session.execute(PARTS, {**around, **limits, **within_parameters(Permission.SEE_MAP)}).all()
    land, areas, roads, marks = None, [], [], []
    for kind, name, shape in rows:
        if shape is None or shape.endswith("EMPTY"):
            continue
        if kind == "land":
            land = shape
        elif kind == "district":
            areas.append(MapArea(name, shape))
        elif kind == "road":
            roads.append(MapRoad(name, shape))
        else:
            point = shapely.from_wkt(shape)
            marks.append(MapMark(name, kind, point.x, point.y))
    return land, tuple(areas), tuple(roads), tuple(marks)


def map_of(scene: Scene, ground: str | None) -> MapData | None:
    """The map, or None where no place is known that could be drawn."""
    if ground is None:
        return None
    extent = extent_of(scene, ground)
    land, areas, roads, marks = around_box(extent)
    return MapData(
        extent=extent, land=land, areas=areas, roads=roads, marks=marks, place=ground,
        place_is_exact=scene.exact,
    )  # fmt: skip
