-- A siting study is put aside by those who may ask for one there and may know of all that it stands on (0031); once, and in one's
-- own name.
GRANT UPDATE (withdrawn_at, withdrawn_by_id) ON siting_studies TO vigil_app;
CREATE POLICY withdraws ON siting_studies FOR UPDATE TO vigil_app
    USING (withdrawn_at IS NULL AND vigil.may_in(sector_id, 'havens:keep', 'patrols:plan')
           AND vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                           WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id)))
    WITH CHECK (withdrawn_at = now() AND withdrawn_by_id = (SELECT vigil.person_id()));
-- Nothing is found any more for what was put aside.
DROP POLICY answers ON siting_studies;
CREATE POLICY answers ON siting_studies FOR UPDATE TO vigil_worker
    USING (answer IS NULL AND withdrawn_at IS NULL) WITH CHECK (answer IS NOT NULL);
