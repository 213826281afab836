-- Ladders, watches, contacts, messages and replies: who may touch which rows.

-- Ladders tell of posts, not of people. The clocks climb them without a viewer.
CALL vigil.guard('ladders', read => 'people:own_account', add => 'mission:manage');
GRANT UPDATE (replaced_at) ON ladders TO vigil_app;
CREATE POLICY replaces ON ladders FOR UPDATE TO vigil_app USING ((SELECT vigil.holds('mission:manage')));
CREATE POLICY clocks ON ladders FOR SELECT TO vigil_worker USING (true);
REVOKE INSERT ON ladders FROM vigil_worker;
CALL vigil.tell_time_itself('ladders', 'made_at');
CALL vigil.protect('ladders', 'id');

-- Watches: begun and ended in one's own name, at a post of one's own sectors; those above a sector by whoever stands for
-- the whole mission.
CALL vigil.guard('watches', read => 'watches:read');
GRANT INSERT ON watches TO vigil_app;
CREATE POLICY stands ON watches FOR INSERT TO vigil_app
    WITH CHECK (person_id = (SELECT vigil.person_id()) AND ended_at IS NULL
                AND ((SELECT vigil.anywhere('watches:stand'))
                     OR (post IN ('duty_officer', 'sector')
                         AND sector_id = ANY ((SELECT vigil.sectors_for('watches:stand'))::bigint[]))));
GRANT UPDATE (ended_at) ON watches TO vigil_app;
CREATE POLICY ends ON watches FOR UPDATE TO vigil_app
    USING (person_id = (SELECT vigil.person_id()) AND ended_at IS NULL)
    WITH CHECK (person_id = (SELECT vigil.person_id()));
CALL vigil.tell_time_itself('watches', 'begun_at');
CALL vigil.protect('watches', 'id');

-- The names of those on watch, for those who read watches. Nobody reads the list of people for it.
CREATE FUNCTION vigil.watchers() RETURNS TABLE (person_id bigint, name text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.id, p.name FROM people p WHERE vigil.holds('watches:read')
        AND EXISTS (SELECT 1 FROM watches w WHERE w.person_id = p.id);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.watchers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.watchers() TO vigil_app;

-- Who stands at a post for a sector at a moment: at the nearest level where somebody does, from the sector itself up to
-- the whole mission. Accounts that were shut are nobody's.
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

-- Numbers and addresses of staff: their owner's alone, and the process' that sends. Not the administrator's either.
CALL vigil.guard('contacts');
GRANT SELECT, INSERT, UPDATE (test_id, tested_at, wrong_codes, removed_at) ON contacts TO vigil_app;
CREATE POLICY own ON contacts FOR SELECT TO vigil_app USING (person_id = (SELECT vigil.person_id()));
CREATE POLICY adds ON contacts FOR INSERT TO vigil_app
    WITH CHECK (person_id = (SELECT vigil.person_id()) AND (SELECT vigil.holds('watches:stand'))
                AND tested_at IS NULL);
CREATE POLICY keeps ON contacts FOR UPDATE TO vigil_app
    USING (person_id = (SELECT vigil.person_id()) AND (SELECT vigil.holds('watches:stand')));
GRANT SELECT, UPDATE (tested_at) ON contacts TO vigil_worker;
CREATE POLICY sends ON contacts TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CALL vigil.tell_time_itself('contacts', 'added_at');
CALL vigil.protect('contacts', 'id');

-- Messages: those about alerts are made by the clocks alone; a person orders tests of his own contacts.
CALL vigil.guard('messages');
GRANT SELECT, INSERT ON messages TO vigil_app, vigil_worker;
GRANT UPDATE (state, attempts, not_before, handed_over_at, ended_at) ON messages TO vigil_worker;
CREATE POLICY own ON messages FOR SELECT TO vigil_app USING (person_id = (SELECT vigil.person_id()));
CREATE POLICY reads ON messages FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('watches:read')) AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY tests ON messages FOR INSERT TO vigil_app
    WITH CHECK (purpose = 'test' AND state = 'queued' AND person_id = (SELECT vigil.person_id())
                AND (SELECT vigil.holds('watches:stand'))
                AND EXISTS (SELECT 1 FROM contacts c WHERE c.id = contact_id AND c.person_id = vigil.person_id()));
CREATE POLICY sends ON messages TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CALL vigil.tell_time_itself('messages', 'made_at');
CALL vigil.protect('messages', 'id');

-- What came in. The sender's number is shown to nobody but by the function below: it may be a source's.
CALL vigil.guard('replies');
GRANT SELECT (id, received_at, words, person_id, alert_id, asked, result, why, looked_at, looked_by_id) ON replies TO vigil_app;
CREATE POLICY reads ON replies FOR SELECT TO vigil_app USING ((SELECT vigil.anywhere('messages:read')));
GRANT UPDATE (looked_at, looked_by_id) ON replies TO vigil_app;
CREATE POLICY looks ON replies FOR UPDATE TO vigil_app USING ((SELECT vigil.anywhere('messages:read')))
    WITH CHECK (looked_by_id = (SELECT vigil.person_id()));
GRANT SELECT, INSERT ON replies TO vigil_worker;
CREATE POLICY takes ON replies TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CALL vigil.protect('replies', 'id');

CREATE FUNCTION vigil.sender_of(reply bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN (SELECT r.sender FROM replies r WHERE r.id = reply AND vigil.anywhere('messages:read'));
END $$;
REVOKE EXECUTE ON FUNCTION vigil.sender_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.sender_of(bigint) TO vigil_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app, vigil_worker;

-- Health: for how long the clocks' process has left lying what ran out. A number, and of no alert.
CREATE FUNCTION vigil.clocks_behind() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT extract(epoch FROM now() - min(due_at)) FROM alert_clocks
    WHERE stopped_at IS NULL AND ran_out_at IS NULL AND due_at < now();
$$;
REVOKE EXECUTE ON FUNCTION vigil.clocks_behind() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.clocks_behind() TO vigil_app;

-- Whoever carries an alert on may pass it on; the clocks tell, and run out.
GRANT UPDATE (passed_on_by_id) ON alert_clocks TO vigil_app;
GRANT UPDATE (due_at, told_at, passed_on_by_id) ON alert_clocks TO vigil_worker;

CALL vigil.codes_of('add', 'alert_steps', 'kind', ARRAY['passed_on']);
