DROP FUNCTION vigil.session_was_ended(bytea);

DROP POLICY reads ON patrol_reports;
CREATE POLICY reads ON patrol_reports FOR SELECT TO vigil_app, vigil_worker
    USING (author_id = (SELECT vigil.person_id())
           OR (state <> 'draft'
               AND ((SELECT vigil.anywhere('patrols:read'))
                    OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[]))));
DROP POLICY reads ON patrols;
CREATE POLICY reads ON patrols FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.anywhere('patrols:read')) OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[])
           OR leader_id = (SELECT vigil.person_id()));
DROP FUNCTION vigil.owes_report(bigint, timestamptz);

DROP POLICY of_a_study_that_is_found ON solves;
DROP POLICY of_a_study_that_is_stopped ON solves;

DROP POLICY watches ON evacuation_plans;
DROP POLICY watches ON evacuations;
DROP POLICY known_havens ON evacuations;
DROP FUNCTION vigil.tells_of_hidden_haven(bigint);
ALTER TABLE evacuation_plans DROP COLUMN haven_ids;
-- What stands is recorded anew without the column, for the log to vouch for it.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'evacuations.havens_unnamed', 'evacuation_plans:all', convert_to(
    '{"action":"evacuations.havens_unnamed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"evacuation_plans:all","v":1}', 'UTF8');
UPDATE evacuation_plans SET version = version;

DROP POLICY visits_sealed ON revisions;
DROP POLICY visits_sealed ON latest_positions;
DROP POLICY visits_sealed ON positions;
DROP POLICY visits_sealed ON patrol_stops;
DROP FUNCTION vigil.visit_heard_at(bigint), vigil.sealed_tracks(), vigil.sealed_visits(),
    vigil.may_know_visit(text, bigint, bigint, bigint);
DROP INDEX ix_patrols_visits;
