-- NOT VALID: studies that were asked in between stand as they were asked.
ALTER TABLE siting_studies ADD CONSTRAINT ck_siting_studies_worst_without_room
    CHECK (goal <> 'least_worst' OR room IS NULL) NOT VALID;
DROP POLICY withdraws ON siting_studies;
CREATE POLICY withdraws ON siting_studies FOR UPDATE TO vigil_app
    USING (withdrawn_at IS NULL AND vigil.may_in(sector_id, 'havens:keep', 'patrols:plan')
           AND vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                           WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id)))
    WITH CHECK (withdrawn_at = now() AND withdrawn_by_id = (SELECT vigil.person_id()));
DROP POLICY reads ON siting_studies;
CREATE POLICY reads ON siting_studies FOR SELECT TO vigil_app
    USING (vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                           WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id)));
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
    -- A haven that is hidden today is hidden in the past too: its own policy is asked, and what it was then.
    OR (layer = 'havens' AND EXISTS (SELECT 1 FROM havens h WHERE h.id = row_id)
        AND (content ->> 'exposure' IN ('public', 'mission') OR (SELECT vigil.anywhere('havens:see_restricted')))));
DROP FUNCTION vigil.havens_named(bigint), vigil.openly_known(bigint[]);
ALTER TABLE havens DROP CONSTRAINT ck_havens_called, DROP CONSTRAINT ck_havens_somewhere;
DELETE FROM vigil.protected_tables WHERE table_name = 'haven_corrections';
DROP TABLE haven_corrections;
DROP FUNCTION vigil.say_what_stood(), vigil.correct_haven();
