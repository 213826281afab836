-- The picture as the room knew it. `revisions` keeps each state of what the map shows, with the time in which the room held
-- it true: from known_from, until known_until left out. A thing that leaves the picture (an alert that is closed, a patrol
-- that is back) has a last revision that ends, and none after it.
--
-- Two columns and not a range: under row level security an index serves only leakproof operators, and those of ranges
-- are not.

-- One thing's new state. The caller says since when; a state that the same transaction wrote and that nobody ever saw is
-- written over, so that no revision lasts for no time.
CREATE FUNCTION vigil.hold_true(of_layer text, of_row bigint, of_sector bigint, seen geometry, what jsonb, since timestamptz)
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    began timestamptz;
    own boolean;
    same boolean;
BEGIN
    SELECT r.known_from, r.xmin = pg_current_xact_id()::xid,
           r.content IS NOT DISTINCT FROM what AND r.shape IS NOT DISTINCT FROM seen
               AND r.sector_id IS NOT DISTINCT FROM of_sector
    INTO began, own, same
    FROM revisions r WHERE r.layer = of_layer AND r.row_id = of_row AND r.known_until = 'infinity';
    IF FOUND THEN
        IF same THEN
            RETURN;
        ELSIF own AND since <= began THEN
            DELETE FROM revisions r WHERE r.layer = of_layer AND r.row_id = of_row AND r.known_until = 'infinity';
            since := began;
        ELSE
            -- A transaction that began before and waited for another: what it says is known from now.
            IF since <= began THEN
                since := greatest(clock_timestamp(), began + interval '1 microsecond');
            END IF;
            UPDATE revisions r SET known_until = since
            WHERE r.layer = of_layer AND r.row_id = of_row AND r.known_until = 'infinity';
        END IF;
    END IF;
    IF what IS NOT NULL THEN
        INSERT INTO revisions (layer, row_id, sector_id, shape, known_from, content)
        VALUES (of_layer, of_row, of_sector, seen, since, what);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.hold_true(text, bigint, bigint, geometry, jsonb, timestamptz) FROM PUBLIC;

-- When a change became known: now. Only the owner, who brings in what was known elsewhere and before (imports, the
-- exercise), may say another time; whoever serves requests may not write himself into the past.
CREATE FUNCTION vigil.told_at(own_time timestamptz) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN session_user = 'vigil_owner'
                THEN least(coalesce(nullif(current_setting('vigil.told_at', true), '')::timestamptz, own_time, now()), now())
                ELSE now() END;
$$;
REVOKE EXECUTE ON FUNCTION vigil.told_at(timestamptz) FROM PUBLIC;

-- Keeps the revisions of one table from here on, and one for each row that stands. `seen`, `shown` and `own_time` are SQL
-- of the row NEW; `columns` are what the picture shows.
CREATE PROCEDURE vigil.keep_revisions(kept text, seen text, shown text, own_time text, VARIADIC columns text[])
LANGUAGE plpgsql AS $make$
DECLARE
    content text := 'jsonb_build_object(' || (SELECT string_agg(format('%L, NEW.%I', c, c), ', ') FROM unnest(columns) c) || ')';
BEGIN
    EXECUTE format($function$
        CREATE FUNCTION vigil.keep_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, vigil, pg_temp AS $body$
        BEGIN
            IF TG_OP = 'UPDATE' THEN
                PERFORM vigil.hold_true(%1$L, NEW.id, NEW.sector_id, %2$s, CASE WHEN %3$s THEN %5$s END, vigil.told_at(NULL));
            ELSIF %3$s THEN
                INSERT INTO revisions (layer, row_id, sector_id, shape, known_from, content)
                VALUES (%1$L, NEW.id, NEW.sector_id, %2$s, vigil.told_at(%4$s), %5$s);
            END IF;
            RETURN NULL;
        END $body$ $function$, kept, seen, shown, own_time, content);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION vigil.keep_%1$s() FROM PUBLIC', kept);
    EXECUTE format('CREATE TRIGGER keep_revision AFTER INSERT OR UPDATE ON %1$I FOR EACH ROW EXECUTE FUNCTION vigil.keep_%1$s()',
                   kept);
    EXECUTE replace(format('INSERT INTO revisions (layer, row_id, sector_id, shape, known_from, content)
                            SELECT %1$L, NEW.id, NEW.sector_id, %2$s, least(%4$s, now()), %5$s FROM %1$I AS "NEW" WHERE %3$s',
                           kept, seen, shown, own_time, content), 'NEW.', '"NEW".');
END $make$;
REVOKE EXECUTE ON ROUTINE vigil.keep_revisions(text, text, text, text, text[]) FROM PUBLIC;

-- The way of a patrol: a line through its stops, a point where it has one, nothing where it has none.
CREATE FUNCTION vigil.way_of(patrol bigint) RETURNS geometry LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN count(*) > 1 THEN ST_MakeLine(s.place ORDER BY s.sequence) ELSE min(s.place::text)::geometry END
    FROM patrol_stops s WHERE s.patrol_id = patrol;
$$;

