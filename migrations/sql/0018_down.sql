DELETE FROM vigil.protected_tables
    WHERE table_name IN ('surfaces', 'surface_parts', 'surface_scores', 'alert_scores');
DROP FUNCTION vigil.alert_score_counts();
DROP FUNCTION vigil.alerts_to_score(timestamptz, text[], float8, float8);
DROP FUNCTION vigil.surface_people();
DROP FUNCTION vigil.surface_heard(timestamptz, timestamptz);
DROP FUNCTION vigil.surface_signs(timestamptz, timestamptz);
DROP FUNCTION vigil.surface_events(text[], timestamptz, timestamptz, timestamptz);
DROP FUNCTION vigil.surface_ground();
DROP FUNCTION vigil.of_one_person(text, text);
DROP FUNCTION vigil.for_the_house();
DROP TABLE alert_scores;
DROP TABLE surface_scores;
DROP TABLE surface_parts;
DROP TABLE surfaces;
DELETE FROM procedures WHERE key LIKE 'surface\_%';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:surface', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:surface","v":1}', 'UTF8');
