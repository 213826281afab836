-- A missed check-in is raised by the rule that watches for it, as whatever rules see: by hand nobody says that it was one.
-- What was said so before stands.
DROP POLICY no_rule ON alerts;
CREATE POLICY no_rule ON alerts AS RESTRICTIVE FOR INSERT TO vigil_app WITH CHECK (channel NOT IN ('rule', 'missed_check_in'));
CALL vigil.codes_of('take', 'field_reports', 'channel', ARRAY['rule', 'missed_check_in']);
