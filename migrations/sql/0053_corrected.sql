-- A haven's name, kind and place change by a row of their own and by nothing else: no role that serves may update these columns.
-- The row says why, in one's own name; what stood there before, and the sector of the new place, the database says itself.
CALL vigil.guard('haven_corrections');
GRANT SELECT, INSERT ON haven_corrections TO vigil_app;
GRANT SELECT ON haven_corrections TO vigil_worker;
CREATE POLICY reads ON haven_corrections FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id));
-- By who keeps havens where it stood and where it stands from now on. One that is compromised stays what and where it is until it
-- is closed, so that it never looks like another; and a kind whose place itself is the secret is never openly known.
CREATE POLICY adds ON haven_corrections FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND vigil.may_in(sector_id, 'havens:keep')
                AND EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id AND vigil.may_in(h.sector_id, 'havens:keep')
                            AND h.state <> 'compromised'
                            AND (haven_corrections.kind NOT IN ('safe_house', 'shelter_gbv')
                                 OR h.exposure NOT IN ('public', 'mission'))));
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('haven_corrections', 'at', 'sector_id', 'name_before', 'kind_before', 'place_before');
CALL vigil.protect('haven_corrections', 'id');

-- What forms hold a name to. NOT VALID: a haven that was loaded before stands as it is called.
ALTER TABLE havens ADD CONSTRAINT ck_havens_called CHECK (length(name) BETWEEN 3 AND 120) NOT VALID,
    ADD CONSTRAINT ck_havens_somewhere CHECK (NOT ST_IsEmpty(place)) NOT VALID;

-- With the rights of whoever writes: of a haven that he may not know of nothing is found, and the policy refuses the row.
CREATE FUNCTION vigil.say_what_stood() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    stood havens;
BEGIN
    SELECT h.* INTO stood FROM havens h WHERE h.id = NEW.haven_id FOR UPDATE;
    NEW.name_before := stood.name;
    NEW.kind_before := stood.kind;
    NEW.place_before := stood.place;
    NEW.sector_id := CASE WHEN ST_OrderingEquals(NEW.place, stood.place) THEN stood.sector_id ELSE vigil.sector_at(NEW.place) END;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.say_what_stood() FROM PUBLIC;
CREATE TRIGGER what_stood BEFORE INSERT ON haven_corrections FOR EACH ROW EXECUTE FUNCTION vigil.say_what_stood();

CREATE FUNCTION vigil.correct_haven() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    UPDATE havens SET name = NEW.name, kind = NEW.kind, place = NEW.place, sector_id = NEW.sector_id WHERE id = NEW.haven_id;
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.correct_haven() FROM PUBLIC;
CREATE TRIGGER in_force AFTER INSERT ON haven_corrections FOR EACH ROW EXECUTE FUNCTION vigil.correct_haven();

-- Since a haven may come to lie in another sector, what was written of it is read by the sector that it lay in then: its past on
-- the map, and siting studies that stand on it. Whether all of these may be known to everybody in the mission, it tells; of one
-- that is kept hidden it says the same as of one that there is not.
CREATE FUNCTION vigil.openly_known(of_havens bigint[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT NOT EXISTS (SELECT FROM unnest(of_havens) named (id) WHERE NOT EXISTS (
        SELECT FROM havens h WHERE h.id = named.id AND h.exposure IN ('public', 'mission')));
$$;
REVOKE EXECUTE ON FUNCTION vigil.openly_known(bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.openly_known(bigint[]) TO vigil_app;

-- Whoever reads an order, as long as the evacuation goes on, learns when a haven to which it sends people is called otherwise or stands elsewhere, though he may not read
-- the sector in which it lies: plans reach over borders, and their readers are to know where people go.
CREATE FUNCTION vigil.havens_named(by_evacuation bigint) RETURNS TABLE (id bigint, name text, lon double precision, lat double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT h.id, h.name, ST_X(h.place), ST_Y(h.place)
    FROM evacuations e, havens h
    WHERE e.id = by_evacuation AND e.ended_at IS NULL AND vigil.may_in(e.sector_id, 'evacuations:read')
      AND EXISTS (SELECT FROM evacuation_plans p WHERE p.evacuation_id = e.id AND h.id = ANY (p.haven_ids))
      AND (vigil.anywhere('havens:see_restricted')
           OR NOT e.restricted AND NOT vigil.tells_of_hidden_haven(e.id));
$$;
REVOKE EXECUTE ON FUNCTION vigil.havens_named(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.havens_named(bigint) TO vigil_app;

DROP POLICY reads ON revisions;
CREATE POLICY reads ON revisions FOR SELECT TO vigil_app USING (
    (layer = 'alerts' AND ((SELECT vigil.anywhere('alerts:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('alerts:read'))::bigint[])))
    OR (layer = 'incidents' AND ((SELECT vigil.anywhere('incidents:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('incidents:read'))::bigint[])))
    OR (layer = 'threats' AND ((SELECT vigil.anywhere('threats:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('threats:read'))::bigint[])))
    OR (layer = 'patrols' AND ((SELECT vigil.anywhere('patrols:read'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[])))
    -- A haven that is hidden today is hidden in the past too; and what it was then is asked.
    OR (layer = 'havens' AND ((SELECT vigil.anywhere('havens:read'))
            OR sector_id = ANY ((SELECT vigil.sectors_for('havens:read'))::bigint[]))
        AND ((SELECT vigil.anywhere('havens:see_restricted'))
             OR (content ->> 'exposure' IN ('public', 'mission') AND vigil.openly_known(ARRAY[row_id])))));

DROP POLICY reads ON siting_studies;
CREATE POLICY reads ON siting_studies FOR SELECT TO vigil_app
    USING (vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND (vigil.openly_known(haven_ids)
                OR NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                               WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id))));
DROP POLICY withdraws ON siting_studies;
CREATE POLICY withdraws ON siting_studies FOR UPDATE TO vigil_app
    USING (withdrawn_at IS NULL AND vigil.may_in(sector_id, 'havens:keep', 'patrols:plan')
           AND vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND (vigil.openly_known(haven_ids)
                OR NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                               WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id))))
    WITH CHECK (withdrawn_at = now() AND withdrawn_by_id = (SELECT vigil.person_id()));
