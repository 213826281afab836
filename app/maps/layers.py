"""The layers' SQL: each gives rows with a `shape` and properties. `title` is the line that hovering shows, `url` the panel.

Nothing of a request enters these texts: it comes as parameters, so the strings may be put together here. Words for
people come as parameters too (`words()` in queries.py): as sentences for PostgreSQL's format(), and as JSON of a code's
words. `{alerts}` and the like stand for where the rows come from: the table, or what the room knew (known.py).
"""

# ruff: noqa: E501, S608

from __future__ import annotations

from app.havens.models import OPENLY_KNOWN_SQL
from app.permissions import REACH as REACH

COLLECT = """
SELECT json_build_object('type', 'FeatureCollection', 'total', count(*), 'truncated', count(*) >= :most,
    'features', coalesce(json_agg(ST_AsGeoJSON(f.*, 'shape', {digits})::json), '[]'::json))::text
FROM ({inner} LIMIT :most) AS f
"""
BOX = "ST_MakeEnvelope(:west, :south, :east, :north, 4326)"
SECTOR = "(CAST(:sector AS bigint) IS NULL OR sector_id = :sector)"
KIND = "(CAST(:{layer}_kind AS text) IS NULL OR kind = :{layer}_kind)"
GRADE = "(CAST(:grade AS text) IS NULL OR source_reliability <= :grade)"
VERIFICATION = "(CAST(:verification AS text) IS NULL OR verification = :verification)"
IN_TIME = "(CAST(:since AS timestamptz) IS NULL OR {t} >= :since) AND (CAST(:until AS timestamptz) IS NULL OR {t} < :until)"
# An incident that lasts counts where it touches the period, as in its table.
LASTS = IN_TIME.format(t="occurred_from").replace("occurred_from >= :since", "occurred_to >= :since")

# What follows another alert tells of that one's event: a second mark would be a second event. Of the past, the revisions
# hold no follower (migrations/sql/0021_followers.sql), so that they need no such column.
EVENT = "status <> 'closed' AND {leads}"
KNOWN_BY = "(CAST(:until AS timestamptz) IS NULL OR raised_at < :until)"
OF_ACTOR = (
    "(CAST(:actor AS text) IS NULL OR EXISTS "
    "(SELECT 1 FROM actors WHERE actors.id = actor_id AND strpos(lower(actors.name), :actor) > 0))"
)

