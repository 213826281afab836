DELETE FROM procedures WHERE key IN ('patrol_crew_vehicle', 'patrol_crew_foot', 'patrol_crew_night', 'patrol_vehicles');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:crews', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:crews","v":1}', 'UTF8');

ALTER TABLE unit_means DROP COLUMN people_a_day, DROP COLUMN vehicles;
-- What stands is recorded anew without the columns, for the log to vouch for it.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'means.people_unnamed', 'unit_means:all', convert_to(
    '{"action":"means.people_unnamed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"unit_means:all","v":1}', 'UTF8');
UPDATE unit_means SET crew = crew;
