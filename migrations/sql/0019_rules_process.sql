-- Rules have a process of their own that asks the database alone (workers/rules.py); the queue `urgent` is used by nothing.

-- What waited there is done by the processes that look at the rows themselves.
UPDATE outbox SET finished_at = now() WHERE finished_at IS NULL AND job IN ('workers.alerts.escalate', 'workers.rules.watch');
UPDATE outbox SET queue = 'slow' WHERE queue = 'urgent';

-- Health: for how long no rule has looked, of those that are switched on; NULL where none is. A rule that can't be judged is
-- told on its own page, and makes nothing unready. A number, and of no rule.
CREATE FUNCTION vigil.rules_behind() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT extract(epoch FROM now() - greatest(max(w.ran_at), min(r.enabled_at)))
    FROM rules r LEFT JOIN rule_watches w ON w.rule_id = r.id WHERE r.enabled_at IS NOT NULL;
$$;
REVOKE EXECUTE ON FUNCTION vigil.rules_behind() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.rules_behind() TO vigil_app;

-- As 0006_gatekeeper.sql has it, without the queue that is no more.
DROP FUNCTION vigil.readiness(bigint);
CREATE FUNCTION vigil.readiness(most_attempts bigint)
RETURNS TABLE (migration text, outbox_oldest_seconds double precision, ledger_oldest_seconds double precision,
               sequencer boolean, given_up jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT (SELECT version_num FROM alembic_version LIMIT 1)::text,
           (SELECT extract(epoch FROM now() - min(not_before)) FROM outbox
            WHERE enqueued_at IS NULL AND finished_at IS NULL AND not_before < now()),
           (SELECT extract(epoch FROM now() - min(at)) FROM ledger_events WHERE leaf_index IS NULL),
           -- The sequencer holds this session lock while it runs: pg_advisory_lock(741852963).
           EXISTS (SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND granted AND classid = 0
                   AND objid = 741852963 AND objsubid = 1
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())),
           -- The last attempt may be under way still: no job lasts longer than this (workers/queues.py).
           (SELECT coalesce(jsonb_agg(kind ORDER BY kind), '[]') FROM (
                SELECT jsonb_build_object('queue', queue, 'job', job, 'count', count(*), 'latest', max(enqueued_at)) AS kind
                FROM outbox WHERE finished_at IS NULL AND attempts >= most_attempts
                    AND enqueued_at < now() - interval '15 min'
                GROUP BY queue, job) AS kinds);
$$;
REVOKE EXECUTE ON FUNCTION vigil.readiness(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.readiness(bigint) TO vigil_app, vigil_worker;
