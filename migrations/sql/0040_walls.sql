-- Numbers are drawn for three tables and no other: of any other one the owner's eye would tell how much it holds and which
-- numbers are taken. Drawn by a role that reads of these three the numbers alone.
GRANT SELECT (id) ON evacuations, siting_studies TO vigil_weigher;  -- and of havens (0006_surroundings.sql)
CREATE POLICY numbers ON evacuations FOR SELECT TO vigil_weigher USING (true);
CREATE POLICY numbers ON siting_studies FOR SELECT TO vigil_weigher USING (true);
CREATE OR REPLACE FUNCTION vigil.id_by_lot(of_table regclass) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept bigint;
    most bigint;
    drawn bigint;
    taken boolean;
BEGIN
    IF of_table NOT IN ('public.havens'::regclass, 'public.evacuations'::regclass, 'public.siting_studies'::regclass) THEN
        RAISE EXCEPTION 'Numbers of this table are not drawn by lot.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    EXECUTE format('SELECT count(*) FROM %s', of_table) INTO kept;
    most := greatest(100000, 20 * kept);
    LOOP
        drawn := 1 + ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint % (most - 1);
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE id = $1)', of_table) INTO taken USING drawn;
        EXIT WHEN NOT taken;
    END LOOP;
    RETURN drawn;
END $$;
GRANT CREATE ON SCHEMA vigil TO vigil_weigher;  -- to be handed the function
ALTER FUNCTION vigil.id_by_lot(regclass) OWNER TO vigil_weigher;
REVOKE CREATE ON SCHEMA vigil FROM vigil_weigher;

