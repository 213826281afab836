DROP FUNCTION vigil.keepers_of_rules();
DROP FUNCTION vigil.reports_counted(text[], timestamptz, timestamptz, bigint);
REVOKE EXECUTE ON FUNCTION vigil.areas_of(geometry) FROM vigil_worker;
REVOKE EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz)
    FROM vigil_worker;
DROP POLICY rule ON alert_weighings;
DROP POLICY only_rules ON alerts;
REVOKE INSERT ON alerts, alert_weighings FROM vigil_worker;
DROP POLICY no_rule ON alerts;
CALL vigil.codes_of('take', 'alerts', 'channel', ARRAY['rule']);
DO $$
DECLARE
    watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['tracked', 'positions', 'patrols', 'threats', 'incidents', 'bases', 'sectors',
                                   'havens'] LOOP
        EXECUTE format('DROP POLICY watches ON %I', watched);
    END LOOP;
END $$;
REVOKE SELECT ON positions FROM vigil_worker;
DROP INDEX ix_positions_received_at;
DELETE FROM vigil.protected_tables WHERE table_name IN ('rules', 'rule_versions', 'rule_lapses');
DROP TABLE rule_watches, rule_lapses, rule_versions, rules;
