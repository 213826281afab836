-- Who stands watch now where this alert is answered: to whom a call-back may be handed. For those who answer the alert themselves.
CREATE FUNCTION vigil.on_watch_for(alert bigint) RETURNS TABLE (watch_id bigint, person_id bigint, name text, post text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE up AS (
            SELECT a.sector_id AS sector FROM alerts a WHERE a.id = alert AND vigil.handles_alert(alert)
            UNION SELECT s.parent_id FROM up JOIN sectors s ON s.id = up.sector)
        SELECT DISTINCT ON (w.person_id) w.id, w.person_id, p.name, w.post FROM watches w JOIN people p ON p.id = w.person_id
        WHERE EXISTS (SELECT 1 FROM up WHERE w.sector_id IS NOT DISTINCT FROM up.sector OR w.sector_id IS NULL)
            AND w.post <> 'head_of_mission' AND w.ended_at IS NULL AND w.from_at <= now() AND w.until_at > now()
            AND p.disabled_at IS NULL
        ORDER BY w.person_id, w.id;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.on_watch_for(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.on_watch_for(bigint) TO vigil_app;

GRANT UPDATE (handed_to_id) ON call_backs TO vigil_app;
-- Of those who handle the alert, whoever keeps the sources where it lies.
CREATE FUNCTION vigil.keeps_sources_of(alert bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert AND (vigil.anywhere('sources:keep')
                   OR a.sector_id = ANY (vigil.sectors_for('sources:keep'))));
$$;
CREATE POLICY hands ON call_backs FOR UPDATE TO vigil_app
    USING (done_at IS NULL AND vigil.handles_alert(alert_id) AND vigil.keeps_sources_of(alert_id))
    WITH CHECK (done_at IS NULL AND handed_to_id IN (SELECT w.person_id FROM vigil.on_watch_for(alert_id) w));
-- None is handed on or reminded of when it is ordered: each is a step, or the clocks' own.
ALTER POLICY orders ON call_backs
    WITH CHECK (ordered_by_id = (SELECT vigil.person_id()) AND done_at IS NULL AND vigil.handles_alert(alert_id)
                AND vigil.keeps_sources_of(alert_id) AND num_nonnulls(handed_to_id, reminded_id, watch_reminded_at) = 0
                AND EXISTS (SELECT 1 FROM sources s WHERE s.id = source_id));
ALTER POLICY two_persons ON alert_steps WITH CHECK (
    CASE WHEN kind = 'verification_refused'
              OR kind = 'verified' AND details ->> 'verification' IN ('verified', 'unfounded', 'contradicted')
         THEN vigil.reviews_verification(alert_id)
         WHEN kind IN ('triaged', 'source_told', 'merged', 'parted', 'call_back_ordered', 'call_back_handed', 'called_back',
                       'verification_proposed') THEN vigil.handles_alert(alert_id)
         ELSE true END);

-- By which ways a person is rung on the watch that he stands now. One who has gone home is rung by nobody.
CREATE FUNCTION vigil.watch_of(person bigint, at timestamptz) RETURNS TABLE (ways text[], since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT w.ways, w.from_at FROM watches w JOIN people p ON p.id = w.person_id
        WHERE w.person_id = person AND w.ended_at IS NULL AND w.from_at <= at AND w.until_at > at AND p.disabled_at IS NULL;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.watch_of(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.watch_of(bigint, timestamptz) TO vigil_worker;

-- The clocks' process reminds, and reads neither what is asked nor what was said.
GRANT SELECT (id, alert_id, due_at, ordered_by_id, handed_to_id, done_at, reminded_id, watch_reminded_at),
    UPDATE (reminded_id, watch_reminded_at) ON call_backs TO vigil_worker;
GRANT INSERT (call_back_id) ON messages TO vigil_worker;
CREATE POLICY reminds ON call_backs TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CALL vigil.codes_of('add', 'alert_steps', 'kind', ARRAY['call_back_handed']);
