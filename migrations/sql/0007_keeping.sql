-- How long positions are kept: where everybody was is nobody's business for ever. Whole months are dropped.

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('position_keep_days', 365, 'days', 'Positions are kept for');
-- The body is canonical JSON (RFC 8785): keys in order, no spaces, UTC with microseconds.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.position_procedures_seeded', 'procedures:position_keep_days', convert_to(
    '{"action":"mission.position_procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:position_keep_days","v":1}', 'UTF8');

-- Drops the months that ended before a time; returns which, as YYYYMM. It waits for nobody: the schedule comes again.
CREATE FUNCTION vigil.drop_positions_before(before timestamptz) RETURNS SETOF text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
    part text;
BEGIN
    FOR part IN SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'positions'::regclass AND c.relname ~ '^positions_[0-9]{6}$' ORDER BY 1 LOOP
        IF (to_date(right(part, 6), 'YYYYMM') + interval '1 month')::timestamp AT TIME ZONE 'UTC' <= before THEN
            EXECUTE format('DROP TABLE %I', part);
            RETURN NEXT right(part, 6);
        END IF;
    END LOOP;
    DELETE FROM latest_positions WHERE at < before;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.drop_positions_before(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.drop_positions_before(timestamptz) TO vigil_worker;
