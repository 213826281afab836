DROP TRIGGER deputy_until ON alert_clocks;
DROP FUNCTION vigil.refuse_longer_deputy();
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

DROP FUNCTION vigil.on_watch(text, bigint, timestamptz);
CREATE FUNCTION vigil.on_watch(at_post text, of_sector bigint, at timestamptz)
RETURNS TABLE (watch_id bigint, person_id bigint, deputy boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE up AS (
            SELECT of_sector AS sector, 0 AS steps
            UNION ALL SELECT s.parent_id, up.steps + 1 FROM up JOIN sectors s ON s.id = up.sector),
        standing AS (
            SELECT w.id, w.person_id AS person, w.deputy AS second, up.steps FROM watches w
            JOIN up ON w.sector_id IS NOT DISTINCT FROM up.sector JOIN people p ON p.id = w.person_id
            WHERE w.post = at_post AND w.ended_at IS NULL AND w.from_at <= at AND w.until_at > at AND p.disabled_at IS NULL)
        SELECT s.id, s.person, s.second FROM standing s WHERE s.steps = (SELECT min(steps) FROM standing);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.on_watch(text, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.on_watch(text, bigint, timestamptz) TO vigil_worker;

DROP POLICY readers_alone ON alert_steps;
DROP POLICY readers_alone ON alert_clocks;
CREATE OR REPLACE FUNCTION vigil.leads_patrol_of(alert bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM patrols WHERE alert_id = alert AND leader_id = vigil.person_id());
$$;
DROP POLICY stands ON watches;
CREATE POLICY stands ON watches FOR INSERT TO vigil_app
    WITH CHECK (person_id = (SELECT vigil.person_id()) AND ended_at IS NULL
                AND ((SELECT vigil.anywhere('watches:stand'))
                     OR (post IN ('duty_officer', 'sector')
                         AND sector_id = ANY ((SELECT vigil.sectors_for('watches:stand'))::bigint[]))));
CALL vigil.codes_of('take', 'alert_steps', 'kind', ARRAY['deputy_told']);
ALTER TABLE field_reports DROP CONSTRAINT ck_field_reports_channel;
