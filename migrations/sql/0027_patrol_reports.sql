-- Patrol reports: a leader writes his own; his sector reads it once it is sent; somebody else debriefs it, and approves it.

CALL vigil.guard('patrol_reports');
GRANT SELECT ON patrol_reports TO vigil_app, vigil_worker;
-- What is not sent yet is its writer's alone.
CREATE POLICY reads ON patrol_reports FOR SELECT TO vigil_app, vigil_worker
    USING (author_id = (SELECT vigil.person_id())
           OR (state <> 'draft'
               AND ((SELECT vigil.anywhere('patrols:read'))
                    OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[]))));
GRANT INSERT (device_id, patrol_id, sector_id, author_id, state, blocks) ON patrol_reports TO vigil_app;
CREATE POLICY begins ON patrol_reports FOR INSERT TO vigil_app
    WITH CHECK (author_id = (SELECT vigil.person_id()) AND state = 'draft' AND (SELECT vigil.holds('patrols:lead'))
                AND EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id AND p.leader_id = author_id
                            AND p.sector_id IS NOT DISTINCT FROM patrol_reports.sector_id));
GRANT UPDATE (blocks, flags, revision, state, submitted_at, debriefed_at, debriefed_by_id, approved_at, approved_by_id)
    ON patrol_reports TO vigil_app;
CREATE POLICY writes ON patrol_reports FOR UPDATE TO vigil_app
    USING (author_id = (SELECT vigil.person_id()) AND state IN ('draft', 'returned')
           AND (SELECT vigil.holds('patrols:lead')))
    WITH CHECK (author_id = (SELECT vigil.person_id()) AND state IN ('draft', 'returned', 'submitted')
                AND debriefed_by_id IS NULL AND approved_by_id IS NULL);
CREATE POLICY debriefs ON patrol_reports FOR UPDATE TO vigil_app
    USING (state = 'submitted' AND author_id <> (SELECT vigil.person_id())
           AND ((SELECT vigil.anywhere('patrols:debrief'))
                OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:debrief'))::bigint[])))
    WITH CHECK (approved_by_id IS NULL
                AND (state = 'debriefed' AND debriefed_by_id = (SELECT vigil.person_id())
                     OR state = 'returned' AND debriefed_by_id IS NULL));
CREATE POLICY approves ON patrol_reports FOR UPDATE TO vigil_app
    USING (state = 'debriefed' AND author_id <> (SELECT vigil.person_id())
           AND ((SELECT vigil.anywhere('patrols:approve'))
                OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:approve'))::bigint[])))
    WITH CHECK (state = 'approved' AND approved_by_id = (SELECT vigil.person_id())
                OR state = 'returned' AND debriefed_by_id IS NULL AND approved_by_id IS NULL);

-- Policies of one table are joined by OR, for the row before and the row after apart: who holds two of them could take the
-- first half of one and the second of another. The steps are held together here.
CREATE FUNCTION vigil.keep_the_way_of_reports() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'vigil_app' THEN
        RETURN NEW;
    END IF;
    IF OLD.state || ' ' || NEW.state NOT IN (
        'draft draft', 'draft submitted', 'returned returned', 'returned submitted', 'submitted debriefed',
        'submitted returned', 'debriefed approved', 'debriefed returned') THEN
        RAISE EXCEPTION 'A patrol report does not go this way.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    -- What was sent stands as it was sent; and who debriefed it is not written anew by who approves it.
    IF OLD.state IN ('submitted', 'debriefed')
       AND (NEW.blocks, NEW.flags, NEW.revision, NEW.submitted_at)
           IS DISTINCT FROM (OLD.blocks, OLD.flags, OLD.revision, OLD.submitted_at)
       OR NEW.state = 'approved'
          AND (NEW.debriefed_by_id, NEW.debriefed_at) IS DISTINCT FROM (OLD.debriefed_by_id, OLD.debriefed_at) THEN
        RAISE EXCEPTION 'What was sent in a patrol report stands.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.keep_the_way_of_reports() FROM PUBLIC;
CREATE TRIGGER keep_the_way BEFORE UPDATE ON patrol_reports
    FOR EACH ROW EXECUTE FUNCTION vigil.keep_the_way_of_reports();

-- The log of a report is written once, in one's own name, by those whose step it is; nobody changes it.
CALL vigil.guard('patrol_report_entries');
GRANT SELECT ON patrol_report_entries TO vigil_app, vigil_worker;
CREATE POLICY reads ON patrol_report_entries FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM patrol_reports r WHERE r.id = report_id));
GRANT INSERT ON patrol_report_entries TO vigil_app;
CREATE POLICY adds ON patrol_report_entries FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id())
        AND EXISTS (SELECT 1 FROM patrol_reports r WHERE r.id = report_id
            AND CASE kind
                WHEN 'submitted' THEN r.author_id = (SELECT vigil.person_id())
                WHEN 'amended' THEN r.author_id = (SELECT vigil.person_id())
                WHEN 'debriefed' THEN vigil.may_in(r.sector_id, 'patrols:debrief')
                WHEN 'filed' THEN vigil.may_in(r.sector_id, 'patrols:debrief')
                WHEN 'approved' THEN vigil.may_in(r.sector_id, 'patrols:approve')
                ELSE vigil.may_in(r.sector_id, 'patrols:debrief', 'patrols:approve') END));

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('patrol_reports', 'created_at');
CALL vigil.tell_time_itself('patrol_report_entries', 'at');
CALL vigil.protect('patrol_reports', 'id');
CALL vigil.protect('patrol_report_entries', 'id');

CALL vigil.codes_of('add', 'documents', 'kind', ARRAY['patrol_report']);
