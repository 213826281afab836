-- As 0015_raising.sql has it, with the indicators that were told by hand.
CREATE OR REPLACE FUNCTION vigil.raise_alert(
    said jsonb, score bigint, points jsonb, role text, clocks text[], due timestamptz[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    alert bigint := said ->> 'id';
    echelon text := said ->> 'owner_echelon';
    -- Drawn before: RETURNING would ask for the right to read what a reporter may only add.
    ids bigint[] := ARRAY(SELECT nextval('alert_clock_ids') FROM unnest(clocks));
BEGIN
    INSERT INTO alerts (id, alert_key, kind, channel, priority, verification, reasons, occurred_at, received_at, place,
        radius_metres, place_as_given, admin_code, sector_id, report_id, verbatim, source_code, source_contactable,
        reporter_id, owner_echelon, source_reliability, credibility, place_precision, date_precision, indicators)
    SELECT alert, s.key, s.kind, s.channel, s.priority, 'reported', s.reasons, s.occurred_at, s.received_at,
        ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326), s.radius_metres, s.place_as_given, s.admin_code, s.sector_id,
        s.report_id, s.verbatim, s.source_code, s.source_contactable, vigil.person_id(), echelon, s.source_reliability,
        s.credibility, s.place_precision, s.date_precision,
        CASE WHEN cardinality(s.indicators) > 0 THEN s.indicators END
    FROM jsonb_to_record(said) AS s(
        key text, kind text, channel text, priority text, reasons jsonb, occurred_at timestamptz, received_at timestamptz,
        lon double precision, lat double precision, radius_metres bigint, place_as_given text, admin_code text,
        sector_id bigint, report_id uuid, verbatim text, source_code text, source_contactable boolean,
        source_reliability text, credibility bigint, place_precision bigint, date_precision bigint, indicators text[])
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO alert_weighings (alert_id, score, reasons) VALUES (alert, score, points);
    INSERT INTO alert_steps (alert_id, kind, at, by_id, by_role)
        VALUES (alert, 'raised', (said ->> 'received_at')::timestamptz, vigil.person_id(), role);
    INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at)
        SELECT c.id, alert, c.clock, echelon, c.due FROM unnest(ids, clocks, due) AS c(id, clock, due);
    RETURN true;
END $$;

-- For rules: when and where somebody told of one of these (of any, without codes), and whose word it is, by numbers alone; no word of what
-- was said. A report is its source's, where one is named of its alert, else its reporter's where he reports what the mission itself sees.
CREATE FUNCTION vigil.indicators_told(codes text[], since timestamptz, until timestamptz, sector bigint, seen text[])
RETURNS TABLE (at timestamptz, lon float8, lat float8, source text, repeats text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    WITH told AS (
        SELECT r.occurred_at, r.place, CASE WHEN r.channel = ANY (seen) THEN 'person ' || r.reporter_id END AS person,
               (SELECT a.id FROM alerts a WHERE a.report_id = r.id ORDER BY a.id LIMIT 1) AS alert_id
        FROM field_reports r
        WHERE r.indicators IS NOT NULL AND (cardinality(codes) = 0 OR r.indicators && codes)
          AND r.occurred_at > since AND r.occurred_at <= until AND (sector IS NULL OR r.sector_id = sector)
          AND (vigil.person_id() IS NULL AND session_user = 'vigil_worker'
               OR vigil.anywhere('reports:read') OR r.sector_id = ANY (vigil.sectors_for('reports:read')))
        UNION ALL
        SELECT a.occurred_at, a.place, NULL, a.id FROM alerts a
        WHERE a.indicators IS NOT NULL AND (cardinality(codes) = 0 OR a.indicators && codes)
          AND a.occurred_at > since AND a.occurred_at <= until AND (sector IS NULL OR a.sector_id = sector)
          AND (vigil.person_id() IS NULL AND session_user = 'vigil_worker'
               OR vigil.anywhere('alerts:read') OR a.sector_id = ANY (vigil.sectors_for('alerts:read')))
    )
    SELECT t.occurred_at, ST_X(t.place), ST_Y(t.place), coalesce('source ' || named.source_id, t.person), 'source ' || named.repeats_id
    FROM told t LEFT JOIN LATERAL (
        SELECT s.source_id, s.repeats_id FROM alert_sources s WHERE s.alert_id = t.alert_id ORDER BY s.id DESC LIMIT 1) named ON true
    WHERE NOT EXISTS (SELECT 1 FROM alerts a LEFT JOIN alerts leader ON leader.id = a.leader_id WHERE a.id = t.alert_id
                      AND coalesce(leader.verification, a.verification) IN ('unfounded', 'contradicted'));
$$;
REVOKE EXECUTE ON FUNCTION vigil.indicators_told(text[], timestamptz, timestamptz, bigint, text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.indicators_told(text[], timestamptz, timestamptz, bigint, text[]) TO vigil_app, vigil_worker;
CREATE INDEX ix_field_reports_indicators ON field_reports (occurred_at) WHERE indicators IS NOT NULL;
CREATE INDEX ix_alerts_indicators ON alerts (occurred_at) WHERE indicators IS NOT NULL;

-- Rules hold incidents and alerts against sites to protect, too.
CREATE POLICY watches ON sites FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL);
