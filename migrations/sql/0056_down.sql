CALL vigil.codes_of('add', 'field_reports', 'channel', ARRAY['rule', 'missed_check_in']);
DROP POLICY no_rule ON alerts;
CREATE POLICY no_rule ON alerts AS RESTRICTIVE FOR INSERT TO vigil_app WITH CHECK (channel <> 'rule');
