-- Sign-in happens before anybody is known, so these few functions see what the application's role may not:
-- they answer only to the hash of a secret that the caller must already hold.

-- In plpgsql, which keeps its plans: what each request asks must not be planned anew for each.
CREATE FUNCTION vigil.sectors_below(person bigint) RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    RETURN (WITH RECURSIVE tree AS (
                SELECT sector_id AS id FROM person_sectors WHERE person_id = person
                UNION SELECT s.id FROM sectors s JOIN tree t ON s.parent_id = t.id)
            SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM tree);
END $$;

CREATE TYPE vigil.signed_in AS (
    person_id bigint, role text, name text, language text, sector_ids bigint[], compartments text[], scopes text[],
    seen_at timestamptz);

CREATE FUNCTION vigil.person_signed_in(person bigint, scopes text[]) RETURNS SETOF vigil.signed_in
LANGUAGE sql STABLE AS $$
    SELECT p.id, p.role, p.name, p.language, vigil.sectors_below(p.id),
           (SELECT coalesce(array_agg(compartment), '{}') FROM person_compartments WHERE person_id = p.id), scopes,
           NULL::timestamptz
    FROM people p WHERE p.id = person AND p.disabled_at IS NULL;
$$;

CREATE FUNCTION vigil.of_session(hash bytea) RETURNS SETOF vigil.signed_in
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    -- A screen that was left alone closes by itself: standing procedures say after how long.
    RETURN QUERY SELECT p.person_id, p.role, p.name, p.language, p.sector_ids, p.compartments, p.scopes,
               coalesce(g.seen_at, s.created_at)
        FROM sessions s LEFT JOIN session_sightings g ON g.token_hash = s.token_hash,
            vigil.person_signed_in(s.person_id, NULL) p
        WHERE s.token_hash = hash AND s.revoked_at IS NULL AND s.expires_at > now()
          AND coalesce(g.seen_at, s.created_at) > now() - make_interval(mins => coalesce(
              (SELECT value::int FROM procedures WHERE key = 'session_idle_minutes'), 120));
END $$;

-- The session is being used. Called at most once a minute for each, and only for one that still lets somebody in.
CREATE FUNCTION vigil.session_seen(hash bytea) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    INSERT INTO session_sightings AS g (token_hash, seen_at) SELECT hash, now() FROM vigil.of_session(hash)
    ON CONFLICT (token_hash) DO UPDATE SET seen_at = now() WHERE g.seen_at < now() - interval '1 minute';
$$;

CREATE FUNCTION vigil.of_token(hash bytea) RETURNS SETOF vigil.signed_in
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT p.* FROM api_tokens t, vigil.person_signed_in(t.person_id, t.scopes) p
        WHERE t.token_hash = hash AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > now());
END $$;

-- A job acts for the person who ordered it, with the rights that person has when it runs.
CREATE FUNCTION vigil.of_person(person bigint) RETURNS SETOF vigil.signed_in
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT * FROM vigil.person_signed_in(person, NULL);
$$;

CREATE FUNCTION vigil.credentials_of(typed text) RETURNS TABLE (person_id bigint, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT id, password_hash FROM people WHERE lower(username) = lower(typed) AND disabled_at IS NULL;
$$;

CREATE FUNCTION vigil.own_password_hash() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT password_hash FROM people WHERE id = vigil.person_id();
$$;

-- Failed sign-ins of one key (a hash of what was typed, or of the address) since a time.
CREATE FUNCTION vigil.failures_since(keys bytea[], since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce(max(n), 0) FROM (
        SELECT count(*) AS n FROM sign_in_failures WHERE key_hash = ANY (keys) AND at > since GROUP BY key_hash) k;
$$;

CREATE FUNCTION vigil.forget_failures(before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    DELETE FROM sign_in_failures WHERE at < before;
$$;

-- A number for each sector (0: outside all of them) that changes whenever one of its open alerts does, or opens or closes:
-- what the live stream watches. It tells nothing else, and each listener hears of his own sectors alone.
CREATE FUNCTION vigil.alerts_versions() RETURNS TABLE (sector_id bigint, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce(a.sector_id, 0), sum(hashint8extended(a.id, a.version))::text
    FROM alerts a WHERE a.status <> 'closed' GROUP BY 1;
$$;

REVOKE EXECUTE ON FUNCTION vigil.of_session(bytea), vigil.session_seen(bytea), vigil.of_token(bytea), vigil.of_person(bigint),
    vigil.credentials_of(text), vigil.failures_since(bytea[], timestamptz),
    vigil.forget_failures(timestamptz), vigil.alerts_versions(), vigil.person_signed_in(bigint, text[]),
    vigil.sectors_below(bigint), vigil.own_password_hash() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.of_session(bytea), vigil.of_token(bytea) TO vigil_app, vigil_keyholder;
GRANT EXECUTE ON FUNCTION vigil.credentials_of(text), vigil.failures_since(bytea[], timestamptz),
    vigil.alerts_versions(), vigil.own_password_hash(), vigil.session_seen(bytea) TO vigil_app;
GRANT EXECUTE ON FUNCTION vigil.of_person(bigint), vigil.forget_failures(timestamptz) TO vigil_worker;

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

-- Who leads patrols, for those who send them: operations may not read the list of people.
CREATE FUNCTION vigil.patrol_leaders() RETURNS TABLE (person_id bigint, unit_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.unit_id, p.name FROM people p
    WHERE p.role = 'patrol_cdr' AND p.disabled_at IS NULL
      AND (vigil.holds('patrols:plan') OR vigil.holds('patrols:send'));
$$;

-- The unit's patrol commander, if there is exactly one.
CREATE FUNCTION vigil.leader_of_unit(unit bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT CASE WHEN count(*) = 1 THEN min(l.person_id) END FROM vigil.patrol_leaders() l WHERE l.unit_id = unit;
$$;

-- The next number of a unit's patrols, counted over all sectors, so that no call sign is given twice. The lock
-- lasts to the end of the transaction: two officers who send the same unit wait for each other.
CREATE FUNCTION vigil.next_patrol_number(unit bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('patrol numbers of unit ' || unit, 0));
    RETURN (SELECT count(*) + 1 FROM patrols WHERE unit_id = unit);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.patrol_leaders(), vigil.leader_of_unit(bigint), vigil.next_patrol_number(bigint)
    FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.patrol_leaders(), vigil.leader_of_unit(bigint), vigil.next_patrol_number(bigint)
    TO vigil_app;

-- How many looks there were, for those who read the log: reasons may tell of whoever was looked at, and so are read by
-- supervisors and by the one who looked.
CREATE FUNCTION vigil.looks_by_role(since timestamptz, until timestamptz)
RETURNS TABLE (role text, looks bigint, seen bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT u.role, count(*), count(u.seen_by_supervisor_at) FROM unmaskings u
    WHERE u.at >= since AND u.at < until
      AND (vigil.anywhere('ledger:read') OR vigil.anywhere('defenders:supervise_unmasking'))
    GROUP BY u.role;
$$;
REVOKE EXECUTE ON FUNCTION vigil.looks_by_role(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.looks_by_role(timestamptz, timestamptz) TO vigil_app, vigil_worker;
