-- Back to limits that a turn passed on took with it.
DO $$
BEGIN
    EXECUTE replace(replace(pg_get_functiondef('vigil.alert_facts(timestamptz, timestamptz)'::regprocedure),
        'coalesce(c.stopped_at, now()) > c.due_at',
        'c.ran_out_at IS NOT NULL OR coalesce(c.stopped_at, now()) > c.due_at'),
        'ORDER BY c.id LIMIT 1', 'ORDER BY c.due_at LIMIT 1');
END $$;
CREATE OR REPLACE FUNCTION vigil.clocks_behind() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT extract(epoch FROM now() - min(due_at)) FROM alert_clocks
    WHERE stopped_at IS NULL AND ran_out_at IS NULL AND due_at < now();
$$;
GRANT UPDATE (due_at) ON alert_clocks TO vigil_worker;
