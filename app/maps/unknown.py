"""Where nobody has reported anything: the districts that are unknown and not calm.

A district counts as heard from when an incident, an alert or a report of the period lies in it, as far as the viewer
reads them; one outside his sectors is not spoken of. Only what is known to the district or finer counts: a report from
"somewhere in the province" tells nothing of its districts.
"""

# ruff: noqa: S608 - names of ours

from __future__ import annotations

from typing import Any

from app.maps.layers import IN_TIME
from app.permissions import Permission, viewer

# table → the permission to read it, when the event was, when the room learned of it
HEARD = {
    "incidents": (Permission.READ_INCIDENTS, "occurred_from", "recorded_at"),
    "alerts": (Permission.READ_ALERTS, "occurred_at", "raised_at"),
    "field_reports": (Permission.READ_REPORTS, "occurred_at", "received_at"),
}
HEARD_IN = " UNION ".join(
    f"SELECT admin_code AS code FROM {table} WHERE {IN_TIME.format(t=event)} "
    f"AND (:{table}_anywhere OR sector_id = ANY (CAST(:{table}_sectors AS bigint[]))) "
    f"AND (CAST(:known_at AS timestamptz) IS NULL OR {learned} <= :known_at)"
    for table, (_permission, event, learned) in HEARD.items()
)
UNKNOWN = f"""
SELECT ST_SimplifyPreserveTopology(d.area, 0.002) AS shape, format(:words_unknown, d.name) AS title
FROM admin_areas d
WHERE d.level = 2 AND d.code NOT IN (
    WITH RECURSIVE heard AS (
        ({HEARD_IN})
        UNION SELECT a.parent_code FROM admin_areas a JOIN heard h ON h.code = a.code
    ) SELECT code FROM heard WHERE code IS NOT NULL)
AND (:everywhere OR EXISTS (SELECT 1 FROM sectors s WHERE s.id = ANY (CAST(:own_sectors AS bigint[]))
                            AND ST_Intersects(s.area, ST_PointOnSurface(d.area))))"""


def reaches() -> dict[str, Any]:
    """The parameters of UNKNOWN that say how far the viewer reads."""
    who = viewer()
    own = sorted(who.sector_ids)
    found: dict[str, Any] = {"own_sectors": own}
    for table, (permission, _event, _learned) in HEARD.items():
        found[f"{table}_anywhere"] = permission in who.anywhere()
        found[f"{table}_sectors"] = own if permission in who.in_sector() else []
    found["everywhere"] = any(found[f"{table}_anywhere"] for table in HEARD)
    return found
