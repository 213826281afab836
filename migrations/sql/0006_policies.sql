-- Who may touch which rows: the second wall. Read it beside app/permissions.py; the names are the same.

GRANT USAGE ON SCHEMA public TO vigil_app, vigil_worker, vigil_sequencer, vigil_keyholder, vigil_auditor,
    vigil_weigher, vigil_ledger;

-- The mission's base data tells of no person: everybody who has signed in reads it.
CALL vigil.guard('sectors', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('admin_areas', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('rivers', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('places', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('road_nodes', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('road_links', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('actors', read => 'people:own_account', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('procedures', read => 'people:own_account', change => 'mission:manage');
CALL vigil.guard('mission_identity', read => 'people:own_account');
CALL vigil.guard('bases', read => 'mission:see_map', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('units', read => 'mission:see_map', add => 'mission:manage', change => 'mission:manage');
CALL vigil.guard('community_networks', read => 'alerts:read', add => 'mission:manage', change => 'mission:manage',
                 sector => 'sector_id');

-- The name of the mission and whether it is an exercise stand on the sign-in page too.
CREATE POLICY banner ON mission_identity FOR SELECT TO vigil_app, vigil_worker USING (true);
-- The escalation clocks run without a viewer, and must keep command's times and not the seeds.
CREATE POLICY clocks ON procedures FOR SELECT TO vigil_app, vigil_worker USING (true);

CALL vigil.guard('people', read => 'people:manage', add => 'people:manage', change => 'people:manage', own => 'id');
CALL vigil.guard('person_sectors', read => 'people:manage', add => 'people:manage', own => 'person_id');
CALL vigil.guard('person_compartments', read => 'people:manage', add => 'people:manage', own => 'person_id');
CALL vigil.guard('sessions', read => 'people:manage', own => 'person_id');
CALL vigil.guard('api_tokens', read => 'people:manage', own => 'person_id');
CALL vigil.guard('sign_in_failures');

REVOKE SELECT ON people FROM vigil_app, vigil_worker;
GRANT SELECT (id, username, name, role, unit_id, language, disabled_at, created_at, changed_by_id, changed_at,
    changed_what, approved_by_id, approved_at) ON people TO vigil_app, vigil_worker;
GRANT DELETE ON person_sectors, person_compartments TO vigil_app;
CREATE POLICY takes_away ON person_sectors FOR DELETE TO vigil_app USING ((SELECT vigil.anywhere('people:manage')));
CREATE POLICY takes_away ON person_compartments FOR DELETE TO vigil_app
    USING ((SELECT vigil.anywhere('people:manage')));
CREATE POLICY own_password ON people FOR UPDATE TO vigil_app USING (id = (SELECT vigil.person_id()));
GRANT UPDATE (password_hash, language) ON people TO vigil_app;
-- Grants know columns and policies know rows; of one's own row one may change the password and the language alone.
CREATE FUNCTION vigil.keep_own_rights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT vigil.anywhere('people:manage')) AND OLD.id IS DISTINCT FROM vigil.person_id()
       OR current_user = 'vigil_owner' THEN
        RETURN NEW;
    END IF;
    IF to_jsonb(NEW) - 'password_hash' - 'language' IS DISTINCT FROM to_jsonb(OLD) - 'password_hash' - 'language' THEN
        RAISE EXCEPTION 'Nobody changes rights of their own.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_own_rights BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION vigil.keep_own_rights();
GRANT INSERT ON sessions, api_tokens, sign_in_failures TO vigil_app;
GRANT UPDATE (revoked_at) ON sessions TO vigil_app;
GRANT UPDATE (revoked_at) ON api_tokens TO vigil_app;
CREATE POLICY signs_in ON sessions FOR INSERT TO vigil_app WITH CHECK (person_id = (SELECT vigil.person_id()));
CREATE POLICY own ON sessions FOR UPDATE TO vigil_app
    USING (person_id = (SELECT vigil.person_id()) OR (SELECT vigil.anywhere('people:manage')));
CREATE POLICY makes ON api_tokens FOR INSERT TO vigil_app WITH CHECK (person_id = (SELECT vigil.person_id()));
CREATE POLICY own ON api_tokens FOR UPDATE TO vigil_app
    USING (person_id = (SELECT vigil.person_id()) OR (SELECT vigil.anywhere('people:manage')));
CREATE POLICY anybody ON sign_in_failures FOR INSERT TO vigil_app WITH CHECK (true);
-- Written by vigil.session_seen() alone; read with the session that it belongs to.
CALL vigil.guard('session_sightings');
GRANT SELECT ON session_sightings TO vigil_app;
CREATE POLICY reads ON session_sightings FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM sessions s WHERE s.token_hash = session_sightings.token_hash));

CALL vigil.guard('field_reports', read => 'reports:read', sector => 'sector_id', own => 'reporter_id');
-- A second body is read where its report is; what somebody else sent under one's report's id is not one's own.
CALL vigil.guard('report_conflicts');
GRANT SELECT ON report_conflicts TO vigil_app, vigil_worker;
CREATE POLICY reads ON report_conflicts FOR SELECT TO vigil_app, vigil_worker
    USING (reporter_id = (SELECT vigil.person_id())
           OR EXISTS (SELECT 1 FROM field_reports r WHERE r.id = report_id
                      AND ((SELECT vigil.anywhere('reports:read'))
                           OR r.sector_id = ANY ((SELECT vigil.sectors_for('reports:read'))::bigint[]))));
GRANT INSERT ON field_reports, report_conflicts TO vigil_app;
CREATE POLICY files ON field_reports FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('reports:file')) AND reporter_id = (SELECT vigil.person_id()));
CREATE POLICY files ON report_conflicts FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('reports:file')) AND reporter_id = (SELECT vigil.person_id()));
GRANT UPDATE (settled_at, settled_by_id) ON report_conflicts TO vigil_app;
CREATE POLICY settles ON report_conflicts FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT 1 FROM field_reports r WHERE r.id = report_id
                   AND r.reporter_id <> (SELECT vigil.person_id())
                   AND ((SELECT vigil.anywhere('alerts:handle'))
                        OR r.sector_id = ANY ((SELECT vigil.sectors_for('alerts:handle'))::bigint[])))
           -- Whoever sent either of the two bodies does not say which of them holds.
           AND reporter_id <> (SELECT vigil.person_id()));

