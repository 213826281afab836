DROP POLICY rule ON alert_weighings;
CREATE POLICY rule ON alert_weighings FOR INSERT TO vigil_worker
    WITH CHECK ((SELECT vigil.person_id()) IS NULL
                AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id AND a.channel = 'rule' AND a.raised_at = now()));
DROP POLICY only_rules ON alerts;
CREATE POLICY only_rules ON alerts AS RESTRICTIVE FOR INSERT TO vigil_worker
    WITH CHECK (channel = 'rule' AND reporter_id IS NULL AND report_id IS NULL);
DROP POLICY no_person ON rule_lapses;
DROP FUNCTION vigil.file_behind(bigint);
DROP FUNCTION vigil.check_ins_are_watched(bigint);
DROP FUNCTION vigil.check_ins_to_watch(timestamptz);
DELETE FROM vigil.protected_tables WHERE table_name IN ('check_ins', 'check_in_plans');
DROP TABLE check_ins, check_in_plans;
-- Older rules would show these numbers, and one could follow a person by them.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'defenders.check_ins_removed', 'check_in_plans:all', convert_to(
    '{"action":"defenders.check_ins_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"check_in_plans:all","v":1}', 'UTF8');
UPDATE rule_lapses SET subject = 'area', cleared_at = coalesce(cleared_at, now()) WHERE subject LIKE 'check_in_plan:%';

DROP TABLE alert_reweighings;
DROP POLICY who_weighs ON alert_steps;
CALL vigil.codes_of('take', 'alert_steps', 'kind', ARRAY['weighed']);
DELETE FROM vigil.protected_tables WHERE table_name = 'alert_reweighings';

DROP FUNCTION vigil.rules_behind();
DROP FUNCTION vigil.readiness(bigint);
-- Health: whether the processes behind the outbox and the ledger keep up. Numbers and the names of jobs only.
-- `given_up`: [{queue, job, count, latest}] of the work that was tried `most_attempts` times and is not done.
CREATE FUNCTION vigil.readiness(most_attempts bigint)
RETURNS TABLE (migration text, outbox_oldest_seconds double precision, urgent_oldest_seconds double precision,
               ledger_oldest_seconds double precision, sequencer boolean, given_up jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT (SELECT version_num FROM alembic_version LIMIT 1)::text,
           (SELECT extract(epoch FROM now() - min(not_before)) FROM outbox
            WHERE enqueued_at IS NULL AND finished_at IS NULL AND not_before < now()),
           -- Rung and not done. Counted from when it was due: what is lost is rung again, which must not hide it.
           (SELECT extract(epoch FROM now() - min(not_before)) FROM outbox
            WHERE queue = 'urgent' AND enqueued_at IS NOT NULL AND finished_at IS NULL AND attempts < most_attempts),
           (SELECT extract(epoch FROM now() - min(at)) FROM ledger_events WHERE leaf_index IS NULL),
           -- The sequencer holds this session lock while it runs: pg_advisory_lock(741852963).
           EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0
                   AND objid = 741852963 AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
           -- The last attempt may be under way still: no job lasts longer than these times (workers/queues.py).
           (SELECT coalesce(jsonb_agg(kind ORDER BY kind), '[]') FROM (
                SELECT jsonb_build_object('queue', queue, 'job', job, 'count', count(*), 'latest', max(enqueued_at)) AS kind
                FROM outbox WHERE finished_at IS NULL AND attempts >= most_attempts
                    AND enqueued_at < now() - CASE queue WHEN 'urgent' THEN interval '1 min' ELSE interval '15 min' END
                GROUP BY queue, job) AS kinds);
$$;
REVOKE EXECUTE ON FUNCTION vigil.readiness(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.readiness(bigint) TO vigil_app, vigil_worker;

