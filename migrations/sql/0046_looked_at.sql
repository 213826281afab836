-- Reports whose weighing raised no alert, for whoever reads alerts there: reasons tell of what lies near, as an alert's do, so the reporter
-- reads none of it.
CALL vigil.guard('unraised_reports', read => 'alerts:read', sector => 'sector_id');
GRANT UPDATE (look, looked_at, looked_by_id, why, alert_id) ON unraised_reports TO vigil_app;
-- Once, in one's own name and at its time; an alert only with the one that was raised of this very report.
CREATE POLICY looks ON unraised_reports FOR UPDATE TO vigil_app
    USING (look IS NULL AND ((SELECT vigil.anywhere('alerts:handle'))
                             OR sector_id = ANY ((SELECT vigil.sectors_for('alerts:handle'))::bigint[])))
    WITH CHECK (looked_by_id = (SELECT vigil.person_id()) AND looked_at = now()
                AND (alert_id IS NULL OR EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id AND a.report_id = unraised_reports.report_id)));
CALL vigil.guard('report_weighings');
GRANT SELECT ON report_weighings TO vigil_app;
-- Points tell how near a defender's cell lies: only those who see cells see them.
CREATE POLICY reads ON report_weighings FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM unraised_reports u WHERE u.report_id = report_weighings.report_id)
           AND (SELECT vigil.anywhere('defenders:see_coarse_cells')));

-- With the report itself, by whoever files it; he may not read what he adds, so nobody may add to these tables otherwise. What has
-- raised its alert waits for nobody.
CREATE FUNCTION vigil.keep_unraised(report uuid, weighed bigint, said jsonb, points jsonb) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
    WITH kept AS (
        INSERT INTO unraised_reports (report_id, sector_id, reasons)
        SELECT r.id, r.sector_id, said FROM field_reports r
        WHERE r.id = report AND r.reporter_id = vigil.person_id() AND r.received_at > now() - interval '5 minutes'
            AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.report_id = r.id)
        RETURNING report_id
    ) INSERT INTO report_weighings (report_id, score, reasons) SELECT kept.report_id, weighed, points FROM kept;
$$;
REVOKE EXECUTE ON FUNCTION vigil.keep_unraised(uuid, bigint, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.keep_unraised(uuid, bigint, jsonb, jsonb) TO vigil_app;

-- The names of those who looked at what the viewer reads.
CREATE FUNCTION vigil.lookers_at_reports() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p WHERE EXISTS (
        SELECT 1 FROM unraised_reports u WHERE u.looked_by_id = p.id
        AND (vigil.anywhere('alerts:read') OR u.sector_id = ANY (vigil.sectors_for('alerts:read'))));
$$;
REVOKE EXECUTE ON FUNCTION vigil.lookers_at_reports() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.lookers_at_reports() TO vigil_app;
CALL vigil.protect('unraised_reports', 'report_id');
CALL vigil.protect('report_weighings', 'report_id');

-- An SMS of which an alert was made: said once, by whoever sees to it.
GRANT SELECT (entered_as_id), UPDATE (entered_as_id) ON replies TO vigil_app;
DROP POLICY looks ON replies;
CREATE POLICY looks ON replies FOR UPDATE TO vigil_app
    USING ((SELECT vigil.anywhere('messages:read')) AND entered_as_id IS NULL)
    WITH CHECK (looked_by_id = (SELECT vigil.person_id()));
