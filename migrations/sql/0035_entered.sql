-- A haven that few may know of is entered by one of these few, and a kind whose place itself is the secret is never openly known.
CREATE POLICY clearance ON havens AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK ((exposure IN ('public', 'mission') OR (SELECT vigil.anywhere('havens:see_restricted')))
                AND (kind NOT IN ('safe_house', 'shelter_gbv') OR exposure NOT IN ('public', 'mission')));
CREATE POLICY stays_hidden ON havens AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (true)
    WITH CHECK (kind NOT IN ('safe_house', 'shelter_gbv') OR exposure NOT IN ('public', 'mission'));
