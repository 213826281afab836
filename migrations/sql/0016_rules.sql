-- Rules that watch: who reads, writes and enables them; what the worker may look at for them; the alerts that they raise.

CALL vigil.guard('rules', read => 'rules:read', add => NULL, sector => 'sector_id');
GRANT INSERT ON rules TO vigil_app;
CREATE POLICY writes ON rules FOR INSERT TO vigil_app
    WITH CHECK (created_by_id = (SELECT vigil.person_id()) AND enabled_by_id IS NULL
                AND ((SELECT vigil.anywhere('rules:keep'))
                     OR sector_id = ANY ((SELECT vigil.sectors_for('rules:keep'))::bigint[])));
-- Whoever switches a rule on, or leaves it on under a new version, answers for it in his own name.
GRANT UPDATE (version, enabled_at, enabled_by_id) ON rules TO vigil_app;
CREATE POLICY keeps ON rules FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('rules:keep'))
           OR sector_id = ANY ((SELECT vigil.sectors_for('rules:keep'))::bigint[]))
    WITH CHECK (enabled_by_id IS NULL OR enabled_by_id = (SELECT vigil.person_id()));

-- A version is written once and changed by nobody.
CALL vigil.guard('rule_versions');
GRANT SELECT, INSERT ON rule_versions TO vigil_app;
GRANT SELECT ON rule_versions TO vigil_worker;
CREATE POLICY reads ON rule_versions FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id));
CREATE POLICY writes ON rule_versions FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id())
                AND EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id AND vigil.may_in(r.sector_id, 'rules:keep')));

-- Lapses are the worker's to write: nobody says by hand that a rule has fired or has recovered.
CALL vigil.guard('rule_lapses');
GRANT SELECT ON rule_lapses TO vigil_app;
GRANT SELECT, INSERT, UPDATE ON rule_lapses TO vigil_worker;
CREATE POLICY reads ON rule_lapses FOR SELECT TO vigil_app, vigil_worker
    USING (EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id));
CREATE POLICY watches ON rule_lapses TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
CALL vigil.guard('rule_watches');
GRANT SELECT ON rule_watches TO vigil_app;
GRANT SELECT, INSERT, UPDATE ON rule_watches TO vigil_worker;
CREATE POLICY reads ON rule_watches FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id));
CREATE POLICY watches ON rule_watches TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
-- What has arrived since the last look; stored in the order of arrival.
CREATE INDEX ix_positions_received_at ON positions USING brin (received_at);

CALL vigil.tell_time_itself('rules', 'created_at');
CALL vigil.tell_time_itself('rule_versions', 'at');
CALL vigil.tell_time_itself('rule_lapses', 'recorded_at');

-- What rules look at, for the worker when it acts for the house and for nobody: where our own patrols, vehicles and aircraft
-- are, what happened, what is threatened. No report's words, no defender, no cell, no haven that is kept hidden.
GRANT SELECT ON positions TO vigil_worker;
DO $$
DECLARE
    watched text;
BEGIN
    FOREACH watched IN ARRAY ARRAY['rules', 'rule_versions', 'tracked', 'positions', 'patrols', 'threats', 'incidents',
                                   'bases', 'sectors'] LOOP
        EXECUTE format('CREATE POLICY watches ON %I FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL)',
                       watched);
    END LOOP;
END $$;
CREATE POLICY watches ON havens FOR SELECT TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL AND exposure IN ('public', 'mission'));
-- Of reports their kind, time and place alone: the worker has no viewer's right to read them, so it asks this.
CREATE FUNCTION vigil.reports_counted(kinds text[], since timestamptz, until timestamptz, sector bigint)
RETURNS TABLE (id uuid, occurred_at timestamptz, lon float8, lat float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT r.id, r.occurred_at, ST_X(r.place), ST_Y(r.place) FROM field_reports r
    WHERE r.occurred_at > since AND r.occurred_at <= until
      AND (cardinality(kinds) = 0 OR r.kind = ANY (kinds)) AND (sector IS NULL OR r.sector_id = sector)
      AND (vigil.person_id() IS NULL AND session_user = 'vigil_worker'
           OR vigil.anywhere('reports:read') OR r.sector_id = ANY (vigil.sectors_for('reports:read')));
$$;
REVOKE EXECUTE ON FUNCTION vigil.reports_counted(text[], timestamptz, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.reports_counted(text[], timestamptz, timestamptz, bigint) TO vigil_app, vigil_worker;

-- A rule raises an alert through the same function as a report does, without a reporter. Nobody says by hand that it was one.
CALL vigil.codes_of('add', 'alerts', 'channel', ARRAY['rule']);
CREATE POLICY no_rule ON alerts AS RESTRICTIVE FOR INSERT TO vigil_app WITH CHECK (channel <> 'rule');
-- And of alerts the worker writes nothing else.
GRANT INSERT ON alerts, alert_weighings TO vigil_worker;
CREATE POLICY only_rules ON alerts AS RESTRICTIVE FOR INSERT TO vigil_worker
    WITH CHECK (channel = 'rule' AND reporter_id IS NULL AND report_id IS NULL);
CREATE POLICY rule ON alert_weighings FOR INSERT TO vigil_worker
    WITH CHECK ((SELECT vigil.person_id()) IS NULL
                AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id AND a.channel = 'rule' AND a.raised_at = now()));
GRANT EXECUTE ON FUNCTION vigil.areas_of(geometry) TO vigil_worker;
GRANT EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz)
    TO vigil_worker;

-- The names of those who wrote and enabled the rules that the viewer reads. Nobody reads the list of people for it.
CREATE FUNCTION vigil.keepers_of_rules() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p WHERE EXISTS (
        SELECT 1 FROM rules r LEFT JOIN rule_versions v ON v.rule_id = r.id
        WHERE p.id IN (r.created_by_id, r.enabled_by_id, v.by_id)
        AND (vigil.anywhere('rules:read') OR r.sector_id = ANY (vigil.sectors_for('rules:read'))));
$$;
REVOKE EXECUTE ON FUNCTION vigil.keepers_of_rules() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.keepers_of_rules() TO vigil_app;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app, vigil_worker;
CALL vigil.protect('rules', 'id');
CALL vigil.protect('rule_versions', 'id');
CALL vigil.protect('rule_lapses', 'id');
