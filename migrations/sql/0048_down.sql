-- Nobody's turn any more; that it once was stays in the record.
UPDATE alert_clocks SET stopped_at = now() WHERE clock = 'approve' AND stopped_at IS NULL;
CALL vigil.codes_of('take', 'alert_clocks', 'clock', ARRAY['approve']);
DELETE FROM procedures WHERE key LIKE 'approve\_minutes\_p_';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:approvals', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:approvals","v":1}', 'UTF8');