CALL vigil.guard('incidents', read => 'incidents:read', add => 'incidents:record', sector => 'sector_id');
-- Verifying is not recording: who verifies adds a judgement with its reasons and moves the status by it; what was
-- recorded is rewritten by nobody.
GRANT UPDATE (verification, verified_by_id, source_reliability, credibility) ON incidents TO vigil_app;
CALL vigil.guard('incident_verifications');
GRANT SELECT, INSERT ON incident_verifications TO vigil_app;
GRANT SELECT ON incident_verifications TO vigil_worker;
CREATE POLICY reads ON incident_verifications FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM incidents i WHERE i.id = incident_id));
CREATE POLICY adds ON incident_verifications FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('incidents:verify')) AND by_id = (SELECT vigil.person_id())
                AND EXISTS (SELECT 1 FROM incidents i WHERE i.id = incident_id
                            AND i.recorded_by_id IS DISTINCT FROM vigil.person_id()));
CREATE POLICY verifies ON incidents FOR UPDATE TO vigil_app USING ((SELECT vigil.anywhere('incidents:verify'))
    OR sector_id = ANY ((SELECT vigil.sectors_for('incidents:verify'))::bigint[]));
CALL vigil.guard('threats', read => 'threats:read', add => 'threats:assess', change => 'threats:assess',
                 sector => 'sector_id');

-- Alerts. Whoever files a report raises them too, and may not read them: reasons tell of what lies near.
CALL vigil.guard('alerts', read => 'alerts:read', change => 'alerts:handle', sector => 'sector_id');
CREATE POLICY decides ON alerts FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('alerts:decide')) OR sector_id = ANY ((SELECT vigil.sectors_for('alerts:decide'))::bigint[])
        OR (SELECT vigil.anywhere('alerts:approve_non_response'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('alerts:approve_non_response'))::bigint[]));
GRANT INSERT ON alerts TO vigil_app, vigil_worker;
CREATE POLICY raises ON alerts FOR INSERT TO vigil_app
    WITH CHECK (((SELECT vigil.holds('reports:file')) OR (SELECT vigil.holds('alerts:raise')))
                AND reporter_id = (SELECT vigil.person_id()));

