-- Evacuations. A plan says where people will be on the road, and when: it is read by those who read alerts, havens, threats and
-- patrols there. One that was given restricted havens is, in all its versions, for those alone who may know of them: what it
-- leaves over or sends elsewhere would tell that there is a place more.
CALL vigil.guard('evacuations');
GRANT SELECT, INSERT ON evacuations TO vigil_app;
GRANT SELECT ON evacuations TO vigil_worker;
CREATE POLICY reads ON evacuations FOR SELECT TO vigil_app, vigil_worker
    USING (((SELECT vigil.anywhere('evacuations:read'))
            OR sector_id = ANY ((SELECT vigil.sectors_for('evacuations:read'))::bigint[]))
           AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted'))));
-- In one's own name, and in the sector where it lies: else somebody of one sector could plan for another's.
CREATE POLICY plans ON evacuations FOR INSERT TO vigil_app
    WITH CHECK (((SELECT vigil.anywhere('evacuations:plan'))
                 OR sector_id = ANY ((SELECT vigil.sectors_for('evacuations:plan'))::bigint[]))
                AND made_by_id = (SELECT vigil.person_id())
                AND sector_id IS NOT DISTINCT FROM (SELECT vigil.sector_at(place))
                AND (NOT restricted OR (SELECT vigil.anywhere('havens:see_restricted'))));

-- A version is written once. Whoever decides on alerts there puts his name to it, and nothing else of it ever changes; what few
-- may know of is issued to nobody.
CALL vigil.guard('evacuation_plans');
GRANT SELECT, INSERT ON evacuation_plans TO vigil_app;
GRANT SELECT ON evacuation_plans TO vigil_worker;
CREATE POLICY reads ON evacuation_plans FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM evacuations e WHERE e.id = evacuation_id));
CREATE POLICY plans ON evacuation_plans FOR INSERT TO vigil_app
    WITH CHECK (made_by_id = (SELECT vigil.person_id()) AND issued_at IS NULL
                AND EXISTS (SELECT 1 FROM evacuations e WHERE e.id = evacuation_id
                            AND vigil.may_in(e.sector_id, 'evacuations:plan')));
GRANT UPDATE (issued_by_id, issued_by_role, issued_at) ON evacuation_plans TO vigil_app;
CREATE POLICY issues ON evacuation_plans FOR UPDATE TO vigil_app
    USING (issued_at IS NULL AND EXISTS (SELECT 1 FROM evacuations e WHERE e.id = evacuation_id AND NOT e.restricted
                                         AND vigil.may_in(e.sector_id, 'alerts:decide')))
    WITH CHECK (issued_by_id = (SELECT vigil.person_id()));

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('evacuations', 'made_at');
CALL vigil.tell_time_itself('evacuation_plans', 'made_at');
CALL vigil.protect('evacuations', 'id');
CALL vigil.protect('evacuation_plans', 'id');
CALL vigil.codes_of('add', 'documents', 'kind', ARRAY['evacuation_order']);
