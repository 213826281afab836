DROP FUNCTION vigil.place_codes_like(text, int);
DELETE FROM vigil.protected_tables WHERE table_name IN ('sources', 'alert_sources', 'call_backs');
DROP POLICY leads_itself ON alerts;
DROP TRIGGER stepped ON alerts;
DROP FUNCTION vigil.refuse_unstepped();
REVOKE UPDATE (priority, place, radius_metres, place_as_given, place_precision, admin_code, sector_id, source_code)
    ON alerts FROM vigil_app;
DROP TRIGGER leader_stands ON alerts;
DROP FUNCTION vigil.refuse_wrong_leader();
DROP TRIGGER two_persons ON alerts;
DROP FUNCTION vigil.refuse_one_s_own_word();
DROP POLICY two_persons ON alert_steps;
DROP FUNCTION vigil.reviews_verification(bigint);
DROP FUNCTION vigil.stepped_now(bigint, text[]);
DROP TABLE call_backs;
DROP TABLE alert_sources;
DROP TABLE sources;
DROP FUNCTION vigil.handles_alert(bigint);
