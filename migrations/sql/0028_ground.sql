-- The ground of planning. A list of what is visited, with what, and over which roads tells where nobody will be: sites, means
-- and escorts are read by those who read patrols there, and written by those who plan them.

CALL vigil.guard('sites', read => 'patrols:read', add => 'patrols:plan', change => 'patrols:plan', sector => 'sector_id');
CALL vigil.guard('unit_means', read => 'patrols:read', add => 'patrols:plan', change => 'patrols:plan', sector => 'sector_id');
CALL vigil.guard('escorts', read => 'patrols:read', add => 'patrols:plan', change => 'patrols:plan', sector => 'sector_id');
-- Whoever drives must know of a closed road, wherever it lies; who sends patrols hears of it first.
CALL vigil.guard('road_conditions', read => 'mission:see_map', add => 'patrols:send', sector => 'sector_id');
-- What was said of a road stands; that it is open again is said beside it, once.
GRANT UPDATE (opened_at, opened_by_id, opened_why) ON road_conditions TO vigil_app;
CREATE POLICY opens ON road_conditions FOR UPDATE TO vigil_app
    USING (opened_at IS NULL AND ((SELECT vigil.anywhere('patrols:send'))
                                  OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:send'))::bigint[])))
    WITH CHECK (opened_by_id = (SELECT vigil.person_id()));

-- In one's own name, and in the sector where the thing lies: else somebody of one sector could plan for another's.
CREATE FUNCTION vigil.sector_at(here geometry) RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT a.sector_id FROM vigil.areas_of(here) a;
$$;
CREATE POLICY own_name ON sites AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (set_by_id = (SELECT vigil.person_id()) AND dropped_at IS NULL AND sector_id IS NOT DISTINCT FROM
                (SELECT vigil.sector_at(p.place) FROM places p WHERE p.id = place_id));
CREATE POLICY own_name_too ON sites AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (dropped_at IS NULL) WITH CHECK (set_by_id = (SELECT vigil.person_id()));
CREATE POLICY own_name ON unit_means AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (set_by_id = (SELECT vigil.person_id())
                AND sector_id IS NOT DISTINCT FROM (SELECT u.sector_id FROM units u WHERE u.id = unit_id));
CREATE POLICY own_name_too ON unit_means AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (true) WITH CHECK (set_by_id = (SELECT vigil.person_id()));
CREATE POLICY own_name ON escorts AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (set_by_id = (SELECT vigil.person_id()) AND ended_at IS NULL AND sector_id IS NOT DISTINCT FROM
                (SELECT vigil.sector_at(p.place) FROM places p WHERE p.id = from_place_id));
CREATE POLICY own_name_too ON escorts AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (ended_at IS NULL) WITH CHECK (ended_by_id = (SELECT vigil.person_id()));
CREATE POLICY own_name ON road_conditions AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (set_by_id = (SELECT vigil.person_id()) AND opened_at IS NULL AND sector_id IS NOT DISTINCT FROM
                (SELECT vigil.sector_at(ST_LineInterpolatePoint(l.line, 0.5)) FROM road_links l WHERE l.id = link_id));
-- Of a site and an escort the place stands, of means the unit: what lies elsewhere is another row.
REVOKE UPDATE ON sites, unit_means, escorts FROM vigil_app, vigil_worker;
GRANT UPDATE (priority, visits_a_week, longest_gap_days, visit_minutes, night_share, market_days, market_from, market_until,
    window_from, window_until, needs, note, set_by_id, set_at, dropped_at, dropped_why) ON sites TO vigil_app;
GRANT UPDATE (going, open_speed, seasonal_speed, foot_kph, shift_from, shift_until, longest_duty_minutes, tours_a_day, crew,
    interpreters, women, days, overnight_base_ids, overnight_place_ids, note, set_by_id, set_at) ON unit_means TO vigil_app;
GRANT UPDATE (ended_at, ended_by_id, outcome) ON escorts TO vigil_app;
-- The worker reads it as whoever ordered a plan, and writes none of it.
REVOKE INSERT ON sites, unit_means, escorts, road_conditions FROM vigil_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
REVOKE EXECUTE ON FUNCTION vigil.sector_at(geometry) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.sector_at(geometry) TO vigil_app;

CALL vigil.tell_time_itself('escorts', 'set_at');
CALL vigil.tell_time_itself('road_conditions', 'set_at');
CALL vigil.protect('sites', 'id');
CALL vigil.protect('unit_means', 'unit_id');
CALL vigil.protect('escorts', 'id');
CALL vigil.protect('road_conditions', 'id');
CALL vigil.count_changes('road_conditions', 'roads', 'none');

-- When a place was last visited is asked by metres, for each site of a list.
CREATE INDEX ix_patrol_stops_place_metres ON patrol_stops USING gist (geography(place));

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('rainy_from_month', 4, 'month', 'Roads: the rainy season begins with month'),
    ('rainy_until_month', 10, 'month', 'Roads: the rainy season ends with month'),
    ('roads_rain_main', 1.1, 'times', 'Roads: in the rainy season a main road takes longer by'),
    ('roads_rain_secondary', 1.4, 'times', 'Roads: in the rainy season a secondary road takes longer by'),
    ('roads_rain_track', 2, 'times', 'Roads: in the rainy season a track takes longer by'),
    ('roads_threat_slowed', 1.5, 'times', 'Roads: within the area of an active threat a road takes longer by'),
    ('coverage_reach_minutes', 120, 'minutes', 'Coverage: a place is reached in time within');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:ground', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:ground","v":1}', 'UTF8');
