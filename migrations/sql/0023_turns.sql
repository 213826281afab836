-- Turns that were passed on or came to the deputy: the limit stands as it was set, and what is late is late by it.
GRANT UPDATE (deputy_until) ON alert_clocks TO vigil_app, vigil_worker;
REVOKE UPDATE (due_at) ON alert_clocks FROM vigil_worker;

-- Health: a turn that the deputy has is not behind until his time is over.
CREATE OR REPLACE FUNCTION vigil.clocks_behind() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT extract(epoch FROM now() - min(coalesce(deputy_until, due_at))) FROM alert_clocks
    WHERE stopped_at IS NULL AND ran_out_at IS NULL AND coalesce(deputy_until, due_at) < now();
$$;

-- vigil.alert_facts (0017_measures.sql), but for what it calls late: nobody decided by the first limit, whoever had the turn.
DO $$
DECLARE
    standing text := pg_get_functiondef('vigil.alert_facts(timestamptz, timestamptz)'::regprocedure);
    mended text := replace(replace(standing, 'c.ran_out_at IS NOT NULL OR coalesce(c.stopped_at, now()) > c.due_at',
        'coalesce(c.stopped_at, now()) > c.due_at'), 'ORDER BY c.due_at LIMIT 1', 'ORDER BY c.id LIMIT 1');
BEGIN
    IF mended = standing THEN
        RAISE EXCEPTION 'vigil.alert_facts is not as it was expected.';
    END IF;
    EXECUTE mended;
END $$;
