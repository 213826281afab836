DROP INDEX ix_patrol_stops_arrived_at;
DROP INDEX ix_patrols_started_at;
DROP FUNCTION vigil.place_facts(float8, float8);
DROP FUNCTION vigil.patrol_facts(timestamptz, timestamptz);
DROP FUNCTION vigil.must_protect(geometry, timestamptz);
DROP FUNCTION vigil.attack_facts(timestamptz, timestamptz, float8, float8);
DROP FUNCTION vigil.victim_facts(timestamptz, timestamptz);
DROP FUNCTION vigil.alert_facts(timestamptz, timestamptz);
DROP FUNCTION vigil.measures_here(bigint);
DELETE FROM procedures WHERE key LIKE 'measures\_%';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:measures', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:measures","v":1}', 'UTF8');
