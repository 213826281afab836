-- The forecast: surfaces as they were issued and their scores, written by the worker alone and never changed.

-- What a surface is of, and whether its model is used, tells of no place.
CALL vigil.guard('surfaces', read => 'forecast:read');
-- Cells tell where incidents were: read by those who read incidents and alerts there.
CALL vigil.guard('surface_parts', read => 'forecast:see_cells', sector => 'sector_id');
CALL vigil.guard('surface_scores', read => 'forecast:read', sector => 'sector_id');
-- What came of a single alert is for those who read it; others get counts (vigil.alert_score_counts).
CALL vigil.guard('alert_scores', read => 'alerts:read', sector => 'sector_id');
DO $$
DECLARE
    made text;
BEGIN
    FOREACH made IN ARRAY ARRAY['surfaces', 'surface_parts', 'surface_scores', 'alert_scores'] LOOP
        EXECUTE format('GRANT INSERT ON %I TO vigil_worker', made);
        EXECUTE format('CREATE POLICY makes ON %I TO vigil_worker
                        USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL)', made);
    END LOOP;
END $$;
CALL vigil.tell_time_itself('surfaces', 'made_at');
CALL vigil.tell_time_itself('surface_scores', 'scored_at');
CALL vigil.tell_time_itself('alert_scores', 'scored_at');
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app, vigil_worker;

