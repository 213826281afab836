INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:imports', convert_to('{"action":"mission.procedures_removed","v":1}', 'UTF8');
DELETE FROM procedures WHERE key = 'imported_incidents_per_day';
DROP POLICY of_own_file ON incidents;
CREATE OR REPLACE FUNCTION vigil.keepers_of_rules() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p WHERE EXISTS (
        SELECT 1 FROM rules r LEFT JOIN rule_versions v ON v.rule_id = r.id
        WHERE p.id IN (r.created_by_id, r.enabled_by_id, v.by_id)
        AND (vigil.anywhere('rules:read') OR r.sector_id = ANY (vigil.sectors_for('rules:read'))));
$$;
DROP POLICY rests_nobody ON rules;
DROP TRIGGER in_one_s_own_name ON rules;
DROP FUNCTION vigil.refuse_unnamed_rest();
DROP POLICY reads_havens ON rule_versions;
REVOKE UPDATE (test_id, wrong_codes) ON contacts FROM vigil_worker;
CREATE OR REPLACE FUNCTION vigil.sender_of(reply bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN (SELECT r.sender FROM replies r WHERE r.id = reply AND vigil.anywhere('messages:read'));
END $$;
ALTER TABLE watches DROP CONSTRAINT ck_watches_ends;
ALTER TABLE ladders DROP CONSTRAINT ck_ladders_has_rungs, DROP CONSTRAINT ck_ladders_quiet_half_a_day,
    DROP CONSTRAINT ck_ladders_p1_told_again;
DROP TRIGGER stepped ON alert_clocks;
DROP FUNCTION vigil.refuse_unstepped_clock();
GRANT UPDATE (ran_out_at) ON alert_clocks TO vigil_app;
DROP TRIGGER stepped_state ON alerts;
DROP FUNCTION vigil.refuse_unstepped_state();
DROP TRIGGER hides_nothing ON alerts;
DROP FUNCTION vigil.refuse_hiding_leader();