CALL vigil.keep_revisions('alerts', 'NEW.place', $$NEW.status <> 'closed'$$, 'NEW.raised_at',
    'id', 'kind', 'priority', 'status', 'verification', 'source_reliability', 'credibility', 'place_precision',
    'radius_metres', 'raised_at');
CALL vigil.keep_revisions('incidents', 'NEW.place', 'true', 'NEW.recorded_at',
    'id', 'kind', 'killed_best', 'verification', 'source_reliability', 'credibility', 'place_precision', 'occurred_from',
    'occurred_to', 'side_a', 'side_b', 'admin_code');
CALL vigil.keep_revisions('threats', 'NEW.area', 'NEW.ended_at IS NULL', 'NEW.opened_at',
    'id', 'name', 'kind', 'actor_id', 'likelihood', 'impact', 'confidence');
CALL vigil.keep_revisions('havens', 'NEW.place', 'true', 'NEW.changed_at',
    'id', 'name', 'kind', 'state', 'capacity_night', 'occupancy', 'exposure');
CALL vigil.keep_revisions('patrols', 'vigil.way_of(NEW.id)', $$NEW.state IN ('planned', 'under_way', 'paused')$$,
    'NEW.created_at', 'id', 'call_sign', 'state');

-- Stops are written after their patrol, most often in the same transaction.
CREATE FUNCTION vigil.keep_ways() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.hold_true('patrols', r.row_id, r.sector_id, vigil.way_of(r.row_id), r.content, vigil.told_at(r.known_from))
    FROM revisions r
    WHERE r.layer = 'patrols' AND r.known_until = 'infinity' AND r.row_id IN (SELECT c.patrol_id FROM changed c);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.keep_ways() FROM PUBLIC;
CREATE TRIGGER keep_ways_added AFTER INSERT ON patrol_stops REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.keep_ways();
CREATE TRIGGER keep_ways_moved AFTER UPDATE ON patrol_stops REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.keep_ways();

-- What was known stays: a revision ends once and is never rewritten, not by the owner either. Taken back is only what the
-- same transaction had just put there.
CREATE FUNCTION vigil.refuse_other_past() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- One that this transaction has ended bears its number too, and is the past: only what still holds is taken back,
    -- and nothing can be made to hold again.
    IF TG_OP = 'DELETE' AND OLD.xmin = pg_current_xact_id()::xid AND OLD.known_until = 'infinity' THEN
        RETURN OLD;
    ELSIF TG_OP = 'UPDATE' AND OLD.known_until = 'infinity' AND NEW.known_until > OLD.known_from AND NEW.known_until < 'infinity'
          AND (NEW.layer, NEW.row_id, NEW.known_from) = (OLD.layer, OLD.row_id, OLD.known_from)
          AND NEW.content = OLD.content AND NEW.shape IS NOT DISTINCT FROM OLD.shape
          AND NEW.sector_id IS NOT DISTINCT FROM OLD.sector_id THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'What the room knew is not rewritten.' USING ERRCODE = 'integrity_constraint_violation';
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_other_past() FROM PUBLIC;
CREATE TRIGGER past_stands BEFORE UPDATE OR DELETE ON revisions FOR EACH ROW EXECUTE FUNCTION vigil.refuse_other_past();
CREATE TRIGGER no_truncate BEFORE TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION vigil.refuse_truncate();

-- Read as the layer is read, by the sector that the thing had; written by the triggers alone.
CALL vigil.guard('revisions');
GRANT SELECT ON revisions TO vigil_app;
CREATE POLICY reads ON revisions FOR SELECT TO vigil_app USING (
    (layer = 'alerts' AND ((SELECT vigil.anywhere('alerts:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('alerts:read'))::bigint[])))
    OR (layer = 'incidents' AND ((SELECT vigil.anywhere('incidents:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('incidents:read'))::bigint[])))
    OR (layer = 'threats' AND ((SELECT vigil.anywhere('threats:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('threats:read'))::bigint[])))
    OR (layer = 'patrols' AND ((SELECT vigil.anywhere('patrols:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[])))
    -- A haven that is hidden today is hidden in the past too: its own policy is asked, and what it was then.
    OR (layer = 'havens' AND EXISTS (SELECT 1 FROM havens h WHERE h.id = row_id)
        AND (content ->> 'exposure' IN ('public', 'mission') OR (SELECT vigil.anywhere('havens:see_restricted')))));

-- Views of the map that somebody keeps: his own, or handed to the next shift.
CALL vigil.guard('saved_views');
GRANT SELECT, INSERT ON saved_views TO vigil_app;
GRANT UPDATE (removed_at) ON saved_views TO vigil_app;
CREATE POLICY reads ON saved_views FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('mission:see_map')) AND (for_shift OR owner_id = (SELECT vigil.person_id())));
CREATE POLICY keeps ON saved_views FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('mission:see_map')) AND owner_id = (SELECT vigil.person_id()) AND removed_at IS NULL);
CREATE POLICY removes ON saved_views FOR UPDATE TO vigil_app
    USING ((SELECT vigil.holds('mission:see_map')) AND owner_id = (SELECT vigil.person_id()));
GRANT USAGE ON SEQUENCE saved_views_id_seq TO vigil_app;
CALL vigil.protect('saved_views', 'id');