-- True for an alert that this very transaction raised: its reasons, first step and clocks may be added.
CREATE FUNCTION vigil.raised_now(alert bigint) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN EXISTS (SELECT 1 FROM alerts WHERE id = alert AND reporter_id = vigil.person_id() AND raised_at = now());
END $$;
REVOKE EXECUTE ON FUNCTION vigil.raised_now(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.raised_now(bigint) TO vigil_app, vigil_worker;

-- True for whoever carries an alert's chain on, in its sector. To read an alert is not yet to act on it.
CREATE FUNCTION vigil.answers_alert(alert bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM alerts a, unnest(ARRAY['alerts:handle', 'alerts:decide', 'alerts:approve_non_response']) p
                   WHERE a.id = alert AND (vigil.anywhere(p) OR a.sector_id = ANY (vigil.sectors_for(p))));
$$;

-- True for the leader of a patrol that was sent to this alert.
CREATE FUNCTION vigil.leads_patrol_of(alert bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM patrols WHERE alert_id = alert AND leader_id = vigil.person_id());
$$;
REVOKE EXECUTE ON FUNCTION vigil.leads_patrol_of(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.leads_patrol_of(bigint) TO vigil_app;

-- True for whoever may approve or refuse the last decision not to respond: never the one who took it.
CREATE FUNCTION vigil.reviews_non_response(alert bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert AND (vigil.anywhere('alerts:approve_non_response')
                   OR a.sector_id = ANY (vigil.sectors_for('alerts:approve_non_response'))))
       AND (SELECT s.by_id FROM alert_steps s WHERE s.alert_id = alert AND s.kind = 'declined' ORDER BY s.id DESC LIMIT 1)
           IS DISTINCT FROM vigil.person_id();
$$;

CALL vigil.guard('alert_weighings');
CALL vigil.guard('alert_steps');
CALL vigil.guard('alert_clocks');
CALL vigil.guard('taskings');
GRANT SELECT, INSERT ON alert_weighings, alert_steps, alert_clocks, taskings TO vigil_app, vigil_worker;
GRANT UPDATE ON alert_clocks, taskings TO vigil_app, vigil_worker;
-- Points tell how near a defender's cell lies: only those who see cells see them.
CREATE POLICY reads ON alert_weighings FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id)
           AND (SELECT vigil.anywhere('defenders:see_coarse_cells')));
CREATE POLICY adds ON alert_weighings FOR INSERT TO vigil_app WITH CHECK (vigil.raised_now(alert_id));
CREATE POLICY reads ON alert_steps FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY adds ON alert_steps FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id())
                AND (vigil.raised_now(alert_id)
                     OR (vigil.answers_alert(alert_id)
                         AND (kind NOT IN ('non_response_approved', 'non_response_refused')
                              OR vigil.reviews_non_response(alert_id)))
                     OR (kind IN ('departed', 'arrived') AND (SELECT vigil.holds('patrols:lead'))
                         AND vigil.leads_patrol_of(alert_id))));
CREATE POLICY reads ON alert_clocks FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY adds ON alert_clocks FOR INSERT TO vigil_app
    WITH CHECK (vigil.raised_now(alert_id) OR vigil.answers_alert(alert_id));
CREATE POLICY stops ON alert_clocks FOR UPDATE TO vigil_app USING (vigil.answers_alert(alert_id));
CREATE POLICY reads ON taskings FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY adds ON taskings FOR INSERT TO vigil_app
    WITH CHECK (ordered_by_id = (SELECT vigil.person_id()) AND (SELECT vigil.holds('alerts:decide'))
                AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));
CREATE POLICY changes ON taskings FOR UPDATE TO vigil_app
    USING ((SELECT vigil.holds('alerts:handle')) AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id));

-- The escalation clock runs without a viewer: the worker sees and moves alerts by policies of its own.
CREATE POLICY clock ON alerts TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CREATE POLICY clock ON alert_clocks TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CREATE POLICY clock ON alert_steps FOR INSERT TO vigil_worker WITH CHECK (by_id IS NULL);

-- Defenders. A compartment's file is open to those of the compartment alone.
CALL vigil.guard('defenders', read => 'defenders:read', add => 'defenders:keep', change => 'defenders:keep',
                 sector => 'sector_id', compartment => 'compartment');
