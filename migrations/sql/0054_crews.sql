GRANT UPDATE (people_a_day, vehicles) ON unit_means TO vigil_app;

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('patrol_crew_vehicle', 6, 'people', 'Patrols: least people in vehicles'),
    ('patrol_crew_foot', 8, 'people', 'Patrols: least people on foot'),
    ('patrol_crew_night', 4, 'people', 'Patrols: by night so many more'),
    ('patrol_vehicles', 2, 'vehicles', 'Patrols: least vehicles');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:crews', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:crews","v":1}', 'UTF8');