-- A day was sealed by the transaction that made its row, and by no other: whoever may write events could tell of a sealing of a
-- day that is still to come.
CREATE OR REPLACE FUNCTION vigil.sealings(wanted bigint)
RETURNS TABLE (at timestamptz, body bytea, details jsonb, salt bytea, leaf_index bigint, leaf bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT e.at, e.body, e.details, e.salt, e.leaf_index, l.body
    FROM draws d
    JOIN ledger_changes c ON c.table_name = 'draws' AND c.row_key = d.id::text AND c.op = 'I'
    JOIN ledger_events e ON e.txid = c.txid AND e.subject = 'draws:' || d.id AND e.action = 'draws.sealed'
    LEFT JOIN ledger_leaves l ON l.index = e.leaf_index
    WHERE d.id = wanted AND vigil.may_in(d.sector_id, 'patrols:read')
    ORDER BY e.id;
$$;

-- A mix whose officer was moved, or whose account was ended, is taken over by another who plans there: its days are drawn as him
-- from then on. Nobody is named for it but by himself.
CREATE FUNCTION vigil.take_over_mix(wanted bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    UPDATE mixes m SET kept_by_id = vigil.person_id()
    WHERE m.id = wanted AND m.state = 'accepted' AND vigil.may_in(m.sector_id, 'patrols:plan');
    IF NOT FOUND THEN
        RAISE EXCEPTION 'An accepted mix is taken over by those who plan there.' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;
CREATE OR REPLACE FUNCTION vigil.draws_waiting() RETURNS TABLE (draw_id bigint, opens boolean, accepted_by_id bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT d.id, now() >= d.over_at, coalesce(m.kept_by_id, m.accepted_by_id) FROM draws d JOIN mixes m ON m.id = d.mix_id
    WHERE vigil.for_the_house() AND (now() >= d.over_at AND d.opened_at IS NULL
                                     OR now() >= d.due_at AND now() < d.over_at AND d.drawn_at IS NULL AND d.released_at IS NULL)
    ORDER BY d.day, d.id;
$$;
-- A day that the house could not draw says why; whether that is news.
CREATE FUNCTION vigil.note_undrawn(wanted bigint, why text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NOT vigil.for_the_house() THEN
        RAISE EXCEPTION 'What the house could not draw is noted by the house.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE draws d SET undrawn_why = why WHERE d.id = wanted AND d.drawn_at IS NULL AND d.undrawn_why IS DISTINCT FROM why;
    RETURN FOUND;
END $$;

-- Nobody arrives at a stop that was called off, by whichever way he says so.
CREATE OR REPLACE FUNCTION vigil.keep_what_is_called_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A stop where a patrol has been can't be taken out of its day, and what is called off stays so; its leader reports
    -- what he did and changes no times of his order.
    IF NEW.called_off_at IS DISTINCT FROM OLD.called_off_at OR NEW.called_off_for_id IS DISTINCT FROM OLD.called_off_for_id
       OR NEW.arrive_planned IS DISTINCT FROM OLD.arrive_planned
       OR NEW.depart_planned IS DISTINCT FROM OLD.depart_planned THEN
        IF OLD.arrived_at IS NOT NULL OR OLD.called_off_at IS NOT NULL THEN
            RAISE EXCEPTION 'This stop is over, and its plan stands.' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF current_user = 'vigil_app' AND NOT EXISTS (
            SELECT 1 FROM patrols p
            WHERE p.id = OLD.patrol_id AND vigil.may_in(p.sector_id, 'patrols:plan', 'patrols:send')) THEN
            RAISE EXCEPTION 'The day of a patrol is planned by those who send it.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    IF NEW.called_off_at IS NOT NULL AND (NEW.arrived_at, NEW.departed_at, NEW.arrived_by, NEW.departed_by)
                                         IS DISTINCT FROM (OLD.arrived_at, OLD.departed_at, OLD.arrived_by, OLD.departed_by) THEN
        RAISE EXCEPTION 'This stop was called off.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

-- Codes at stops are compared and counted here: no role that serves reads a hash, or sets the count back. The salts of those
-- that count are told to whoever may try one, since a hash is slow on purpose and is made by the application.
DROP POLICY counts ON stop_codes;
REVOKE SELECT, UPDATE ON stop_codes FROM vigil_app;
REVOKE UPDATE (refused) ON stop_codes FROM vigil_app;
GRANT SELECT (id, patrol_id, stop_id, given_by_id, given_at, refused, read_at) ON stop_codes TO vigil_app;

CREATE FUNCTION vigil.stop_salts(patrol bigint) RETURNS TABLE (code_id bigint, salt bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT n.id, n.salt FROM (
        SELECT DISTINCT ON (c.stop_id) c.id, c.salt FROM stop_codes c WHERE c.patrol_id = patrol ORDER BY c.stop_id, c.id DESC) n
    WHERE vigil.moves_patrol(patrol, true) ORDER BY n.id;
$$;

-- One code that was read out, hashed with each salt: the stop whose card bears it, or NULL for a wrong one, which is counted.
CREATE FUNCTION vigil.try_stop_code(patrol bigint, code_ids bigint[], hashes bytea[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    counting bigint[];
    wrong bigint;
    found bigint;
BEGIN
    IF NOT vigil.moves_patrol(patrol, true) THEN
        RAISE EXCEPTION 'A code is read out by those who move the patrol.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    PERFORM 1 FROM patrols p WHERE p.id = patrol FOR UPDATE;  -- one try after the other
    SELECT array_agg(n.id ORDER BY n.id), sum(n.refused) INTO counting, wrong FROM (
        SELECT DISTINCT ON (c.stop_id) c.id, c.refused FROM stop_codes c WHERE c.patrol_id = patrol
        ORDER BY c.stop_id, c.id DESC) n;
    IF counting IS NULL OR wrong >= 10 THEN
        RAISE EXCEPTION 'There are no codes, or too many wrong ones were tried.' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    UPDATE stop_codes c SET read_at = now() FROM unnest(code_ids, hashes) AS t (id, hash)
    WHERE c.id = ANY (counting) AND c.id = t.id AND c.code_hash = t.hash RETURNING c.stop_id INTO found;
    IF found IS NULL THEN
        UPDATE stop_codes c SET refused = c.refused + 1 WHERE c.id = counting[1];
    END IF;
    RETURN found;
END $$;

-- "By code" is said of an arrival in the transaction in which the code was read, and in no other.
CREATE FUNCTION vigil.code_was_read(stop bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM stop_codes c WHERE c.stop_id = stop AND c.read_at = now());
$$;
CREATE FUNCTION vigil.refuse_unread_code() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT vigil.code_was_read(NEW.id) THEN
        RAISE EXCEPTION 'No code of this stop was read.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER by_code_was_read BEFORE INSERT OR UPDATE OF arrived_by ON patrol_stops FOR EACH ROW
    WHEN (current_user = 'vigil_app' AND NEW.arrived_by = 'code') EXECUTE FUNCTION vigil.refuse_unread_code();

-- Two searches at a time for each person: the one process that searches serves everybody.
CREATE FUNCTION vigil.refuse_third_search() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(87, NEW.asked_by_id::int);
    IF (SELECT count(*) FROM solves s WHERE s.asked_by_id = NEW.asked_by_id AND s.state IN ('waiting', 'running')) >= 2 THEN
        RAISE EXCEPTION 'Two searches of one person are under way.' USING ERRCODE = 'object_not_in_prerequisite_state';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER two_at_a_time BEFORE INSERT ON solves FOR EACH ROW WHEN (current_user = 'vigil_app')
    EXECUTE FUNCTION vigil.refuse_third_search();

REVOKE EXECUTE ON FUNCTION vigil.take_over_mix(bigint), vigil.note_undrawn(bigint, text), vigil.stop_salts(bigint), vigil.try_stop_code(bigint, bigint[], bytea[]),
    vigil.code_was_read(bigint), vigil.refuse_unread_code(), vigil.refuse_third_search() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.note_undrawn(bigint, text) TO vigil_worker;
GRANT EXECUTE ON FUNCTION vigil.take_over_mix(bigint), vigil.stop_salts(bigint), vigil.try_stop_code(bigint, bigint[], bytea[]),
    vigil.code_was_read(bigint) TO vigil_app;
