-- Searches for plans. A row tells how far one is and no more; what it finds lies behind the policies of its own table.
-- app/solves/queries.py says the same.
CREATE FUNCTION vigil.hears_solve(kind text, sector bigint, asked_by bigint, stops boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT asked_by = vigil.person_id() OR EXISTS (
        SELECT 1 FROM (SELECT CASE WHEN kind = 'plan' THEN CASE WHEN stops THEN 'patrols:plan' ELSE 'patrols:read' END
                                   ELSE CASE WHEN stops THEN 'havens:keep' ELSE 'havens:read' END END) AS needed (p)
        WHERE vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p)));
$$;
REVOKE EXECUTE ON FUNCTION vigil.hears_solve(text, bigint, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.hears_solve(text, bigint, bigint, boolean) TO vigil_app;

CALL vigil.guard('solves');
GRANT SELECT, INSERT ON solves TO vigil_app;
CREATE POLICY reads ON solves FOR SELECT TO vigil_app USING (vigil.hears_solve(kind, sector_id, asked_by_id, false));
-- In one's own name, and where one may ask for it; how far it is, the worker writes.
CREATE POLICY asks ON solves FOR INSERT TO vigil_app
    WITH CHECK (asked_by_id = (SELECT vigil.person_id()) AND state = 'waiting'
                AND vigil.hears_solve(kind, sector_id, NULL, true));
GRANT UPDATE (stop_asked_at) ON solves TO vigil_app;
CREATE POLICY stops ON solves FOR UPDATE TO vigil_app
    USING (state IN ('waiting', 'running') AND vigil.hears_solve(kind, sector_id, asked_by_id, true)) WITH CHECK (true);
GRANT SELECT, UPDATE ON solves TO vigil_worker;
CREATE POLICY works ON solves TO vigil_worker USING (true) WITH CHECK (true);
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('solves', 'asked_at');

-- A queue of their own: a search of minutes keeps no document waiting.
CALL vigil.codes_of('add', 'outbox', 'queue', ARRAY['plans']);
