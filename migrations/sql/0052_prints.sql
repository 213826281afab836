-- Who prints the orders of patrols orders documents of that kind alone, and orders again what failed of them.
DROP POLICY orders ON documents;
CREATE POLICY orders ON documents FOR INSERT TO vigil_app
    WITH CHECK (ordered_by_id = (SELECT vigil.person_id())
                AND ((SELECT vigil.holds('documents:order')) OR (kind = 'patrol_order' AND (SELECT vigil.holds('documents:print_orders')))));
DROP POLICY orders_again ON documents;
CREATE POLICY orders_again ON documents FOR UPDATE TO vigil_app
    USING (state = 'failed' AND ((SELECT vigil.holds('documents:read')) OR ordered_by_id = (SELECT vigil.person_id()))
           AND ((SELECT vigil.holds('documents:order')) OR (kind = 'patrol_order' AND (SELECT vigil.holds('documents:print_orders')))))
    WITH CHECK (state = 'ordered');

-- An order as a document is had by those who read its patrol and may know where it goes, as long as they do: a leader's past closes,
-- and a visit to a defender stays sealed on paper too.
CREATE POLICY patrols_known ON documents AS RESTRICTIVE TO vigil_app
    USING (CASE WHEN kind = 'patrol_order' THEN EXISTS (
        SELECT 1 FROM patrols p WHERE p.id = (subject ->> 'patrol_id')::bigint
            AND vigil.may_know_visit(p.purpose, p.leader_id, p.ordered_by_id, p.sector_id)) ELSE true END);
