DROP POLICY patrols_known ON documents;
DROP POLICY orders_again ON documents;
CREATE POLICY orders_again ON documents FOR UPDATE TO vigil_app
    USING (state = 'failed' AND (SELECT vigil.holds('documents:order'))
           AND ((SELECT vigil.holds('documents:read')) OR ordered_by_id = (SELECT vigil.person_id())))
    WITH CHECK (state = 'ordered');
DROP POLICY orders ON documents;
CREATE POLICY orders ON documents FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('documents:order')) AND ordered_by_id = (SELECT vigil.person_id()));
