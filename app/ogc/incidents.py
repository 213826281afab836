"""Pages of incidents: the one layer of millions. Its statement is written once, when this module is read, since putting
it together anew takes longer than the database needs to answer it.

The finder (migrations/sql/0008_finding.sql) gives numbers by the index on places; the rows behind them are looked up by
number, under the policies and under the viewer's reach.
"""

from __future__ import annotations

import json

from sqlalchemy import text

from app.db import db
from app.exchange.danger import INCIDENTS
from app.exchange.layers import as_sql
from app.ogc.asked import Question
from app.permissions import viewer

STATEMENT = text(
    f"""
WITH found AS MATERIALIZED (
    SELECT vigil.incidents_in(
        (SELECT array_agg(ST_MakeEnvelope(
            (b ->> 0)::float8, (b ->> 1)::float8, (b ->> 2)::float8, (b ->> 3)::float8, 4326))
         FROM jsonb_array_elements(CAST(:boxes AS jsonb)) AS b),
        CAST(:since AS timestamptz), CAST(:until AS timestamptz), CAST(:kind AS text[]), CAST(:verification AS text[]),
        CAST(:source AS text[]), NULL, CAST(:after AS bigint), CAST(:most AS bigint) + 1) AS ids
)
SELECT coalesce(string_agg(feature, ',' ORDER BY id), ''), count(*),
    (SELECT CASE WHEN cardinality(ids) > :most THEN ids[:most] END FROM found)
FROM (
    SELECT id, concat('{{"type":"Feature","id":', id, ',"geometry":',
        coalesce(ST_AsGeoJSON({as_sql(INCIDENTS.shape)}, 6), 'null'), ',"properties":',
        row_to_json((SELECT told FROM (SELECT {INCIDENTS.columns_as_sql()}) AS told)), '}}') AS feature
    FROM incidents
    WHERE id = ANY ((SELECT ids[1\\:CAST(:most AS int)] FROM found)::bigint[])
      AND (:anywhere OR sector_id = ANY (CAST(:sectors AS bigint[])))
) AS features
""".replace("::", "\\:\\:")  # noqa: S608 - columns of ours
)


def page(asked: Question, after: int | None) -> tuple[str, int, int | None]:
    """(features as GeoJSON text with commas between, how many, the last number if there are more)."""
    who, reads = viewer(), INCIDENTS.permission
    row = db.session.execute(
        STATEMENT,
        {
            "boxes": json.dumps(asked.boxes) if asked.boxes else None, "since": asked.since, "until": asked.until,
            "after": after, "most": asked.limit, "anywhere": reads in who.anywhere(),
            "sectors": sorted(who.sector_ids) if reads in who.in_sector() else [],
            **{name: asked.codes.get(name) for name in INCIDENTS.codes},
        },
    ).one()  # fmt: skip
    return row[0], row[1], row[2]
