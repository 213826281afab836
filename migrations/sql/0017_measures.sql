-- What is counted for the measures of response (app/measures). Each function runs as the owner and asks itself who looks:
-- 'measures:read' is held by auditors too, who read no alert, incident or patrol. What they give holds codes, times and
-- numbers alone: no place, no words of a source, no name of a person; and rows of the viewer's sectors alone.

CREATE FUNCTION vigil.measures_here(sector bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT vigil.anywhere('measures:read') OR coalesce(sector = ANY (vigil.sectors_for('measures:read')), false);
$$;

-- Alerts raised in a period, each with what was made of it; minutes from when the warning was received. The rules are those
-- of the accountability report (app/documents/freezing_facts.py), and a test holds the two against each other.
CREATE FUNCTION vigil.alert_facts(since timestamptz, until timestamptz)
RETURNS TABLE (
    alert_id bigint, at timestamptz, sector_id bigint, sector text, unit text, kind text, priority text, channel text,
    answered_by text, actionable boolean, handed_over boolean, reachable boolean, physical boolean, justified boolean,
    outcome text, acknowledged float8, decided float8, departed float8, arrived float8, feedback float8, tasked boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    WITH mine AS MATERIALIZED (
        SELECT a.id, a.raised_at, a.received_at, a.sector_id, a.kind, a.priority, a.channel, a.verification,
            a.source_contactable
        FROM alerts a
        -- What was merged into another alert is answered and counted with that one.
        WHERE a.raised_at >= since AND a.raised_at < until AND a.leader_id IS NULL
            AND ((SELECT vigil.anywhere('measures:read'))
                 OR a.sector_id = ANY ((SELECT vigil.sectors_for('measures:read'))::bigint[]))
    ), written AS (
        SELECT s.alert_id, s.id, s.kind, s.at, s.details,
            max(s.id) FILTER (WHERE s.kind = 'non_response_refused') OVER (PARTITION BY s.alert_id) AS refused
        FROM alert_steps s JOIN mine m ON m.id = s.alert_id
    ), steps AS (
        -- A decision not to respond that was refused afterwards never stood.
        SELECT w.alert_id,
            min(w.at) FILTER (WHERE w.kind = 'acknowledged') AS acknowledged,
            min(w.at) FILTER (WHERE w.kind IN ('decided', 'declined')) AS decided,
            min(w.at) FILTER (WHERE w.kind = 'departed') AS departed,
            min(w.at) FILTER (WHERE w.kind = 'arrived') AS arrived,
            min(w.at) FILTER (WHERE w.kind = 'feedback' AND (w.details ->> 'told')::boolean) AS told,
            coalesce(bool_or(w.kind = 'tasked'), false) AS tasked,
            coalesce(bool_or(w.kind = 'immediate_action'), false) AS at_once,
            coalesce(bool_or(w.kind = 'handed_over'), false) AS handed,
            coalesce(bool_or(w.kind IN ('tasked', 'departed', 'arrived', 'outcome')), false) AS acted,
            (array_agg(w.kind ORDER BY w.id DESC) FILTER (WHERE w.kind IN ('decided', 'declined')))[1] AS decision,
            (array_agg(w.details ->> 'reason' ORDER BY w.id DESC)
                FILTER (WHERE w.kind IN ('decided', 'declined')))[1] AS reason,
            max(w.id) FILTER (WHERE w.kind IN ('decided', 'declined')) AS decision_id,
            max(w.id) FILTER (WHERE w.kind = 'non_response_approved') AS approval_id,
            (array_agg(w.details ->> 'to' ORDER BY w.id DESC) FILTER (WHERE w.kind = 'handed_over'))[1] AS handed_to,
            (array_agg(w.details ->> 'outcome' ORDER BY w.id DESC) FILTER (WHERE w.kind = 'outcome'))[1] AS outcome,
            coalesce(
                array_agg(DISTINCT w.details ->> 'response')
                    FILTER (WHERE w.kind = 'tasked' AND w.details ->> 'response' IS NOT NULL),
                array_agg(DISTINCT w.details ->> 'response')
                    FILTER (WHERE w.kind = 'decided' AND w.details ->> 'response' IS NOT NULL), '{}') AS responses
        FROM written w WHERE w.kind <> 'declined' OR w.id > coalesce(w.refused, 0)
        GROUP BY w.alert_id
    ), judged AS (
        SELECT m.*, s.*,
            s.decision = 'declined' AND s.approval_id > s.decision_id AS approved,
            s.acted AND s.responses <> '{state_forces_only}' AS own
        FROM mine m LEFT JOIN steps s ON s.alert_id = m.id
    )
    SELECT j.id, j.raised_at, j.sector_id, sectors.code, first.unit, j.kind, j.priority, j.channel,
        CASE
            WHEN j.handed AND NOT j.own THEN CASE j.handed_to WHEN 'state' THEN 'state' ELSE 'partner' END
            WHEN j.handed THEN CASE j.handed_to WHEN 'state' THEN 'joint' ELSE 'mission' END
            WHEN j.own THEN CASE WHEN 'joint_patrol' = ANY (j.responses) THEN 'joint' ELSE 'mission' END
            WHEN j.acted THEN 'state'
            WHEN j.decision = 'declined' THEN 'nobody'
            WHEN j.at_once THEN 'mission'
            WHEN j.decision IS NULL AND late.late THEN 'nobody'
            ELSE 'open'
        END,
        j.verification <> 'unfounded' AND NOT coalesce(j.approved AND j.reason = 'duplicate', false),
        coalesce(j.handed, false), j.source_contactable,
        coalesce(j.departed, j.arrived) IS NOT NULL,
        coalesce(j.approved AND j.reason IS NOT NULL, false),
        j.outcome,
        round(extract(epoch FROM j.acknowledged - j.received_at) / 60, 1)::float8,
        round(extract(epoch FROM j.decided - j.received_at) / 60, 1)::float8,
        round(extract(epoch FROM j.departed - j.received_at) / 60, 1)::float8,
        round(extract(epoch FROM j.arrived - j.received_at) / 60, 1)::float8,
        round(extract(epoch FROM j.told - j.received_at) / 60, 1)::float8,
        coalesce(j.tasked, false)
    FROM judged j
    LEFT JOIN sectors ON sectors.id = j.sector_id
    LEFT JOIN LATERAL (
        SELECT c.ran_out_at IS NOT NULL OR coalesce(c.stopped_at, now()) > c.due_at AS late
        FROM alert_clocks c WHERE c.alert_id = j.id AND c.clock = 'decide' ORDER BY c.due_at LIMIT 1
    ) late ON true
    LEFT JOIN LATERAL (
        SELECT u.code AS unit FROM taskings t LEFT JOIN patrols p ON p.id = t.patrol_id
        JOIN units u ON u.id = coalesce(t.unit_id, p.unit_id)
        WHERE t.alert_id = j.id ORDER BY t.ordered_at, t.id LIMIT 1
    ) first ON true;
$$;

-- Verified incidents and their victims. `actor` and `area` are what the record says; killed is the best estimate.
CREATE FUNCTION vigil.victim_facts(since timestamptz, until timestamptz)
RETURNS TABLE (at timestamptz, sector_id bigint, sector text, actor text, area text, kind text,
    killed bigint, injured bigint, abducted bigint, crsv bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT i.occurred_from, i.sector_id, s.code, i.side_a, a.name, i.kind, i.killed_best, coalesce(i.injured, 0),
        coalesce(i.abducted, 0), (i.kind = 'crsv')::int::bigint
    FROM incidents i LEFT JOIN sectors s ON s.id = i.sector_id LEFT JOIN admin_areas a ON a.code = i.admin_code
    WHERE i.occurred_from >= since AND i.occurred_from < until AND i.verification = 'verified'
        AND ((SELECT vigil.anywhere('measures:read'))
             OR i.sector_id = ANY ((SELECT vigil.sectors_for('measures:read'))::bigint[]));
$$;

-- Verified attacks whose place and time are known closely enough, and whether anybody had warned of them: hours from the
-- first alert within so many metres and days before; NULL without one. Alerts of other sectors count: a warning is one.
CREATE FUNCTION vigil.attack_facts(since timestamptz, until timestamptz, metres float8, days float8)
RETURNS TABLE (incident_id bigint, at timestamptz, sector_id bigint, sector text, kind text, lead_hours float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT i.id, i.occurred_from, i.sector_id, s.code, i.kind,
        round(extract(epoch FROM i.occurred_from - first.at) / 3600, 1)::float8
    FROM incidents i LEFT JOIN sectors s ON s.id = i.sector_id
    LEFT JOIN LATERAL (
        SELECT min(a.raised_at) AS at FROM alerts a
        WHERE ST_DWithin(geography(a.place), geography(i.place), metres)
            AND a.raised_at < i.occurred_from AND a.raised_at >= i.occurred_from - make_interval(secs => days * 86400)
    ) first ON true
    WHERE i.occurred_from >= since AND i.occurred_from < until AND i.verification = 'verified'
        AND i.place_precision <= 2 AND i.date_precision = 1
        AND i.kind IN ('attack_on_civilians', 'killing', 'abduction', 'crsv', 'shelling_remote_violence',
                       'attack_on_protected_site', 'looting_burning')
        AND ((SELECT vigil.anywhere('measures:read'))
             OR i.sector_id = ANY ((SELECT vigil.sectors_for('measures:read'))::bigint[]));
$$;

-- Whether a place lies where people must be protected: in the area of a threat that is open at that time, and high or worse.
CREATE FUNCTION vigil.must_protect(place geometry, on_day timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT vigil.holds('measures:read') AND EXISTS (
        SELECT 1 FROM threats t WHERE ST_Intersects(t.area, place) AND t.opened_at <= on_day
            AND (t.ended_at IS NULL OR t.ended_at > on_day) AND (t.likelihood * t.impact >= 10 OR t.impact = 5));
$$;

-- Patrols that set off in a period and have come back: hours in all, by night (18 to 6 o'clock of the mission's own time),
-- and whether a stop that was reached lies where people must be protected.
CREATE FUNCTION vigil.patrol_facts(since timestamptz, until timestamptz)
RETURNS TABLE (patrol_id bigint, at timestamptz, sector_id bigint, sector text, unit text, mode text, hours float8,
    night float8, there boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    WITH zone AS (SELECT coalesce((SELECT time_zone FROM mission_identity WHERE id = 1), 'UTC') AS name),
    mine AS MATERIALIZED (
        SELECT p.id, p.started_at, p.ended_at, p.sector_id, p.unit_id, p.mode,
            p.started_at AT TIME ZONE zone.name AS began, p.ended_at AT TIME ZONE zone.name AS ended
        FROM patrols p, zone
        WHERE p.started_at >= since AND p.started_at < until AND p.ended_at > p.started_at
            AND ((SELECT vigil.anywhere('measures:read'))
                 OR p.sector_id = ANY ((SELECT vigil.sectors_for('measures:read'))::bigint[]))
    )
    SELECT m.id, m.started_at, m.sector_id, s.code, u.code, m.mode,
        round(extract(epoch FROM m.ended_at - m.started_at) / 3600, 2)::float8,
        round((SELECT coalesce(sum(greatest(0, extract(epoch FROM
                least(m.ended, d + interval '30 hours') - greatest(m.began, d + interval '18 hours')))), 0)
            FROM generate_series(date_trunc('day', m.began) - interval '1 day', m.ended, interval '1 day') d) / 3600, 2)::float8,
        EXISTS (SELECT 1 FROM patrol_stops st WHERE st.patrol_id = m.id AND st.arrived_at IS NOT NULL
                AND vigil.must_protect(st.place, st.arrived_at))
    FROM mine m LEFT JOIN sectors s ON s.id = m.sector_id LEFT JOIN units u ON u.id = m.unit_id;
$$;

-- Places where people must be protected now, and what is near: a base, or a stop that a patrol reached in the last days.
CREATE FUNCTION vigil.place_facts(metres float8, days float8)
RETURNS TABLE (sector_id bigint, sector text, area text, people bigint, by_base boolean, by_patrol boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT s.id, s.code, a.name, p.population,
        EXISTS (SELECT 1 FROM bases b WHERE ST_DWithin(geography(b.place), geography(p.place), metres)),
        EXISTS (SELECT 1 FROM patrol_stops st WHERE st.arrived_at >= now() - make_interval(secs => days * 86400)
                AND st.arrived_at <= now() AND ST_DWithin(geography(st.place), geography(p.place), metres))
    FROM places p
    LEFT JOIN admin_areas a ON a.code = p.admin_code
    LEFT JOIN LATERAL (
        -- The smallest sector around it, as alerts are given theirs.
        SELECT sec.id, sec.code FROM sectors sec WHERE ST_Intersects(sec.area, p.place)
        ORDER BY ST_Area(sec.area), sec.id LIMIT 1
    ) s ON true
    WHERE p.population > 0 AND vigil.must_protect(p.place, now()) AND vigil.measures_here(s.id);
$$;

REVOKE EXECUTE ON FUNCTION vigil.alert_facts(timestamptz, timestamptz),
    vigil.victim_facts(timestamptz, timestamptz), vigil.attack_facts(timestamptz, timestamptz, float8, float8),
    vigil.must_protect(geometry, timestamptz), vigil.patrol_facts(timestamptz, timestamptz),
    vigil.place_facts(float8, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.alert_facts(timestamptz, timestamptz),
    vigil.victim_facts(timestamptz, timestamptz), vigil.attack_facts(timestamptz, timestamptz, float8, float8),
    vigil.patrol_facts(timestamptz, timestamptz), vigil.place_facts(float8, float8) TO vigil_app;

CREATE INDEX ix_patrols_started_at ON patrols (started_at);
CREATE INDEX ix_patrol_stops_arrived_at ON patrol_stops (arrived_at);

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('measures_warning_metres', 25000, 'metres', 'Measures: an alert counts as a warning of an attack within'),
    ('measures_warning_days', 7, 'days', 'Measures: an alert counts as a warning of an attack for'),
    ('measures_coverage_metres', 10000, 'metres', 'Measures: a base or patrol covers people within'),
    ('measures_coverage_days', 7, 'days', 'Measures: a patrol''s visit covers people for');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:measures', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:measures","v":1}', 'UTF8');
