-- Walls that ask what the application asks.

-- Who stands at which post: app/watches/models.py: STANDS, and a test holds the two against each other. In one's own role.
DROP POLICY stands ON watches;
CREATE POLICY stands ON watches FOR INSERT TO vigil_app
    WITH CHECK (person_id = (SELECT vigil.person_id()) AND ended_at IS NULL
                AND role = (SELECT p.role FROM people p WHERE p.id = vigil.person_id())
                AND role = ANY (CASE post
                    WHEN 'duty_officer' THEN ARRAY['watchkeeper_joc', 'poc_officer', 'fc_staff',
                                                   'sector_ops', 'bn_ops', 'head_of_office', 'unpol_ops']
                    WHEN 'sector' THEN ARRAY['sector_ops', 'bn_ops', 'head_of_office', 'unpol_ops']
                    WHEN 'force_headquarters' THEN ARRAY['fc_staff']
                    WHEN 'head_of_mission' THEN ARRAY['hom'] END)
                AND ((SELECT vigil.anywhere('watches:stand'))
                     OR (post IN ('duty_officer', 'sector')
                         AND sector_id = ANY ((SELECT vigil.sectors_for('watches:stand'))::bigint[]))));

-- The leader of a patrol that was sent to an alert reads the alert's row and moves it until the patrol has ended: he tells
-- of his departure and arrival. What the pages show him of it is the order. What others wrote on the alert's chain, and its
-- clocks, are not his: nobody who does not read alerts reads them.
CREATE OR REPLACE FUNCTION vigil.leads_patrol_of(alert bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM patrols WHERE alert_id = alert AND leader_id = vigil.person_id()
                   AND state NOT IN ('done', 'abandoned'));
$$;
CREATE POLICY readers_alone ON alert_steps AS RESTRICTIVE FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('alerts:read')));
CREATE POLICY readers_alone ON alert_clocks AS RESTRICTIVE FOR SELECT TO vigil_app
    USING ((SELECT vigil.holds('alerts:read')));

-- That the deputy was told is no clock that ran out.
CALL vigil.codes_of('add', 'alert_steps', 'kind', ARRAY['deputy_told']);

-- A report comes by a channel that an alert may come by.
ALTER TABLE field_reports ADD CONSTRAINT ck_field_reports_channel CHECK (channel IN (
    'community_alert_network', 'hotline', 'sms', 'messaging_app', 'radio', 'community_radio', 'in_person',
    'patrol', 'military_observer', 'police', 'aerial', 'defender_sos', 'missed_check_in', 'partner',
    'national_institution', 'local_authority', 'state_forces', 'social_media', 'open_source', 'un_security',
    'other_mission', 'rule', 'other'));