LAND = """
SELECT ST_SimplifyPreserveTopology(area, CASE WHEN :zoom >= 9 THEN 0.0015 ELSE 0.008 END) AS shape, name AS title,
    CASE WHEN level = 0 THEN 'land' WHEN level = 1 THEN 'province' ELSE 'district' END AS kind
FROM admin_areas WHERE level <= 2 ORDER BY level"""
# Nobody presses on rivers and roads: they carry no titles.
RIVERS = "SELECT ST_Simplify(line, :tolerance) AS shape, 2 AS class FROM rivers WHERE line && " + BOX
# An open track is a hair's breadth while a country is looked at; what is closed, slow or seasonal is always told. What officers
# say of a link for a time goes before what the mission's data has; of several, 'closed', which is also the first by the alphabet.
SAID = (
    "LEFT JOIN LATERAL (SELECT min(c.condition) AS said FROM road_conditions c WHERE c.link_id = road_links.id "
    "AND c.opened_at IS NULL AND c.from_at <= now() AND (c.until_at IS NULL OR c.until_at > now())) AS s ON true"
)
ROADS = (
    "SELECT ST_Simplify(line, :tolerance) AS shape, CASE WHEN state = 'closed' THEN state ELSE coalesce(s.said, state) END AS state, "
    "CASE road_class WHEN 'main' THEN 'primary' WHEN 'secondary' THEN 'secondary' ELSE 'track' END AS class "
    f"FROM road_links {SAID} WHERE line && "
    + BOX
    + " AND (road_class IN ('main', 'secondary') OR state <> 'open' OR s.said IS NOT NULL OR :zoom >= 8)"
)
# Only those that the map writes at this zoom (static/js/names.js: LEAST_ZOOM): most of a country is villages.
PLACES = (
    "SELECT place AS shape, name, kind, CASE WHEN kind = 'capital' THEN 1 WHEN population >= 50000 THEN 2 "
    "WHEN population >= 10000 THEN 3 WHEN population >= 2500 THEN 4 ELSE 5 END AS rank "
    "FROM places WHERE place && "
    + BOX
    + " AND (kind = 'capital' OR population >= CASE WHEN :zoom >= 10 THEN 0 "
    "WHEN :zoom >= 8 THEN 2500 WHEN :zoom >= 7 THEN 10000 ELSE 50000 END OR (:zoom >= 10 AND population IS NULL)) "
    "ORDER BY population DESC NULLS LAST"
)
SECTORS = "SELECT ST_SimplifyPreserveTopology(area, CASE WHEN :zoom >= 9 THEN 0.0015 ELSE 0.008 END) AS shape, name AS title, echelon FROM sectors"
UNITS = (
    "SELECT b.place AS shape, format(:words_base, b.name) || coalesce(': ' || string_agg(u.call_sign, ', '), '') AS title, true AS base, "
    "(array_agg(upper(u.kind) ORDER BY array_position(ARRAY['FHQ','SHQ','BN','COY','PL'], upper(u.kind))))[1] AS echelon, "
    "CASE WHEN bool_or(u.kind IN ('fhq','shq')) THEN 'headquarters' WHEN bool_or(u.kind = 'fpu') THEN 'police' "
    "WHEN bool_or(u.kind = 'unmo_ts') THEN 'observers' WHEN bool_or(u.kind = 'avn') THEN 'aviation' "
    "ELSE 'infantry' END AS arm, '/mission/bases/' || b.id || '/panel' AS url "
    "FROM bases b LEFT JOIN units u ON u.base_id = b.id WHERE b.place && "
    + BOX
    + " GROUP BY b.id, b.name, b.place"
)
COMMUNITIES = (
    "SELECT place AS shape, name || ' · ' || CASE WHEN working THEN :words_network_works ELSE :words_network_silent END AS title, "
    "working, channel FROM community_networks WHERE place && " + BOX + f" AND {REACH} AND {SECTOR}"
)
THREATS = (
    "SELECT ST_SimplifyPreserveTopology(area, :tolerance) AS shape, name AS title, likelihood * impact AS score, true AS active, "
    "confidence, '/threats/' || id || '/panel' AS url FROM {threats} WHERE ended_at IS NULL AND area && "
    + BOX
    + f" AND {REACH} AND {SECTOR} AND {KIND.format(layer='threats')} AND {OF_ACTOR}"
)
HAVENS = (
    "SELECT place AS shape, name || ' · ' || (CAST(:words_haven_states AS jsonb) ->> state) AS title, state, kind, "
    "CASE WHEN capacity_night > 0 THEN least(occupancy::float / capacity_night, 1) END AS occupancy, "
    "'/havens/' || id || '/panel' AS url FROM {havens} WHERE place && "
    + BOX
    + f" AND {REACH} AND {SECTOR}"
    + f" AND ({OPENLY_KNOWN_SQL} OR :restricted)"
)
# A visit to a defender is drawn for those who may know where it goes (app/patrols/visits.py).
OPEN_TO_ME = "p.id NOT IN (SELECT vigil.sealed_visits())"
WAYS = (
    "SELECT CASE WHEN s.n > 1 THEN s.line WHEN l.place IS NOT NULL THEN l.place ELSE s.line END AS shape, "
    "p.call_sign || ' · ' || (CAST(:words_patrol_states AS jsonb) ->> p.state) AS title, p.state, NULL::float8 AS heading, "
    "'/patrols/' || p.id || '/panel' AS url, '/api/v1/tracks/' || t.id AS track, 'patrol' AS kind "
    "FROM {patrols} p JOIN tracked t ON t.patrol_id = p.id LEFT JOIN {latest_positions} l ON l.patrol_id = p.id "
    "LEFT JOIN LATERAL ({ways}) s ON true "
    "WHERE p.state IN ('planned', 'under_way', 'paused') AND (s.line IS NOT NULL OR l.place IS NOT NULL) AND "
    + f"{REACH} AND {SECTOR} AND {OPEN_TO_ME}".replace("sector_id", "p.sector_id")
)
POSITIONS = (
    "SELECT l.place, p.call_sign, p.state, l.course, '/patrols/' || p.id || '/panel', '/api/v1/tracks/' || l.tracked_id, 'patrol' "
    "FROM {latest_positions} l JOIN {patrols} p ON p.id = l.patrol_id WHERE p.state IN ('under_way', 'paused') AND "
    + f"{REACH} AND {SECTOR} AND {OPEN_TO_ME}".replace("sector_id", "p.sector_id")
)
# Vehicles and aircraft that were heard of within a day; older ones stand in the table.
CARRIERS = (
    "SELECT l.place, t.call_sign || ' · ' || (CAST(:words_carrier_kinds AS jsonb) ->> t.kind), 'under_way', l.course, "
    "'/carriers/' || t.id || '/panel', '/api/v1/tracks/' || t.id, t.kind FROM {carrier_positions} l JOIN tracked t ON t.id = l.tracked_id "
    "WHERE t.patrol_id IS NULL AND (t.retired_at IS NULL OR t.retired_at > {moment}) AND l.at > {moment} - interval '1 day' AND "
    + f"{REACH} AND {SECTOR}".replace("sector_id", "t.sector_id")
)
PATROLS = f"{WAYS} UNION ALL {POSITIONS} UNION ALL {CARRIERS}"
ALERTS = (
    "SELECT CASE WHEN radius_metres > 200 THEN geometry(ST_Buffer(geography(place), radius_metres)) ELSE place END "
    "AS shape, id, format(:words_alert, id, priority) || ' · ' || source_reliability || credibility AS title, priority, status, "
    "status <> 'received' AS acknowledged, source_reliability || credibility AS grade, verification, "
    "'/alerts/' || id || '/panel' AS url FROM {alerts} WHERE place && "
    + BOX
    + f" AND {REACH} AND {SECTOR} AND {KIND.format(layer='alerts')} AND {GRADE} AND {VERIFICATION}"
    + f" AND {EVENT} AND {KNOWN_BY} "
    "ORDER BY priority, raised_at DESC"
)