-- What a surface stands on, for the worker when it acts for the house and for nobody. Places, times and numbers alone; of
-- defenders nothing, neither their cells nor what they or those near them sent about one person: an alarm of theirs tells where
-- they are.
CREATE FUNCTION vigil.for_the_house() RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT session_user = 'vigil_worker' AND vigil.person_id() IS NULL;
$$;
CREATE FUNCTION vigil.of_one_person(kind text, channel text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(kind IN ('threat_to_named_person', 'arrest_raid', 'detention_transfer', 'abduction')
                    OR channel IN ('defender_sos', 'missed_check_in'), false);
$$;

-- The mission's ground: its sectors, or without any its land.
CREATE FUNCTION vigil.surface_ground() RETURNS TABLE (sector_id bigint, area bytea)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT s.id, ST_AsBinary(s.area) FROM sectors s WHERE vigil.for_the_house()
    UNION ALL
    SELECT NULL, ST_AsBinary(a.area) FROM admin_areas a
    WHERE vigil.for_the_house() AND NOT EXISTS (SELECT 1 FROM sectors)
        AND a.level = (SELECT min(level) FROM admin_areas);
$$;

-- Incidents that are known to their settlement and week, of these kinds, as far as they were on record then.
CREATE FUNCTION vigil.surface_events(kinds text[], since timestamptz, until timestamptz, known timestamptz)
RETURNS TABLE (lon float8, lat float8, at timestamptz, kind text, harm bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT ST_X(i.place), ST_Y(i.place), i.occurred_from, i.kind,
        i.killed_best + coalesce(i.injured, 0) + coalesce(i.abducted, 0)
    FROM incidents i
    WHERE i.occurred_from >= since AND i.occurred_from < until AND i.recorded_at <= known AND i.kind = ANY (kinds)
        AND i.verification NOT IN ('unfounded', 'contradicted') AND i.place_precision <= 2 AND i.date_precision <= 3
        AND vigil.for_the_house();
$$;

-- Alerts that somebody raised, each event once.
CREATE FUNCTION vigil.surface_signs(since timestamptz, until timestamptz)
RETURNS TABLE (lon float8, lat float8, at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT ST_X(a.place), ST_Y(a.place), a.raised_at FROM alerts a
    WHERE a.raised_at >= since AND a.raised_at < until AND a.leader_id IS NULL AND a.channel <> 'rule'
        AND a.place_precision <= 2 AND a.verification NOT IN ('unfounded', 'contradicted')
        AND NOT vigil.of_one_person(a.kind, a.channel) AND vigil.for_the_house();
$$;

-- Where anything was heard in a time: reports, alerts, incidents, our own patrols; `wide` where a base or a network reaches the
-- cells beside its own.
CREATE FUNCTION vigil.surface_heard(since timestamptz, until timestamptz)
RETURNS TABLE (lon float8, lat float8, wide boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT DISTINCT ST_X(h.place), ST_Y(h.place), h.wide FROM (
        SELECT r.place, false AS wide FROM field_reports r
        WHERE r.received_at >= since AND r.received_at < until AND r.place_precision <= 2
            AND NOT vigil.of_one_person(r.kind, r.channel)
            AND NOT EXISTS (SELECT 1 FROM alerts a WHERE a.report_id = r.id AND vigil.of_one_person(a.kind, a.channel))
        UNION ALL
        SELECT a.place, false FROM alerts a
        WHERE a.raised_at >= since AND a.raised_at < until AND a.place_precision <= 2
            AND NOT vigil.of_one_person(a.kind, a.channel)
        UNION ALL
        SELECT i.place, false FROM incidents i
        WHERE i.occurred_to >= since AND i.occurred_from < until AND i.recorded_at < until AND i.place_precision <= 2
        UNION ALL
        SELECT s.place, false FROM patrol_stops s WHERE s.arrived_at >= since AND s.arrived_at < until
        UNION ALL
        SELECT l.place, false FROM latest_positions l WHERE l.at >= since AND l.at < until
        UNION ALL
        SELECT b.place, true FROM bases b
        UNION ALL
        SELECT n.place, true FROM community_networks n WHERE n.working AND n.tested_at >= since AND n.tested_at < until
    ) h WHERE vigil.for_the_house();
$$;

-- How many people live where, as far as the mission holds it.
CREATE FUNCTION vigil.surface_people() RETURNS TABLE (lon float8, lat float8, people bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT ST_X(p.place), ST_Y(p.place), p.population FROM places p
    WHERE p.population > 0 AND vigil.for_the_house();
$$;

-- Alerts whose time has passed and that have no score: what was found out, and hours until the first incident near, if any.
CREATE FUNCTION vigil.alerts_to_score(before timestamptz, kinds text[], metres float8, days float8)
RETURNS TABLE (alert_id bigint, sector_id bigint, channel text, rule_id bigint, verification text, raised_at timestamptz,
    lead_hours float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT a.id, a.sector_id, a.channel, l.rule_id, a.verification, a.raised_at,
        round(extract(epoch FROM first.at - a.raised_at) / 3600, 1)::float8
    FROM alerts a LEFT JOIN rule_lapses l ON l.alert_id = a.id
    LEFT JOIN LATERAL (
        SELECT min(i.occurred_from) AS at FROM incidents i
        WHERE ST_DWithin(geography(i.place), geography(a.place), metres) AND i.kind = ANY (kinds)
            AND i.occurred_from > a.raised_at AND i.occurred_from <= a.raised_at + make_interval(secs => days * 86400)
            AND i.place_precision <= 2 AND i.date_precision = 1 AND i.verification NOT IN ('unfounded', 'contradicted')
    ) first ON true
    WHERE a.raised_at < before AND a.leader_id IS NULL AND NOT vigil.of_one_person(a.kind, a.channel)
        AND NOT EXISTS (SELECT 1 FROM alert_scores s WHERE s.alert_id = a.id) AND vigil.for_the_house()
    ORDER BY a.id LIMIT 5000;
$$;

-- What came of alerts, by rule and by source, for those who judge the warning and read no alert (auditors): over quarters that
-- have ended, since a count that still grows tells by a difference what came today, and without the sources of which one verdict
-- is of fewer than five alerts. A rule is the mission's own and tells of nobody.
CREATE FUNCTION vigil.alert_score_counts() RETURNS TABLE (rule_id bigint, channel text, confirmed bigint, unfounded bigint,
    undecided bigint, foreseen bigint, lead_hours float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT c.rule_id, c.channel, c.confirmed, c.unfounded, c.undecided, c.foreseen, c.lead_hours FROM (
        SELECT s.rule_id, s.channel, count(*) FILTER (WHERE s.verdict = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE s.verdict = 'unfounded') AS unfounded,
            count(*) FILTER (WHERE s.verdict = 'undecided') AS undecided, count(s.lead_hours) AS foreseen,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY s.lead_hours) AS lead_hours
        FROM alert_scores s WHERE s.raised_at < date_trunc('quarter', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'
        GROUP BY 1, 2
    ) c
    WHERE vigil.anywhere('forecast:read') AND (c.rule_id IS NOT NULL
        OR NOT EXISTS (SELECT 1 FROM unnest(ARRAY[c.confirmed, c.unfounded, c.undecided, c.foreseen]) n WHERE n BETWEEN 1 AND 4));
$$;
REVOKE EXECUTE ON FUNCTION vigil.alert_score_counts() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.alert_score_counts() TO vigil_app;

REVOKE EXECUTE ON FUNCTION vigil.surface_ground(), vigil.surface_people(),
    vigil.surface_events(text[], timestamptz, timestamptz, timestamptz),
    vigil.surface_signs(timestamptz, timestamptz), vigil.surface_heard(timestamptz, timestamptz),
    vigil.alerts_to_score(timestamptz, text[], float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.surface_ground(), vigil.surface_people(),
    vigil.surface_events(text[], timestamptz, timestamptz, timestamptz),
    vigil.surface_signs(timestamptz, timestamptz), vigil.surface_heard(timestamptz, timestamptz),
    vigil.alerts_to_score(timestamptz, text[], float8, float8) TO vigil_worker;

CALL vigil.protect('surfaces', 'id');
CALL vigil.protect('surface_parts', 'id');
CALL vigil.protect('surface_scores', 'id');
CALL vigil.protect('alert_scores', 'alert_id');

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('surface_cell_metres', 20000, 'metres', 'Forecast: side of a cell'),
    ('surface_period_days', 7, 'days', 'Forecast: a surface speaks of the next'),
    ('surface_grace_days', 7, 'days', 'Forecast: a period is scored after it has ended by'),
    ('surface_heard_days', 30, 'days', 'Forecast: a cell of which nothing was heard has no data after');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:surface', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:surface","v":1}', 'UTF8');
