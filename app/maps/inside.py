"""What lies in an area that somebody drew: counts of each layer, through the walls of the layers themselves.

Defenders are not counted: whoever may draw any area learns from counts what a cell was made to keep from him.
"""

# ruff: noqa: E501, S608 - names of ours

from __future__ import annotations

from dataclasses import dataclass, replace

from flask_babel import gettext as _
from sqlalchemy import text

from app.db import db
from app.errors import Invalid
from app.havens.models import OPENLY_KNOWN_SQL
from app.maps import known, layers
from app.maps.queries import View
from app.permissions import Permission, knows_restricted, viewer, within_parameters

MOST_CORNERS = 100
AREA = "ST_MakeValid(ST_GeomFromText(:area, 4326))"
FILTERED = f"{layers.REACH} AND {layers.SECTOR}"
GRADED = f"{layers.GRADE} AND {layers.VERIFICATION}"
# layer → (permission, what is counted: n and a second figure)
COUNTS: dict[str, tuple[Permission, str]] = {
    "alerts": (Permission.READ_ALERTS, (
        "SELECT count(*), count(*) FILTER (WHERE status = 'received') FROM {alerts} "
        f"WHERE ST_Intersects(place, {AREA}) AND {FILTERED} AND {layers.KIND.format(layer='alerts')} AND {GRADED} "
        f"AND {layers.EVENT} AND {layers.KNOWN_BY}")),
    "incidents": (Permission.READ_INCIDENTS, (
        "SELECT count(*), coalesce(sum(killed_best), 0) FROM {incidents} "
        f"WHERE ST_Intersects(place, {AREA}) AND {FILTERED} AND {layers.LASTS} "
        f"AND {layers.KIND.format(layer='incidents')} AND {GRADED} AND place_precision <= 2 AND (CAST(:actor AS text) IS NULL "
        "OR strpos(lower(side_a), :actor) > 0 OR strpos(lower(side_b), :actor) > 0)")),
    "threats": (Permission.READ_THREATS, (
        "SELECT count(*), coalesce(max(likelihood * impact), 0) FROM {threats} "
        f"WHERE ST_Intersects(area, {AREA}) AND {FILTERED} AND {layers.KIND.format(layer='threats')} AND ended_at IS NULL "
        f"AND {layers.OF_ACTOR}")),
    "havens": (Permission.READ_HAVENS, (
        "SELECT count(*), coalesce(sum(greatest(capacity_night - occupancy, 0)) FILTER (WHERE state = 'open'), 0) "
        f"FROM {{havens}} WHERE ST_Intersects(place, {AREA}) AND {FILTERED} "
        f"AND ({OPENLY_KNOWN_SQL} OR :restricted)")),
    "units": (Permission.SEE_MAP, (
        "SELECT count(DISTINCT b.id), coalesce(sum(u.strength), 0) FROM bases b LEFT JOIN units u ON u.base_id = b.id "
        f"WHERE ST_Intersects(b.place, {AREA})")),
    "places": (Permission.SEE_MAP, (
        f"SELECT count(*), coalesce(sum(population), 0) FROM places WHERE ST_Intersects(place, {AREA})")),
}  # fmt: skip


@dataclass(frozen=True)
class Inside:
    """`square_km` and `metres_round` on the ellipsoid; `counts`: layer → (how many, second figure)."""

    square_km: float
    metres_round: float
    counts: dict[str, tuple[int, int]]


def corners(written: str) -> str:
    """WKT of an area written as `lon,lat;lon,lat;…` in degrees, 3 to 100 corners. Raises Invalid."""
    try:
        points = [tuple(float(x) for x in pair.split(",")) for pair in written.split(";")]
        inside = all(-180 <= lon <= 180 and -90 <= lat <= 90 for lon, lat in points)
    except ValueError:
        inside, points = False, []
    if not inside or not 3 <= len(points) <= MOST_CORNERS:
        raise Invalid(_("Give the area as lon,lat;lon,lat;… in degrees, with 3 to 100 corners."))
    ring = ", ".join(f"{lon:.6f} {lat:.6f}" for lon, lat in [*points, points[0]])
    return f"POLYGON(({ring}))"


def ask(area: str, view: View) -> Inside:
    """What the viewer sees in the area (WKT), with the map's filters, period and `known_at`."""
    who = viewer()
    size = db.session.execute(
        text(f"SELECT ST_Area(geography(a)) / 1e6, ST_Perimeter(geography(a)), ST_XMin(a) AS west, ST_YMin(a) AS south, "
             f"ST_XMax(a) AS east, ST_YMax(a) AS north FROM (SELECT {AREA} AS a) AS drawn"), {"area": area}
    ).one()  # fmt: skip
    # Whatever the map shows: an area may reach beyond its edges.
    view = replace(view, west=size.west, south=size.south, east=size.east, north=size.north)
    found: dict[str, tuple[int, int]] = {}
    for name, (permission, statement) in COUNTS.items():
        if not who.holds(permission):
            continue
        statement = statement.format(**(known.THEN_KNOWN if view.known_at else known.NOW))
        parameters = {
            **view.parameters(), **within_parameters(permission), "area": area, "coarser_than": 0,
            "restricted": knows_restricted(),
        }  # fmt: skip
        used = {k: v for k, v in parameters.items() if f":{k}" in statement}
        n, second = db.session.execute(text(statement), used).one()
        found[name] = (int(n), int(second))
    return Inside(float(size[0]), float(size[1]), found)
