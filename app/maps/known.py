"""Where a layer's rows come from: the tables as they stand, or the revisions that the room held true at `:known_at`.

Both give the same columns, so one statement draws the present and the past.
"""

# ruff: noqa: S608 - names of ours

from __future__ import annotations

from app.positions.models import DOUBTED, Flag

WAYS = (
    "SELECT count(*) AS n, CASE WHEN count(*) > 1 THEN ST_MakeLine(place ORDER BY sequence) "
    "ELSE min(place::text)::geometry END AS line FROM patrol_stops s WHERE s.patrol_id = p.id"
)
# By the indexes on places and times, which a policy keeps from being used (migrations/sql/0008_finding.sql).
IN_BOX = "ST_MakeEnvelope(:west, :south, :east, :north, 4326), CAST(:since AS timestamptz), CAST(:until AS timestamptz)"
SEEN = f"vigil.incidents_seen({IN_BOX}, CAST(:coarser_than AS bigint)) AS incidents"
NOW: dict[str, str] = {
    "alerts": "alerts", "incidents": SEEN, "threats": "threats", "havens": "havens", "patrols": "patrols",
    "latest_positions": "latest_positions", "carrier_positions": "latest_positions", "ways": WAYS, "moment": "now()",
    "leads": "leader_id IS NULL",
}  # fmt: skip

GRADED = "source_reliability text, credibility bigint, verification text, place_precision bigint"
CONTENT: dict[str, str] = {
    "alerts": f"id bigint, kind text, priority text, status text, {GRADED}, radius_metres bigint, raised_at timestamptz",
    "threats": "id bigint, name text, kind text, actor_id bigint, likelihood bigint, impact bigint, confidence text, "
               "ended_at timestamptz",
    "havens": "id bigint, name text, kind text, state text, capacity_night bigint, occupancy bigint, exposure text",
    "patrols": "id bigint, call_sign text, state text",
}  # fmt: skip
SHAPE = {"threats": "area", "patrols": "way"}
THEN = "r.known_from <= :known_at AND r.known_until > :known_at"


def remembered(layer: str) -> str:
    """The rows of a layer as the room knew them at `:known_at`: a subquery with the table's column names."""
    # A haven that is hidden today was perhaps none then: it stays hidden. The viewer's first wall asks both.
    hidden = " AND (:restricted OR vigil.openly_known(ARRAY[r.row_id]))" if layer == "havens" else ""
    return (
        f"(SELECT k.*, r.shape AS {SHAPE.get(layer, 'place')}, r.sector_id FROM revisions r, "
        f"jsonb_to_record(r.content) AS k({CONTENT[layer]}) WHERE r.layer = '{layer}' AND {THEN}{hidden})"
    )


# The last believed fix that had arrived by then. A device that was reported lost later was still believed.
LAST_FIX = (
    "CROSS JOIN LATERAL (SELECT p.at, p.place, p.course FROM positions p WHERE p.tracked_id = t.id "
    f"AND p.flags & {(DOUBTED & ~Flag.LOST).value} = 0 "
    f"AND (p.flags & {Flag.LOST.value} = 0 OR vigil.device_ended_at(p.tracker_id) > :known_at) "
    "AND p.received_at <= :known_at AND p.at <= :known_at ORDER BY p.at DESC LIMIT 1) f"
)
# Of the patrols that were known to be out; and of vehicles and aircraft.
LAST_FIXES = (
    "(SELECT r.row_id AS patrol_id, t.id AS tracked_id, f.* FROM revisions r JOIN tracked t ON t.patrol_id = r.row_id "
    f"{LAST_FIX} WHERE r.layer = 'patrols' AND {THEN})"
)
CARRIER_FIXES = f"(SELECT t.id AS tracked_id, f.* FROM tracked t {LAST_FIX} WHERE t.patrol_id IS NULL)"
THEN_KNOWN: dict[str, str] = {
    **{layer: f"{remembered(layer)} AS {layer}" for layer in ("alerts", "threats", "havens")},
    "incidents": f"vigil.incidents_known({IN_BOX}, CAST(:known_at AS timestamptz)) AS incidents",
    "patrols": remembered("patrols"),
    "latest_positions": LAST_FIXES,
    "carrier_positions": CARRIER_FIXES,
    "moment": "CAST(:known_at AS timestamptz)",
    "leads": "true",
    "ways": "SELECT CASE WHEN GeometryType(p.way) = 'LINESTRING' THEN 2 ELSE 1 END AS n, p.way AS line",
}
