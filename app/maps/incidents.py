"""Incidents on the picture: pins that join into clusters; areas for what is known to a district or province only, all of
an area in one feature; what is known more coarsely is counted and stands in the table.

Under a policy no index on places is used (migrations/sql/0008_finding.sql), so the rows come from `vigil.incidents_seen`,
which asks the policy's question itself. All of time is asked of the pyramid's sums, which hold no times: a million rows
would take seconds.
"""

# ruff: noqa: E501, S608 - names of ours

from __future__ import annotations

from app.maps.layers import BOX, GRADE, KIND, LASTS, SECTOR, VERIFICATION
from app.permissions import REACH
from app.tiles.queries import FINEST, LEVELS

HEAD = f"""
WITH RECURSIVE above AS (
    SELECT code, code AS up, parent_code, level FROM admin_areas
    UNION ALL SELECT a.code, p.code, p.parent_code, p.level FROM above a JOIN admin_areas p ON p.code = a.parent_code
), seen AS MATERIALIZED (
    SELECT id, kind, killed_best, verification, place_precision, occurred_from, place, admin_code,
        source_reliability || credibility AS grade
    FROM {{incidents}} WHERE place && {BOX} AND {REACH} AND {LASTS}
        AND {SECTOR} AND {KIND.format(layer="incidents")} AND {GRADE} AND {VERIFICATION}
        AND (CAST(:actor AS text) IS NULL OR strpos(lower(side_a), :actor) > 0 OR strpos(lower(side_b), :actor) > 0)
"""

# Clusters are some 50 pixels wide.
PINS = """
), pins AS (
    SELECT count(*) AS n, max(killed_best) AS worst, sum(killed_best) AS killed, max(id) AS id,
        ST_SetSRID(ST_MakePoint(avg(ST_X(place)), avg(ST_Y(place))), 4326) AS shape,
        bool_and(verification = 'verified') AS verified, max(kind) AS kind, max(grade) AS grade
    FROM seen WHERE place_precision <= 2
    GROUP BY floor(ST_X(place) / :cell), floor(ST_Y(place) / :cell)
"""

# The pyramid's cells of 64 pixels, at most of level 13. A cell of one incident is that incident, with its panel.
CELLS = f"""
), cells AS (
    SELECT x, y, sum(incidents) AS n, sum(killed) AS killed, sum(verified) AS verified,
        ST_SetSRID(ST_MakePoint(sum(lon_sum) / sum(incidents) / 1e6, sum(lat_sum) / sum(incidents) / 1e6), 4326) AS shape
    FROM (SELECT x >> :fold AS x, y >> :fold AS y, incidents, killed, verified, lon_sum, lat_sum FROM incident_cells
          WHERE level = :level AND x BETWEEN vigil.cell_x(:west) >> :shift AND vigil.cell_x(:east) >> :shift
            AND y BETWEEN vigil.cell_y(:north) >> :shift AND vigil.cell_y(:south) >> :shift
            AND {REACH} AND {SECTOR} AND {KIND.format(layer="incidents")}
          UNION ALL
          SELECT x >> :shift + :fold, y >> :shift + :fold, incidents, killed, verified, lon_sum, lat_sum
          FROM incident_cell_changes
          WHERE x BETWEEN vigil.cell_x(:west) AND vigil.cell_x(:east) AND y BETWEEN vigil.cell_y(:north) AND vigil.cell_y(:south)
            AND {REACH} AND {SECTOR} AND {KIND.format(layer="incidents")}) AS parts
    GROUP BY x, y HAVING sum(incidents) > 0
), pins AS (
    SELECT n, CASE WHEN n = 1 THEN killed END AS worst, killed, one.id, cells.shape, verified = n AS verified, one.kind, one.grade
    FROM cells LEFT JOIN LATERAL (
        SELECT id, kind, source_reliability || credibility AS grade
        FROM vigil.incidents_seen(ST_Expand(cells.shape, 0.000001), NULL, NULL, 0)
        WHERE n = 1 AND place_precision <= 2 AND {REACH} AND {SECTOR} AND {KIND.format(layer="incidents")} LIMIT 1) AS one ON true
"""

TAIL = """
), coarse AS (
    SELECT admin_code, CASE WHEN admin_code IS NULL THEN place END AS centre, (array_agg(place))[1] AS one_of_them,
        place_precision, count(*) AS n, max(killed_best) AS worst, sum(killed_best) AS killed, max(id) AS id,
        bool_and(verification = 'verified') AS verified, max(kind) AS kind, max(grade) AS grade
    FROM seen WHERE place_precision IN (3, 4) GROUP BY 1, 2, place_precision
), located AS (
    SELECT c.*, coalesce(
        (SELECT up.up FROM above up WHERE up.code = c.admin_code AND up.level = l.wanted),
        (SELECT d.code FROM admin_areas d WHERE d.level = l.wanted AND ST_Intersects(d.area, c.one_of_them) LIMIT 1)) AS code
    FROM coarse c CROSS JOIN LATERAL (SELECT CASE WHEN place_precision = 3 THEN 2 ELSE 1 END AS wanted) l
), areas AS (
    SELECT code, place_precision, sum(n) AS n, max(worst) AS worst, sum(killed) AS killed, max(id) AS id,
        bool_and(verified) AS verified, max(kind) AS kind, max(grade) AS grade, (array_agg(one_of_them))[1] AS centre
    FROM located GROUP BY code, place_precision, CASE WHEN code IS NULL THEN one_of_them END
)
SELECT json_build_object('type', 'FeatureCollection', 'total', (SELECT coalesce(sum(n), 0) FROM pins) + (SELECT count(*) FROM seen WHERE place_precision > 2),
    'coarse', (SELECT count(*) FROM seen WHERE place_precision > 4), 'features', coalesce(json_agg(ST_AsGeoJSON(f.*, 'shape', 5)::json), '[]'::json))::text
FROM (
    SELECT shape, n > 1 AS cluster, n AS count, worst, killed AS killed_best, verified, kind, CASE WHEN n = 1 THEN grade END AS grade, 1 AS precision,
        CASE WHEN n > 1 THEN format(:words_cluster, n, killed) ELSE format(:words_incident, id, killed) || ' · ' || grade END AS title, CASE WHEN n = 1 THEN '/incidents/' || id || '/panel' END AS url
    FROM pins
    UNION ALL
    SELECT ST_SnapToGrid(coalesce(
            (SELECT ST_SimplifyPreserveTopology(area, 0.005) FROM admin_areas d WHERE d.code = a.code),
            geometry(ST_Buffer(geography(centre), CASE WHEN place_precision = 3 THEN 25000 ELSE 60000 END))), 0.001),
        false, n, worst, killed, verified, kind, CASE WHEN n = 1 THEN grade END, place_precision,
        format(:words_area, n), '/incidents/' || id || '/panel'
    FROM areas a
) AS f
"""

ONE_BY_ONE = HEAD + PINS + TAIL
SUMMED = HEAD + CELLS + TAIL
FINER = 2  # levels between a map's zoom and cells of 64 pixels
LAST_SUMMED = 11  # closer in, the incidents of a map are few enough to be read one by one


def summed(zoom: int) -> dict[str, int]:
    """Parameters of SUMMED for a zoom up to LAST_SUMMED: the pyramid's level next above what is drawn, and the steps between."""
    level = min(each for each in LEVELS if each >= zoom + FINER)
    return {"level": level, "fold": level - zoom - FINER, "shift": FINEST - level}
