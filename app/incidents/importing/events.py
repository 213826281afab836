"""Storing imported events: once for each source id; a revised row of the source replaces what it said before."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import text

from app.incidents.importing import acled, ucdp
from app.mission.importing.keeping import Importing
from app.mission.importing.reading import Row, RowRefused

STORE = text("""
INSERT INTO incidents (source, source_id, kind, original_kind, occurred_from, occurred_to, date_precision, place,
    place_precision, place_name, side_a, side_b, killed_low, killed_best, killed_high, killed_by_side,
    source_reliability, credibility, summary, original, admin_code, sector_id)
SELECT :source, :source_id, :kind, :original_kind, :occurred_from, :occurred_to, :date_precision, here.p,
    :place_precision, :place_name, :side_a, :side_b, :killed_low, :killed_best, :killed_high,
    CAST(:killed_by_side AS jsonb), :source_reliability, :credibility, :summary, CAST(:original AS jsonb),
    CASE WHEN :place_precision <= 3 THEN areas.admin_code END, areas.sector_id
FROM (SELECT ST_SetSRID(ST_MakePoint(:lon, :lat), 4326) AS p) AS here, vigil.areas_of(here.p) AS areas
ON CONFLICT (source, source_id) DO UPDATE SET kind = excluded.kind, original_kind = excluded.original_kind,
    occurred_from = excluded.occurred_from, occurred_to = excluded.occurred_to,
    date_precision = excluded.date_precision, place = excluded.place, place_precision = excluded.place_precision,
    place_name = excluded.place_name, side_a = excluded.side_a, side_b = excluded.side_b,
    killed_low = excluded.killed_low, killed_best = excluded.killed_best, killed_high = excluded.killed_high,
    killed_by_side = excluded.killed_by_side, summary = excluded.summary, original = excluded.original,
    admin_code = excluded.admin_code, sector_id = excluded.sector_id
WHERE incidents.original IS DISTINCT FROM excluded.original
""")


def importing(source: str) -> Importing:
    """The import of `ucdp` or `acled` events."""
    make = {"ucdp": ucdp.event, "acled": acled.event}[source]

    def parameters(row: Row) -> dict[str, Any]:
        found = make(row)
        if any("\x00" in v for v in found.values() if isinstance(v, str)):
            raise RowRefused("nul")
        found["killed_by_side"] = json.dumps(found["killed_by_side"])
        found["original"] = json.dumps(found["original"], default=str)
        return found

    return Importing("incidents", "incidents.imported", parameters, STORE)
