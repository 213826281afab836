-- A mix tells with which chances patrols will go where: read by those who read patrols there, asked for by those who plan them,
-- in their own name. Accepted and drawn by the functions below alone.
CALL vigil.guard('mixes', read => 'patrols:read', add => 'patrols:plan', change => 'patrols:plan', sector => 'sector_id');
CREATE POLICY own_name ON mixes AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND state = 'solving' AND num_nulls(ground, terms, result) = 3);
CREATE POLICY stands ON mixes AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (state IN ('solving', 'ready')) WITH CHECK (state IN ('ready', 'withdrawn'));
REVOKE INSERT, UPDATE ON mixes FROM vigil_worker;
REVOKE UPDATE ON mixes FROM vigil_app;
GRANT UPDATE (state, ground, terms, result) ON mixes TO vigil_app;

-- What was found stands: its digest is sealed.
CREATE FUNCTION vigil.keep_mix() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.result IS NOT NULL AND (NEW.result IS DISTINCT FROM OLD.result OR NEW.ground IS DISTINCT FROM OLD.ground
                                   OR NEW.terms IS DISTINCT FROM OLD.terms) THEN
        RAISE EXCEPTION 'A mix that was found is not changed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_mix BEFORE UPDATE ON mixes FOR EACH ROW EXECUTE FUNCTION vigil.keep_mix();

CALL vigil.guard('draws', read => 'patrols:read', sector => 'sector_id');
-- Of a day nobody may say more than that it is not to be drawn after all, before anybody knows what would come, and which plan was
-- made of it. What was drawn, and the seed, come from the functions below. From its hour on a day is let go no more: whoever
-- draws, looks and rolls back would let go what he doesn't like. By the clock, not by when the transaction began: one that
-- was begun before the hour could wait for what another one sees after it.
GRANT UPDATE (plan_id, released_at) ON draws TO vigil_app;
CREATE POLICY changes ON draws FOR UPDATE TO vigil_app
    USING (released_at IS NULL AND plan_id IS NULL AND vigil.may_in(sector_id, 'patrols:plan'))
    WITH CHECK (released_at IS NULL OR clock_timestamp() < due_at);
-- Seeds: no role that serves reads or writes this table.
CALL vigil.guard('draw_seeds');

-- Seals every day of a mix at once: whoever could seal them one by one would seal again until he liked what came. The
-- seeds are made here and go nowhere; out come their commitments.
CREATE FUNCTION vigil.seal_mix(wanted bigint)
RETURNS TABLE (id bigint, day date, commitment text, digest text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
#variable_conflict use_column
DECLARE
    mix mixes;
    zone text := coalesce((SELECT time_zone FROM mission_identity), 'UTC');
    evening int := greatest(12, least(23, coalesce((SELECT value FROM procedures WHERE key = 'draw_hour'), 18)));
    back float8;
BEGIN
    SELECT * INTO mix FROM mixes m WHERE m.id = wanted FOR UPDATE;
    IF NOT FOUND OR NOT vigil.may_in(mix.sector_id, 'patrols:plan') THEN
        RAISE EXCEPTION 'A mix is accepted by those who plan there.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- Sealed after it could be drawn, a day could be sealed, drawn and rolled back until it is liked.
    IF mix.state <> 'ready' OR clock_timestamp() >=
        (mix.first_day - 1 + make_interval(hours => evening)) AT TIME ZONE zone THEN
        RAISE EXCEPTION 'A mix is accepted once, before its first day can be drawn.' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    back := greatest(1440, least(2880, (SELECT max(t::float8) FROM jsonb_array_elements_text(mix.ground -> 'tours' -> 'latest') t)));
    UPDATE mixes SET state = 'accepted', accepted_by_id = vigil.person_id(), accepted_at = now() WHERE mixes.id = wanted;
    RETURN QUERY
    WITH seeded AS MATERIALIZED (
        -- Three times 122 random bits of the operating system, made into 32 bytes.
        SELECT mix.first_day + n AS day, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
                                                || uuid_send(gen_random_uuid())) AS seed
        FROM generate_series(0, mix.days::int - 1) n),
    sealed AS (
        INSERT INTO draws (mix_id, sector_id, day, commitment, digest, due_at, over_at)
        SELECT wanted, mix.sector_id, s.day, vigil.draw_commitment(s.seed), vigil.draw_digest(mix.terms),
            (s.day - 1 + make_interval(hours => evening)) AT TIME ZONE zone,
            (s.day + make_interval(mins => ceil(back)::int)) AT TIME ZONE zone
        FROM seeded s ORDER BY s.day
        RETURNING draws.id, draws.day, draws.commitment, draws.digest),
    kept AS (
        INSERT INTO draw_seeds (draw_id, seed) SELECT d.id, s.seed FROM sealed d JOIN seeded s ON s.day = d.day RETURNING 1)
    SELECT d.id, d.day, d.commitment, d.digest FROM sealed d WHERE (SELECT count(*) FROM kept) > 0 ORDER BY d.day;
