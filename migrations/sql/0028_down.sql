DELETE FROM vigil.protected_tables WHERE table_name IN ('sites', 'unit_means', 'escorts', 'road_conditions');
DROP INDEX ix_patrol_stops_place_metres;
DROP TABLE sites, unit_means, escorts, road_conditions;
DROP FUNCTION vigil.sector_at(geometry);
DELETE FROM procedures WHERE key IN ('rainy_from_month', 'rainy_until_month', 'roads_rain_main', 'roads_rain_secondary', 'roads_rain_track',
    'roads_threat_slowed', 'coverage_reach_minutes');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:ground', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:ground","v":1}', 'UTF8');
