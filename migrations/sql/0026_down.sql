DROP POLICY by_position ON patrol_stops;
DROP POLICY watches ON patrol_stops;
REVOKE SELECT, UPDATE (arrived_at, arrived_by, departed_at, departed_by) ON patrol_stops FROM vigil_worker;
DELETE FROM vigil.protected_tables
    WHERE table_name IN ('due_diligence', 'patrol_orders', 'stop_codes', 'patrol_deviations');
DROP TABLE patrol_deviations;
DROP TABLE stop_codes;
DROP TABLE patrol_orders;
DROP FUNCTION vigil.is_cleared(bigint, bigint);
DROP TABLE due_diligence;
DELETE FROM procedures WHERE key LIKE 'order\_%';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:patrol_orders', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:patrol_orders","v":1}', 'UTF8');