CALL vigil.guard('defender_cells');
GRANT SELECT, INSERT, UPDATE ON defender_cells TO vigil_app, vigil_worker;
CREATE POLICY coarse ON defender_cells FOR SELECT TO vigil_app, vigil_worker
    USING (tier = 'coarse' AND shared_until > now()
           AND ((SELECT vigil.anywhere('defenders:see_coarse_cells'))
                OR sector_id = ANY ((SELECT vigil.sectors_for('defenders:see_coarse_cells'))::bigint[])));
CREATE POLICY fine ON defender_cells FOR SELECT TO vigil_app, vigil_worker
    USING (tier = 'fine' AND shared_until > now()
           AND compartment = ANY ((SELECT vigil.compartments())::text[])
           AND ((SELECT vigil.anywhere('defenders:see_fine_cells'))
                OR sector_id = ANY ((SELECT vigil.sectors_for('defenders:see_fine_cells'))::bigint[])));
CREATE POLICY keeps ON defender_cells FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id) AND (SELECT vigil.holds('defenders:keep')));
CREATE POLICY keeps_up ON defender_cells FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id) AND (SELECT vigil.holds('defenders:keep')));
-- A keeper reads the cells of the files that he keeps even after consent to share has ended, to mend them.
CREATE POLICY own_files ON defender_cells FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('defenders:keep')) AND EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id));

-- The names of those who keep defenders' files, for each other: who looked, assessed, reviewed. Nobody reads the
-- list of people for it.
CREATE FUNCTION vigil.keepers() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p
    WHERE p.role IN ('hr_officer', 'hr_case_supervisor') AND vigil.holds('defenders:read');
$$;
REVOKE EXECUTE ON FUNCTION vigil.keepers() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.keepers() TO vigil_app;

CREATE PROCEDURE vigil.guard_file(guarded text, change boolean DEFAULT false) LANGUAGE plpgsql AS $$
BEGIN
    CALL vigil.guard(guarded);
    EXECUTE format('GRANT SELECT, INSERT ON %I TO vigil_app, vigil_worker', guarded);
    EXECUTE format('CREATE POLICY reads ON %I FOR SELECT TO vigil_app, vigil_worker
                    USING (EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id))', guarded);
    EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO vigil_app
                    WITH CHECK ((SELECT vigil.holds(''defenders:keep''))
                                AND EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id))', guarded);
    IF change THEN
        EXECUTE format('GRANT UPDATE ON %I TO vigil_app', guarded);
        EXECUTE format('CREATE POLICY changes ON %I FOR UPDATE TO vigil_app
                        USING ((SELECT vigil.holds(''defenders:keep''))
                               AND EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id))', guarded);
    END IF;
END $$;
CALL vigil.guard_file('risk_assessments', change => true);
CALL vigil.guard_file('consents', change => true);
CALL vigil.guard_file('defender_notes');
CALL vigil.guard_file('sealed_values', change => true);

-- Only the key-holder writes an unmasking, before it shows anything; the one who looked and supervisors read it.
CALL vigil.guard('unmaskings', read => 'defenders:supervise_unmasking', own => 'by_id');
GRANT UPDATE (seen_by_supervisor_id, seen_by_supervisor_at) ON unmaskings TO vigil_app;
CREATE POLICY supervises ON unmaskings FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('defenders:supervise_unmasking')));
-- Whoever reads the log gets counts alone: vigil.looks_by_role().
GRANT SELECT, INSERT ON unmaskings TO vigil_keyholder;
GRANT SELECT ON sealed_values, defenders, consents TO vigil_keyholder;
CREATE POLICY looks ON unmaskings TO vigil_keyholder USING (true) WITH CHECK (by_id = (SELECT vigil.person_id()));
CREATE POLICY opens ON sealed_values FOR SELECT TO vigil_keyholder USING (true);
CREATE POLICY opens ON defenders FOR SELECT TO vigil_keyholder USING (true);
CREATE POLICY opens ON consents FOR SELECT TO vigil_keyholder USING (true);

