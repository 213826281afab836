DROP POLICY looks ON replies;
CREATE POLICY looks ON replies FOR UPDATE TO vigil_app USING ((SELECT vigil.anywhere('messages:read')))
    WITH CHECK (looked_by_id = (SELECT vigil.person_id()));
ALTER TABLE replies DROP COLUMN entered_as_id;
DELETE FROM vigil.protected_tables WHERE table_name IN ('unraised_reports', 'report_weighings');
DROP FUNCTION vigil.lookers_at_reports(), vigil.keep_unraised(uuid, bigint, jsonb, jsonb);
DROP TABLE report_weighings;
DROP TABLE unraised_reports;
