-- A study tells where people could flee to and, by what it leaves out, where threats are: whoever reads it reads havens and
-- threats there. It stands on the havens named in it, and so does every figure of its answer: who may not know of one of them
-- (restricted when it was asked, or since) finds no study. The rows of havens are asked with the viewer's own rights.

CALL vigil.guard('siting_studies');
GRANT SELECT, INSERT ON siting_studies TO vigil_app;
CREATE POLICY reads ON siting_studies FOR SELECT TO vigil_app
    USING (vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
           AND NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                           WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id)));
-- In one's own name, without an answer: that is the worker's. Restricted havens count by the wish of the cleared alone.
CREATE POLICY asks ON siting_studies FOR INSERT TO vigil_app
    WITH CHECK (asked_by_id = (SELECT vigil.person_id()) AND answer IS NULL
                AND vigil.may_in(sector_id, 'havens:keep', 'patrols:plan')
                AND vigil.may_in(sector_id, 'havens:read') AND vigil.may_in(sector_id, 'threats:read')
                AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted')))
                AND NOT EXISTS (SELECT FROM unnest(haven_ids) counted (id)
                                WHERE NOT EXISTS (SELECT FROM havens h WHERE h.id = counted.id
                                                  AND (siting_studies.restricted OR h.exposure IN ('public', 'mission')))));
GRANT SELECT, UPDATE (answer, ready_at) ON siting_studies TO vigil_worker;
CREATE POLICY works ON siting_studies FOR SELECT TO vigil_worker USING (true);
-- An answer stands: what holds now is another study.
CREATE POLICY answers ON siting_studies FOR UPDATE TO vigil_worker USING (answer IS NULL) WITH CHECK (answer IS NOT NULL);
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;

CALL vigil.tell_time_itself('siting_studies', 'asked_at');
CALL vigil.protect('siting_studies', 'id');

-- A temporary base is placed by those who plan patrols too.
CREATE OR REPLACE FUNCTION vigil.hears_solve(kind text, sector bigint, asked_by bigint, stops boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT asked_by = vigil.person_id() OR EXISTS (
        SELECT 1 FROM (SELECT CASE WHEN kind = 'plan' THEN CASE WHEN stops THEN 'patrols:plan' ELSE 'patrols:read' END
                                   ELSE CASE WHEN stops THEN 'havens:keep' ELSE 'havens:read' END END) AS needed (p)
        WHERE vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p)))
        OR (kind = 'siting' AND stops AND (vigil.anywhere('patrols:plan') OR sector = ANY (vigil.sectors_for('patrols:plan'))));
$$;