CALL vigil.guard('patrols', read => 'patrols:read', sector => 'sector_id', own => 'leader_id');
GRANT INSERT, UPDATE ON patrols TO vigil_app;
CREATE POLICY plans ON patrols FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.anywhere('patrols:plan')) OR (SELECT vigil.anywhere('patrols:send'))
        OR ((sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[])
             OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:send'))::bigint[]))
            -- A unit of another sector is ordered about by that sector, wherever it is to go.
            AND EXISTS (SELECT 1 FROM units u WHERE u.id = unit_id
                        AND (u.sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[])
                             OR u.sector_id = ANY ((SELECT vigil.sectors_for('patrols:send'))::bigint[])))));
CREATE POLICY moves ON patrols FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('patrols:plan')) OR (SELECT vigil.anywhere('patrols:send'))
        OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[])
        OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:send'))::bigint[])
        OR (leader_id = (SELECT vigil.person_id()) AND (SELECT vigil.holds('patrols:lead'))));
CALL vigil.guard('patrol_stops');
CALL vigil.guard('positions');
CALL vigil.guard('latest_positions', read => 'patrols:read', sector => 'sector_id');
GRANT SELECT, INSERT, UPDATE ON patrol_stops TO vigil_app;
GRANT SELECT, INSERT ON positions TO vigil_app;
GRANT INSERT, UPDATE ON latest_positions TO vigil_app;
-- Whoever sees a patrol sees its stops and track; its leader and those who plan
-- patrols write them, stops also those who send patrols.
CREATE FUNCTION vigil.moves_patrol(patrol bigint, sends boolean) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol
        AND (vigil.anywhere('patrols:plan') OR p.sector_id = ANY (vigil.sectors_for('patrols:plan'))
             OR (sends AND (vigil.anywhere('patrols:send') OR p.sector_id = ANY (vigil.sectors_for('patrols:send'))))
             OR (p.leader_id = vigil.person_id() AND vigil.holds('patrols:lead'))));
$$;
CREATE POLICY with_patrol ON patrol_stops FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY adds ON patrol_stops FOR INSERT TO vigil_app WITH CHECK (vigil.moves_patrol(patrol_id, true));
CREATE POLICY moves ON patrol_stops FOR UPDATE TO vigil_app USING (vigil.moves_patrol(patrol_id, true));
CREATE POLICY with_patrol ON positions FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY adds ON positions FOR INSERT TO vigil_app WITH CHECK (vigil.moves_patrol(patrol_id, false));
CREATE POLICY with_patrol ON latest_positions FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY adds ON latest_positions FOR INSERT TO vigil_app WITH CHECK (vigil.moves_patrol(patrol_id, false));
CREATE POLICY moves ON latest_positions FOR UPDATE TO vigil_app USING (vigil.moves_patrol(patrol_id, false));

-- The leader of a patrol that was sent to an alert reports its departure and arrival: he writes the step and moves the
-- alert's row. For how long, and what he does not read of it: 0023_walls.sql.
CREATE POLICY leader_reads ON alerts FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('patrols:lead')) AND vigil.leads_patrol_of(id));
CREATE POLICY leader_moves ON alerts FOR UPDATE TO vigil_app
    USING ((SELECT vigil.holds('patrols:lead')) AND vigil.leads_patrol_of(id));
CREATE POLICY leader_moves ON taskings FOR UPDATE TO vigil_app
    USING ((SELECT vigil.holds('patrols:lead')) AND vigil.leads_patrol_of(alert_id));

CALL vigil.guard('havens');
GRANT SELECT, INSERT, UPDATE ON havens TO vigil_app;
GRANT SELECT ON havens TO vigil_worker;
CREATE POLICY reads ON havens FOR SELECT TO vigil_app, vigil_worker
    USING (((SELECT vigil.anywhere('havens:read')) OR sector_id = ANY ((SELECT vigil.sectors_for('havens:read'))::bigint[]))
           AND (exposure IN ('public', 'mission') OR (SELECT vigil.anywhere('havens:see_restricted'))));
CREATE POLICY keeps ON havens FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.anywhere('havens:keep')) OR sector_id = ANY ((SELECT vigil.sectors_for('havens:keep'))::bigint[]));
-- An UPDATE that reads nothing is not asked the policy above, so this one asks the clearance again.
CREATE POLICY changes ON havens FOR UPDATE TO vigil_app
    USING (((SELECT vigil.anywhere('havens:keep')) OR sector_id = ANY ((SELECT vigil.sectors_for('havens:keep'))::bigint[]))
           AND (exposure IN ('public', 'mission') OR (SELECT vigil.anywhere('havens:see_restricted'))));
