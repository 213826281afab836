CALL vigil.codes_of('take', 'alert_steps', 'kind', ARRAY['call_back_handed']);
DROP POLICY hands ON call_backs;
ALTER POLICY orders ON call_backs
    WITH CHECK (ordered_by_id = (SELECT vigil.person_id()) AND done_at IS NULL AND vigil.handles_alert(alert_id)
                AND EXISTS (SELECT 1 FROM sources s WHERE s.id = source_id));
ALTER POLICY two_persons ON alert_steps WITH CHECK (
    CASE WHEN kind = 'verification_refused'
              OR kind = 'verified' AND details ->> 'verification' IN ('verified', 'unfounded', 'contradicted')
         THEN vigil.reviews_verification(alert_id)
         WHEN kind IN ('triaged', 'source_told', 'merged', 'parted', 'call_back_ordered', 'called_back',
                       'verification_proposed') THEN vigil.handles_alert(alert_id)
         ELSE true END);
DROP FUNCTION vigil.keeps_sources_of(bigint);
DROP POLICY reminds ON call_backs;
REVOKE ALL ON call_backs FROM vigil_worker;
DROP FUNCTION vigil.on_watch_for(bigint), vigil.watch_of(bigint, timestamptz);
DROP FUNCTION vigil.became_of_my_report(uuid), vigil.hear_of_my_report(uuid), vigil.written_back(bigint);
