"""Vector tiles, built by the database (ST_AsMVT over ST_TileEnvelope). Defenders' cells are in no tile.

Far out, incidents come from the pyramid: its cells are read by numbers alone, which policies let an index do. From zoom
10 on each stands for itself where a tile holds few, and from zoom 12 on everywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, func, select, text

from app.db import db
from app.errors import NotFound
from app.exchange.danger import INCIDENTS
from app.exchange.layers import Layer
from app.permissions import within_parameters

GREATEST_ZOOM = 22
FIRST_WITH_EACH = 10  # below, incidents come from the pyramid
LAST_WITH_CLUSTERS = 11
FEW = 500  # incidents of a tile at zoom 10 or 11 that are told one by one
LEVELS = (5, 7, 9, 11, 13, 15)
FINEST = LEVELS[-1]
MOST = 10_000  # features of a tile
EXTENT, BUFFER = 4096, 64
SETTLED = 2  # the coarsest precision of a place that is drawn as a point


@dataclass(frozen=True)
class Tile:
    z: int
    x: int
    y: int

    def in_the_world(self) -> bool:
        return self.z <= GREATEST_ZOOM and self.x < 2**self.z and self.y < 2**self.z


def tile(layer: Layer, where: Tile, kinds: list[str] | None) -> bytes:
    """One layer's tile; `kinds`: of these alone. Raises NotFound outside the world."""
    if not where.in_the_world():
        raise NotFound
    if layer is not INCIDENTS:
        return features(layer, where, kinds)
    if where.z < FIRST_WITH_EACH or (where.z <= LAST_WITH_CLUSTERS and held(where, kinds) > FEW):
        return clusters(where, kinds)
    return each(where, kinds)


def features(layer: Layer, where: Tile, kinds: list[str] | None) -> bytes:
    frame = func.ST_TileEnvelope(where.z, where.x, where.y)
    degrees = func.ST_Transform(frame, 4326)
    query = layer.rows()
    query = query.where(layer.shape.op("&&")(degrees), layer.pictured())
    if kinds and "kind" in layer.codes:
        query = query.where(layer.codes["kind"].in_(kinds))
    rows = query.limit(MOST).subquery("r")
    shape = func.ST_AsMVTGeom(func.ST_Transform(rows.c.shape, 3857), frame, EXTENT, BUFFER, True)
    drawn = select(shape.label("shape"), rows.c.id, *[rows.c[name] for name in layer.columns]).subquery("t")
    numbered = isinstance(layer.key.type, BigInteger)  # a code can't number features
    mvt = func.ST_AsMVT(drawn.table_valued(), layer.name, EXTENT, "shape", *(["id"] if numbered else []))
    return bytes(db.session.execute(select(mvt)).scalar_one() or b"")


# A tile's part of the pyramid, with what has not been added to its cells yet.
PARTS = """
    SELECT x, y, incidents, killed, verified, lon_sum, lat_sum FROM incident_cells
    WHERE level = :level AND x BETWEEN :west AND :east AND y BETWEEN :north AND :south
        AND (:anywhere OR sector_id = ANY (CAST(:sectors AS bigint[])))
        AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY (CAST(:kinds AS text[])))
    UNION ALL
    SELECT x >> :shift, y >> :shift, incidents, killed, verified, lon_sum, lat_sum FROM incident_cell_changes
    WHERE x BETWEEN :west << :shift AND ((:east + 1) << :shift) - 1
        AND y BETWEEN :north << :shift AND ((:south + 1) << :shift) - 1
        AND (:anywhere OR sector_id = ANY (CAST(:sectors AS bigint[])))
        AND (CAST(:kinds AS text[]) IS NULL OR kind = ANY (CAST(:kinds AS text[])))
"""
HELD = f"SELECT coalesce(sum(incidents), 0) FROM ({PARTS}) AS parts"  # noqa: S608 - our own words
# Cells of the level above the tile's zoom by four or five: 16 or 32 of them side by side in a tile. Each is drawn
# where its incidents lie on average, and not in its middle: a grid of dots would look like a finding.
CLUSTERS = f"""
WITH sums AS (
    SELECT x, y, sum(incidents) AS n, sum(killed) AS killed, sum(verified) AS verified, sum(lon_sum) AS lon_sum,
        sum(lat_sum) AS lat_sum
    FROM ({PARTS}) AS parts GROUP BY x, y HAVING sum(incidents) > 0
)
SELECT ST_AsMVT(t, 'incidents', {EXTENT}, 'shape', 'id') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(ST_SetSRID(ST_MakePoint(lon_sum / n / 1e6, lat_sum / n / 1e6), 4326), 3857),
               ST_TileEnvelope(:z, :x, :y), {EXTENT}, {BUFFER}, true) AS shape,
        (y << {FINEST} | x)::bigint AS id, true AS cluster, n::bigint AS count, killed::bigint AS killed_best,
        verified::bigint AS verified
    FROM sums) AS t
"""  # noqa: S608 - our own words

# Written once: putting it together anew takes longer than the database needs. The finder uses the index on places,
# the rows behind its numbers are looked up under the policies and under the viewer's reach.
EACH = f"""
SELECT ST_AsMVT(t, 'incidents', {EXTENT}, 'shape', 'id') FROM (
    SELECT ST_AsMVTGeom(ST_Transform(place, 3857), ST_TileEnvelope(:z, :x, :y), {EXTENT}, {BUFFER}, true) AS shape, id,
        {INCIDENTS.columns_as_sql()}
    FROM incidents
    WHERE id = ANY (CAST((SELECT vigil.incidents_in(ARRAY[ST_Transform(ST_TileEnvelope(:z, :x, :y), 4326)], NULL, NULL,
                              CAST(:kinds AS text[]), NULL, NULL, {SETTLED}, NULL, {MOST})) AS bigint[]))
      AND (:anywhere OR sector_id = ANY (CAST(:sectors AS bigint[])))) AS t
"""  # noqa: S608 - columns of ours


def level_for(zoom: int) -> int:
    """The pyramid's level for a zoom up to 11: 5, 7, 9, 11, 13 or 15."""
    return 5 + 2 * (zoom // 2)


def each(where: Tile, kinds: list[str] | None) -> bytes:
    asked = {
        "z": where.z,
        "x": where.x,
        "y": where.y,
        "kinds": kinds or None,
        **within_parameters(INCIDENTS.permission),
    }
    return bytes(db.session.execute(text(EACH), asked).scalar_one() or b"")


def clusters(where: Tile, kinds: list[str] | None) -> bytes:
    asked = {"z": where.z, "x": where.x, "y": where.y, **part(where, level_for(where.z), kinds)}
    return bytes(db.session.execute(text(CLUSTERS), asked).scalar_one() or b"")


def held(where: Tile, kinds: list[str] | None) -> int:
    """How many incidents the tile holds, from the coarsest cells that fit into it."""
    level = min(level for level in LEVELS if level >= where.z)
    return int(db.session.execute(text(HELD), part(where, level, kinds)).scalar_one())


def part(where: Tile, level: int, kinds: list[str] | None) -> dict[str, Any]:
    """Parameters of PARTS: the tile's cells of a level, which is not below its zoom."""
    side = 2 ** (level - where.z)
    return {
        "level": level, "shift": FINEST - level, "kinds": kinds or None, "west": where.x * side,
        "east": where.x * side + side - 1, "north": where.y * side, "south": where.y * side + side - 1,
        **within_parameters(INCIDENTS.permission),
    }  # fmt: skip