CALL vigil.guard('haven_changes');
GRANT SELECT, INSERT ON haven_changes TO vigil_app, vigil_worker;
CREATE POLICY reads ON haven_changes FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id));
CREATE POLICY adds ON haven_changes FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('havens:keep')) AND by_id = (SELECT vigil.person_id())
                AND EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id));

CALL vigil.guard('documents', read => 'documents:read', own => 'ordered_by_id');
GRANT INSERT ON documents TO vigil_app;
CREATE POLICY orders ON documents FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('documents:order')) AND ordered_by_id = (SELECT vigil.person_id()));
-- What failed may be ordered again: back to the start, and nothing else of it changes.
GRANT UPDATE (state, progress, step, failure) ON documents TO vigil_app;
CREATE POLICY orders_again ON documents FOR UPDATE TO vigil_app
    USING (state = 'failed' AND (SELECT vigil.holds('documents:order'))
           AND ((SELECT vigil.holds('documents:read')) OR ordered_by_id = (SELECT vigil.person_id())))
    WITH CHECK (state = 'ordered');
CREATE POLICY writes ON documents TO vigil_worker USING (true) WITH CHECK (true);
GRANT UPDATE ON documents TO vigil_worker;
CALL vigil.guard('document_files');
GRANT SELECT ON document_files TO vigil_app;
GRANT SELECT, INSERT ON document_files TO vigil_worker;
CREATE POLICY reads ON document_files FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM documents d WHERE d.id = document_id));
CREATE POLICY writes ON document_files TO vigil_worker USING (true) WITH CHECK (true);
CALL vigil.guard('downloads', read => 'ledger:read', own => 'by_id');
GRANT INSERT ON downloads TO vigil_app;
CREATE POLICY adds ON downloads FOR INSERT TO vigil_app WITH CHECK (by_id = (SELECT vigil.person_id()));

CALL vigil.guard('outbox');
GRANT INSERT ON outbox TO vigil_app, vigil_worker;
GRANT SELECT, UPDATE ON outbox TO vigil_worker;
CREATE POLICY asks ON outbox FOR INSERT TO vigil_app
    WITH CHECK (enqueued_at IS NULL AND (SELECT vigil.person_id()) IS NOT NULL);
CREATE POLICY works ON outbox TO vigil_worker USING (true) WITH CHECK (true);

ALTER TABLE alembic_version OWNER TO vigil_owner;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app, vigil_worker, vigil_keyholder;
GRANT SELECT ON alembic_version TO vigil_app, vigil_worker;

CALL vigil.protect('people', 'id');
CALL vigil.protect('person_sectors', 'person_id', 'sector_id');
CALL vigil.protect('person_compartments', 'person_id', 'compartment');
CALL vigil.protect('sessions', 'token_hash');
CALL vigil.protect('api_tokens', 'id');
CALL vigil.protect('procedures', 'key');
CALL vigil.protect('field_reports', 'id');
CALL vigil.protect('report_conflicts', 'id');
CALL vigil.protect('incidents', 'id');
CALL vigil.protect('incident_verifications', 'id');
CALL vigil.protect('threats', 'id');
CALL vigil.protect('alerts', 'id');
CALL vigil.protect('alert_weighings', 'alert_id');
CALL vigil.protect('alert_steps', 'id');
CALL vigil.protect('alert_clocks', 'id');
CALL vigil.protect('taskings', 'id');
CALL vigil.protect('defenders', 'id');
CALL vigil.protect('defender_cells', 'id');
CALL vigil.protect('sealed_values', 'id');
CALL vigil.protect('risk_assessments', 'id');
CALL vigil.protect('consents', 'id');
CALL vigil.protect('unmaskings', 'id');
CALL vigil.protect('defender_notes', 'id');
CALL vigil.protect('patrols', 'id');
CALL vigil.protect('patrol_stops', 'id');
CALL vigil.protect('havens', 'id');
CALL vigil.protect('haven_changes', 'id');
CALL vigil.protect('document_files', 'id');
CALL vigil.protect('downloads', 'id');
