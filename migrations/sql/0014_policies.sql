-- True for whoever handles this alert, in its sector: as vigil.answers_alert, without those who only decide or approve.
CREATE FUNCTION vigil.handles_alert(alert bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert AND (vigil.anywhere('alerts:handle')
                   OR a.sector_id = ANY (vigil.sectors_for('alerts:handle'))));
$$;

-- Sources. A code and what is known of its history; how somebody is reached stands with those who hold it, not here.
CALL vigil.guard('sources', read => 'sources:read', sector => 'sector_id');
GRANT INSERT ON sources TO vigil_app;
CREATE POLICY keeps ON sources FOR INSERT TO vigil_app
    WITH CHECK (added_by_id = (SELECT vigil.person_id()) AND grade IS NULL
                AND ((SELECT vigil.anywhere('sources:keep'))
                     OR sector_id = ANY ((SELECT vigil.sectors_for('sources:keep'))::bigint[])));
GRANT UPDATE (grade, graded_by_id, graded_at, contactable) ON sources TO vigil_app;
CREATE POLICY grades ON sources FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('sources:keep')) OR sector_id = ANY ((SELECT vigil.sectors_for('sources:keep'))::bigint[]))
    WITH CHECK (graded_by_id IS NULL OR graded_by_id = (SELECT vigil.person_id()));

-- Who said what an alert tells, and whom he repeats; the latest row counts, none is changed.
CALL vigil.guard('alert_sources');
GRANT SELECT, INSERT ON alert_sources TO vigil_app;
CREATE POLICY reads ON alert_sources FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('sources:read')) AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY adds ON alert_sources FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND vigil.handles_alert(alert_id)
                AND EXISTS (SELECT 1 FROM sources s WHERE s.id = source_id)
                AND (repeats_id IS NULL OR EXISTS (SELECT 1 FROM sources s WHERE s.id = repeats_id)));

-- Call-backs: ordered once, done once, each in one's own name.
CALL vigil.guard('call_backs');
GRANT SELECT, INSERT ON call_backs TO vigil_app;
CREATE POLICY reads ON call_backs FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('sources:read')) AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY orders ON call_backs FOR INSERT TO vigil_app
    WITH CHECK (ordered_by_id = (SELECT vigil.person_id()) AND done_at IS NULL AND vigil.handles_alert(alert_id)
                AND EXISTS (SELECT 1 FROM sources s WHERE s.id = source_id));
GRANT UPDATE (done_at, done_by_id, result, answer) ON call_backs TO vigil_app;
CREATE POLICY answers ON call_backs FOR UPDATE TO vigil_app
    USING (done_at IS NULL AND vigil.handles_alert(alert_id))
    WITH CHECK (done_by_id = (SELECT vigil.person_id()));
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('sources', 'added_at');
CALL vigil.tell_time_itself('alert_sources', 'at');
CALL vigil.tell_time_itself('call_backs', 'ordered_at');

