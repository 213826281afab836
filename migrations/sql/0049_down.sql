CALL vigil.codes_of('take', 'alert_steps', 'kind', ARRAY['call_back_handed']);
DROP POLICY hands ON call_backs;
DROP POLICY reminds ON call_backs;
REVOKE ALL ON call_backs FROM vigil_worker;
DROP FUNCTION vigil.on_watch_for(bigint), vigil.watch_of(bigint, timestamptz);
DROP FUNCTION vigil.became_of_my_report(uuid), vigil.hear_of_my_report(uuid), vigil.written_back(bigint);
