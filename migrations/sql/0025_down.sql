INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:havens', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:havens","v":1}', 'UTF8');
DELETE FROM procedures WHERE key IN ('haven_water_litres', 'haven_water_survival_litres', 'haven_people_a_latrine',
    'haven_people_a_latrine_first', 'haven_food_days', 'haven_fuel_days', 'haven_look_ahead_hours', 'haven_token_days');
DROP POLICY reads_stocks ON rule_versions;
CALL vigil.codes_of('take', 'rules', 'kind', ARRAY['haven_stock']);
DROP FUNCTION vigil.fold_haven_tokens(timestamptz);
DELETE FROM vigil.protected_tables WHERE table_name IN ('haven_records', 'haven_inspections', 'haven_stocks',
    'haven_headcounts', 'haven_compromise_steps', 'haven_gate_days');
DROP TABLE haven_compromise_steps, haven_gate_days, haven_tokens, haven_headcounts, haven_stocks, haven_inspections,
    haven_records;
