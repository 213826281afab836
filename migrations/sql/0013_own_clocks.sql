-- When something was written down is told by the database's clock, not by whoever writes: what these columns say is what
-- the picture of an earlier moment, the times of a response and a board of inquiry rest on.
CREATE PROCEDURE vigil.tell_time_itself(told text, VARIADIC columns text[]) LANGUAGE plpgsql AS $$
DECLARE
    who text;
    may text;
    others text := (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute a
                    WHERE a.attrelid = told::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attname <> ALL (columns));
    these text := (SELECT string_agg(quote_ident(c), ', ') FROM unnest(columns) c);
BEGIN
    FOREACH who IN ARRAY ARRAY['vigil_app', 'vigil_worker'] LOOP
        FOREACH may IN ARRAY ARRAY['INSERT', 'UPDATE'] LOOP
            IF has_table_privilege(who, told, may) THEN
                EXECUTE format('REVOKE %s ON %I FROM %I', may, told, who);
                EXECUTE format('GRANT %s (%s) ON %I TO %I', may, others, told, who);
            ELSE
                EXECUTE format('REVOKE %s (%s) ON %I FROM %I', may, these, told, who);
            END IF;
        END LOOP;
    END LOOP;
END $$;
REVOKE EXECUTE ON ROUTINE vigil.tell_time_itself(text, text[]) FROM PUBLIC;

CALL vigil.tell_time_itself('alert_steps', 'recorded_at');
CALL vigil.tell_time_itself('defender_notes', 'at');
CALL vigil.tell_time_itself('defenders', 'registered_at');
CALL vigil.tell_time_itself('documents', 'ordered_at');
CALL vigil.tell_time_itself('downloads', 'at');
CALL vigil.tell_time_itself('handovers', 'written_at');
CALL vigil.tell_time_itself('haven_changes', 'at');
CALL vigil.tell_time_itself('imports', 'at');
CALL vigil.tell_time_itself('incident_verifications', 'at');
CALL vigil.tell_time_itself('incidents', 'recorded_at');
CALL vigil.tell_time_itself('patrols', 'created_at');
CALL vigil.tell_time_itself('positions', 'received_at');
CALL vigil.tell_time_itself('report_conflicts', 'received_at');
CALL vigil.tell_time_itself('saved_views', 'kept_at');
CALL vigil.tell_time_itself('taskings', 'ordered_at');
CALL vigil.tell_time_itself('threats', 'opened_at');
CALL vigil.tell_time_itself('tracked', 'created_at');
CALL vigil.tell_time_itself('trackers', 'created_at');

-- A report and its alert carry one time, which the application tells: it may be off by as much as two machines' clocks are,
-- and no further.
CREATE POLICY at_its_time ON field_reports AS RESTRICTIVE FOR INSERT TO vigil_app, vigil_worker
    WITH CHECK (received_at BETWEEN now() - interval '5 minutes' AND now() + interval '5 minutes');
CREATE POLICY at_its_time ON alerts AS RESTRICTIVE FOR INSERT TO vigil_app, vigil_worker
    WITH CHECK (received_at BETWEEN now() - interval '5 minutes' AND now() + interval '5 minutes'
                AND raised_at BETWEEN now() - interval '5 minutes' AND now() + interval '5 minutes');
