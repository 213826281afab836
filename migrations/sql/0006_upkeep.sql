-- Housekeeping that needs more than the worker's rights, as functions that do just that and nothing else.

CREATE FUNCTION vigil.make_position_partitions() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    month date;
    name text;
BEGIN
    FOR month IN SELECT generate_series(date_trunc('month', now()) - interval '2 months',
                                        date_trunc('month', now()) + interval '3 months', interval '1 month') LOOP
        name := 'positions_' || to_char(month, 'YYYYMM');
        IF to_regclass(name) IS NULL THEN
            -- No grants: partitions are reached through `positions` and its policies alone.
            EXECUTE format('CREATE TABLE %I PARTITION OF positions FOR VALUES FROM (%L) TO (%L)',
                           name, month::timestamp AT TIME ZONE 'UTC', (month + interval '1 month') AT TIME ZONE 'UTC');
        END IF;
    END LOOP;
END $$;
SELECT vigil.make_position_partitions();

-- How many: sign-ins are protected rows, and whoever calls this records that they are gone.
CREATE FUNCTION vigil.forget_ended_sessions(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    WITH gone AS (DELETE FROM sessions WHERE expires_at < before RETURNING 1) SELECT count(*) FROM gone;
$$;

CREATE FUNCTION vigil.forget_finished_work(before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    DELETE FROM outbox WHERE finished_at < before;
$$;

REVOKE EXECUTE ON FUNCTION vigil.make_position_partitions(), vigil.forget_ended_sessions(timestamptz),
    vigil.forget_finished_work(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.make_position_partitions(), vigil.forget_ended_sessions(timestamptz),
    vigil.forget_finished_work(timestamptz) TO vigil_worker;