END $$;

-- Draws a day, once, from the evening before on, and not after it is over.
CREATE FUNCTION vigil.draw_day(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    d draws;
BEGIN
    SELECT * INTO d FROM draws WHERE id = wanted FOR UPDATE;
    IF NOT FOUND OR NOT vigil.may_in(d.sector_id, 'patrols:plan') THEN
        RAISE EXCEPTION 'A day is drawn by those who plan there.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF d.drawn_at IS NOT NULL OR d.released_at IS NOT NULL OR now() < d.due_at OR now() >= d.over_at THEN
        RAISE EXCEPTION 'A day is drawn once, from the evening before on.' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE draws SET drawn_plan = f.plan, drawn_starts = f.starts, drawn_at = now()
    FROM draw_seeds s, mixes m, vigil.drawn_of(m.terms, s.seed, d.day) f
    WHERE draws.id = wanted AND s.draw_id = wanted AND m.id = d.mix_id;
END $$;

-- Opens a seed once its day is over, whether or not the day was drawn.
CREATE FUNCTION vigil.open_seed(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    d draws;
BEGIN
    SELECT * INTO d FROM draws WHERE id = wanted FOR UPDATE;
    IF NOT FOUND OR NOT (vigil.for_the_house() OR vigil.may_in(d.sector_id, 'patrols:plan')) THEN
        RAISE EXCEPTION 'A seed is opened by the house, or by those who plan there.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF d.opened_at IS NOT NULL OR now() < d.over_at THEN
        RAISE EXCEPTION 'A seed is opened once, when its day is over.' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE draws SET seed = s.seed, opened_at = now() FROM draw_seeds s WHERE draws.id = wanted AND s.draw_id = wanted;
END $$;

-- What the house has to do: days to be drawn as whoever accepted their mix, seeds to be opened.
CREATE FUNCTION vigil.draws_waiting() RETURNS TABLE (draw_id bigint, opens boolean, accepted_by_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT d.id, now() >= d.over_at, m.accepted_by_id FROM draws d JOIN mixes m ON m.id = d.mix_id
    WHERE vigil.for_the_house() AND (now() >= d.over_at AND d.opened_at IS NULL
                                     OR now() >= d.due_at AND now() < d.over_at AND d.drawn_at IS NULL AND d.released_at IS NULL)
    ORDER BY d.day, d.id;
$$;

-- What the log says of a day's sealing, for those who read the day; with the leaf, where the sequencer has numbered it.
CREATE FUNCTION vigil.sealings(wanted bigint)
RETURNS TABLE (at timestamptz, body bytea, details jsonb, salt bytea, leaf_index bigint, leaf bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT e.at, e.body, e.details, e.salt, e.leaf_index, l.body
    FROM draws d JOIN ledger_events e ON e.subject = 'draws:' || d.id AND e.action = 'draws.sealed'
    LEFT JOIN ledger_leaves l ON l.index = e.leaf_index
    WHERE d.id = wanted AND vigil.may_in(d.sector_id, 'patrols:read')
    ORDER BY e.id;
$$;

REVOKE EXECUTE ON FUNCTION vigil.keep_mix(), vigil.seal_mix(bigint), vigil.draw_day(bigint), vigil.open_seed(bigint),
    vigil.draws_waiting(), vigil.sealings(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.seal_mix(bigint), vigil.draw_day(bigint), vigil.open_seed(bigint), vigil.sealings(bigint)
    TO vigil_app;
GRANT EXECUTE ON FUNCTION vigil.open_seed(bigint), vigil.draws_waiting() TO vigil_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('mixes', 'at');
CALL vigil.protect('mixes', 'id');
CALL vigil.protect('draws', 'id');
CALL vigil.protect('draw_seeds', 'draw_id');

-- A search for a mix is heard of and ended by those who hear of a plan's.
CALL vigil.codes_of('add', 'solves', 'kind', ARRAY['mix']);
CREATE OR REPLACE FUNCTION vigil.hears_solve(kind text, sector bigint, asked_by bigint, stops boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT asked_by = vigil.person_id() OR EXISTS (
        SELECT 1 FROM (SELECT CASE WHEN kind IN ('plan', 'mix')
                                   THEN CASE WHEN stops THEN 'patrols:plan' ELSE 'patrols:read' END
                                   WHEN kind = 'siting'
                                   THEN CASE WHEN stops THEN 'havens:keep' ELSE 'havens:read' END END) AS needed (p)
        -- Of a kind that is not named here nobody hears but who asked.
        WHERE p IS NOT NULL AND (vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p))))
        OR (kind = 'siting' AND stops AND (vigil.anywhere('patrols:plan') OR sector = ANY (vigil.sectors_for('patrols:plan'))));
$$;

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('draw_hour', 18, 'hour', 'Patrols by chance: a day is drawn on the evening before, from');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:draws', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:draws","v":1}', 'UTF8');
