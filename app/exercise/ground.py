"""The exercise's ground of planning, invented: sites to protect, means of units, escorts owed, roads closed."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import Connection, text

from app.exercise.dataset import Dataset

# The smallest sector that holds a place, as vigil.areas_of finds it.
SECTOR_OF = (
    "(SELECT s.id FROM sectors s WHERE ST_Intersects(s.area, {place}) "
    "ORDER BY array_position(ARRAY['company', 'battalion', 'sector', 'mission'], s.echelon) LIMIT 1)"
)
# In each sector places under threat, those where patrols were, and the largest; some with a market, a night share, hours.
SITES = f"""
WITH placed AS (
    SELECT p.id, p.population, {SECTOR_OF.format(place="p.place")} AS sector_id,
        EXISTS (SELECT 1 FROM threats t WHERE t.ended_at IS NULL AND ST_Intersects(t.area, p.place)) AS threatened,
        EXISTS (SELECT 1 FROM patrol_stops v WHERE v.place_id = p.id AND v.arrived_at IS NOT NULL) AS visited
    FROM places p WHERE p.kind <> 'capital'),
ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY sector_id ORDER BY threatened DESC, visited DESC, population DESC NULLS LAST, id) AS n
    FROM placed WHERE sector_id IS NOT NULL)
INSERT INTO sites (place_id, sector_id, priority, visits_a_week, longest_gap_days, visit_minutes, night_share,
                   market_days, market_from, market_until, window_from, window_until, needs, note, set_at)
SELECT id, sector_id, CASE WHEN n <= 2 THEN 'must' WHEN n <= 5 THEN 'should' ELSE 'could' END,
    CASE WHEN n <= 2 THEN 7 WHEN n <= 5 THEN 3 ELSE 1 END, CASE WHEN n <= 2 THEN 1 WHEN n <= 5 THEN 4 ELSE 10 END,
    CASE WHEN n <= 2 THEN 60 ELSE 45 END, CASE WHEN id % 4 = 0 THEN 0.3 ELSE 0 END,
    CASE WHEN id % 3 = 0 THEN ARRAY[1 + id % 6, 1 + (id + 3) % 6] ELSE '{{}}' END,
    CASE WHEN id % 3 = 0 THEN 480 END, CASE WHEN id % 3 = 0 THEN 780 END,
    CASE WHEN id % 5 = 0 THEN 420 END, CASE WHEN id % 5 = 0 THEN 1020 END,
    CASE WHEN id % 6 = 0 THEN ARRAY['interpreter'] WHEN id % 7 = 0 THEN ARRAY['women'] ELSE '{{}}' END,
    'EXERCISE: invented', :since
FROM ranked WHERE n <= 8
"""  # noqa: S608 - SQL of ours
MEANS = """
INSERT INTO unit_means (unit_id, sector_id, going, open_speed, seasonal_speed, foot_kph, shift_from, shift_until,
                        longest_duty_minutes, tours_a_day, crew, people_a_day, vehicles, interpreters, women, days,
                        overnight_base_ids, note, set_at)
SELECT u.id, u.sector_id, CASE WHEN u.kind IN ('fpu', 'unmo_ts') THEN 'vehicle' ELSE 'mixed' END, 1, 0.8, 4,
    CASE WHEN u.id % 4 = 0 THEN 1020 ELSE 420 END, CASE WHEN u.id % 4 = 0 THEN 300 ELSE 1080 END,
    CASE WHEN u.kind = 'coy' THEN 600 ELSE 480 END, CASE WHEN u.kind = 'coy' THEN 2 ELSE 1 END,
    greatest(4, least(16, u.strength / 3)), greatest(12, u.strength / 2), CASE WHEN u.kind = 'coy' THEN 8 ELSE 3 END,
    CASE WHEN u.id % 3 = 0 THEN 0 ELSE 1 END, u.id % 4,
    CASE WHEN u.id % 5 = 0 THEN ARRAY[1, 2, 3, 4, 5, 6] ELSE ARRAY[1, 2, 3, 4, 5, 6, 7] END,
    -- Every third company may stay out at the nearest other base.
    array_remove(ARRAY[u.base_id, CASE WHEN u.kind = 'coy' AND u.id % 3 = 0 THEN (
        SELECT o.id FROM bases b JOIN bases o ON o.id <> b.id WHERE b.id = u.base_id
        ORDER BY ST_Distance(o.place, b.place), o.id LIMIT 1) END], NULL), 'EXERCISE: invented', :since
FROM units u WHERE u.kind IN ('coy', 'pl', 'fpu', 'unmo_ts', 'qrf') AND u.base_id IS NOT NULL
"""
ESCORTS = """
INSERT INTO escorts (sector_id, kind, from_place_id, to_place_id, on_day, earliest, latest, ready_minutes, note, set_at)
SELECT a.sector_id, (ARRAY['humanitarian', 'market', 'firewood'])[1 + a.id % 3], a.place_id, b.place_id,
    CAST(:today AS date) + CAST(1 + a.id % 5 AS integer), 420, 600, 15, 'EXERCISE: invented', :since
FROM sites a JOIN LATERAL (SELECT place_id FROM sites o WHERE o.sector_id = a.sector_id AND o.id <> a.id
                           ORDER BY o.id LIMIT 1) b ON true
WHERE a.priority = 'should' ORDER BY a.id LIMIT 6
"""
# Tracks alone: what the exercise's own patrols drive on stays open.
CONDITIONS = f"""
WITH tracks AS (
    SELECT l.id, l.line, row_number() OVER (ORDER BY l.metres DESC, l.id) AS n FROM road_links l
    WHERE l.state = 'open' AND l.road_class = 'track')
INSERT INTO road_conditions (link_id, sector_id, condition, cause, factor, from_at, until_at, reason, set_at)
SELECT id, {SECTOR_OF.format(place="ST_LineInterpolatePoint(line, 0.5)")},
    CASE WHEN n <= 2 THEN 'closed' ELSE 'slowed' END,
    (ARRAY['bridge', 'mines', 'rain', 'checkpoint'])[n], CASE WHEN n > 2 THEN 2 END, :since,
    CASE WHEN n = 3 THEN CAST(:since AS timestamptz) + interval '20 days' END,
    'EXERCISE: told by a patrol that turned back here', :since
FROM tracks WHERE n <= 4
"""  # noqa: S608 - SQL of ours


def load_ground(c: Connection, data: Dataset) -> None:
    """After sectors, places, units, roads, threats and patrols."""
    since = data.now - timedelta(days=12)
    for statement in (SITES, MEANS, ESCORTS, CONDITIONS):
        given = {"since": since, "today": data.now.date()}
        c.execute(text(statement), {k: v for k, v in given.items() if f":{k}" in statement})