-- True for whoever may approve or refuse what was proposed to be held true or false: never the one who proposed it.
CREATE FUNCTION vigil.reviews_verification(alert bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT vigil.handles_alert(alert) AND EXISTS (
        SELECT 1 FROM (SELECT s.kind, s.by_id FROM alert_steps s WHERE s.alert_id = alert
                       AND s.kind IN ('verification_proposed', 'verified', 'verification_refused')
                       ORDER BY s.id DESC LIMIT 1) last
        WHERE last.kind = 'verification_proposed' AND last.by_id IS DISTINCT FROM vigil.person_id());
$$;
CREATE POLICY two_persons ON alert_steps AS RESTRICTIVE FOR INSERT TO vigil_app WITH CHECK (
    CASE WHEN kind = 'verification_refused'
              OR kind = 'verified' AND details ->> 'verification' IN ('verified', 'unfounded', 'contradicted')
         THEN vigil.reviews_verification(alert_id)
         WHEN kind IN ('triaged', 'source_told', 'merged', 'parted', 'call_back_ordered', 'called_back',
                       'verification_proposed') THEN vigil.handles_alert(alert_id)
         ELSE true END);

-- What is held true or false of an alert stands there only after somebody else has approved it.
CREATE FUNCTION vigil.refuse_one_s_own_word() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NEW.verification IN ('verified', 'unfounded', 'contradicted') AND NEW.verification <> OLD.verification
       AND NOT EXISTS (SELECT 1 FROM alert_steps s WHERE s.alert_id = NEW.id AND s.kind = 'verified'
                       AND s.details ->> 'verification' = NEW.verification AND s.recorded_at = now()) THEN
        RAISE EXCEPTION 'What is held true or false of an alert is approved by a second person.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_one_s_own_word() FROM PUBLIC;
-- The exercise's history is written as the owner.
CREATE TRIGGER two_persons BEFORE UPDATE OF verification ON alerts FOR EACH ROW WHEN (current_user <> 'vigil_owner')
    EXECUTE FUNCTION vigil.refuse_one_s_own_word();

-- What triage and merging change of an alert. Each change has its step, of the same transaction (the step's time is the
-- database's): a hand on the table alone moves no alert and hides none.
GRANT UPDATE (leader_id, priority, place, radius_metres, place_as_given, place_precision, admin_code, sector_id, source_code)
    ON alerts TO vigil_app;
CREATE FUNCTION vigil.stepped_now(alert bigint, VARIADIC kinds text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM alert_steps s WHERE s.alert_id = alert AND s.kind = ANY (kinds) AND s.recorded_at = now());
$$;
REVOKE EXECUTE ON FUNCTION vigil.stepped_now(bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.stepped_now(bigint, text[]) TO vigil_app;
CREATE FUNCTION vigil.refuse_unstepped() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF (NEW.leader_id IS DISTINCT FROM OLD.leader_id AND NOT vigil.stepped_now(NEW.id, 'merged', 'parted'))
       OR (NEW.source_code IS DISTINCT FROM OLD.source_code AND NOT vigil.stepped_now(NEW.id, 'source_told'))
       OR ((NEW.priority, NEW.place_as_given, NEW.radius_metres, NEW.place_precision, NEW.admin_code, NEW.sector_id)
           IS DISTINCT FROM
           (OLD.priority, OLD.place_as_given, OLD.radius_metres, OLD.place_precision, OLD.admin_code, OLD.sector_id)
           OR NOT ST_OrderingEquals(NEW.place, OLD.place)) AND NOT vigil.stepped_now(NEW.id, 'triaged') THEN
        RAISE EXCEPTION 'An alert is changed by a step of its chain.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_unstepped() FROM PUBLIC;
CREATE TRIGGER stepped BEFORE UPDATE OF leader_id, priority, place, radius_metres, place_as_given, place_precision,
    admin_code, sector_id, source_code ON alerts FOR EACH ROW WHEN (current_user <> 'vigil_owner')
    EXECUTE FUNCTION vigil.refuse_unstepped();

-- Merging: a follower and its leader stand in one sector, so that nobody is led to what he may not read; a leader follows
-- nobody when it becomes one, so that no ring can form; what was answered or closed follows nobody.
CREATE FUNCTION vigil.refuse_wrong_leader() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NEW.leader_id IS NOT NULL AND NEW.leader_id IS DISTINCT FROM OLD.leader_id AND NOT (
        OLD.leader_id IS NULL AND NEW.status IN ('received', 'acknowledged', 'verified') AND EXISTS (
            SELECT 1 FROM alerts a WHERE a.id = NEW.leader_id AND a.id <> NEW.id AND a.leader_id IS NULL
            AND a.status <> 'closed' AND a.sector_id IS NOT DISTINCT FROM NEW.sector_id)) THEN
        RAISE EXCEPTION 'This alert cannot follow that one.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.sector_id IS DISTINCT FROM OLD.sector_id
       AND (NEW.leader_id IS NOT NULL OR EXISTS (SELECT 1 FROM alerts a WHERE a.leader_id = NEW.id)) THEN
        RAISE EXCEPTION 'A merged alert stays in its sector.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_wrong_leader() FROM PUBLIC;
CREATE TRIGGER leader_stands BEFORE UPDATE OF leader_id, sector_id ON alerts
    FOR EACH ROW EXECUTE FUNCTION vigil.refuse_wrong_leader();
-- Nothing is raised as a follower: the trigger above asks of changes alone.
CREATE POLICY leads_itself ON alerts AS RESTRICTIVE FOR INSERT TO vigil_app, vigil_worker WITH CHECK (leader_id IS NULL);

CALL vigil.protect('sources', 'id');
CALL vigil.protect('alert_sources', 'id');
CALL vigil.protect('call_backs', 'id');

-- As vigil.places_like, with the code by which a form names the place: names alone are often several places'.
CREATE FUNCTION vigil.place_codes_like(asked text, most int) RETURNS TABLE (code text, name text, area text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.code, l.name, l.area
    FROM vigil.places_like(asked, most) WITH ORDINALITY AS l(name, area, lon, lat, exact, n)
    CROSS JOIN LATERAL (SELECT q.code FROM places q WHERE vigil.folded(q.name) = vigil.folded(l.name)
                        AND ST_X(q.place) = l.lon AND ST_Y(q.place) = l.lat ORDER BY q.code LIMIT 1) p
    ORDER BY l.n;
$$;
REVOKE EXECUTE ON FUNCTION vigil.place_codes_like(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.place_codes_like(text, int) TO vigil_app;
