-- Turns that were passed on or came to the deputy: the limit stands as it was set, and what is late is late by it.
GRANT UPDATE (deputy_until) ON alert_clocks TO vigil_app, vigil_worker;
REVOKE UPDATE (due_at) ON alert_clocks FROM vigil_worker;
-- The deputy's time is given by the clocks' process; a triage may shorten it. A hand that could put it off would silence the clock.
CREATE FUNCTION vigil.refuse_longer_deputy() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NEW.deputy_until IS DISTINCT FROM OLD.deputy_until AND (OLD.deputy_until IS NULL OR NEW.deputy_until IS NULL
            OR NEW.deputy_until > OLD.deputy_until OR NOT vigil.stepped_now(NEW.alert_id, 'triaged')) THEN
        RAISE EXCEPTION 'A clock is moved by a step of its alert.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_longer_deputy() FROM PUBLIC;
CREATE TRIGGER deputy_until BEFORE UPDATE OF deputy_until ON alert_clocks FOR EACH ROW WHEN (current_user = 'vigil_app')
    EXECUTE FUNCTION vigil.refuse_longer_deputy();

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
