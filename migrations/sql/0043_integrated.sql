-- Whether police, civilians or a women's team went along with a patrol; by the report, else by the order's composition, NULL without
-- either. One woman among the soldiers is none yet: women who are asked want somebody to talk to apart, and nobody goes alone.
CREATE FUNCTION vigil.went_integrated(composition jsonb, unit jsonb, participation text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN w.who IS NULL THEN participation = 'integrated'
        ELSE coalesce(participation = 'integrated', false)
            OR EXISTS (SELECT 1 FROM unnest(ARRAY['police', 'civil_affairs', 'human_rights', 'civilians']) AS beside
                       WHERE (w.who ->> beside)::numeric > 0)
            OR coalesce((w.who ->> 'women')::numeric >= 2, false) END
    FROM (SELECT nullif(nullif(CASE WHEN participation IS NOT NULL OR unit <> '{}' THEN unit ELSE composition END,
                               'null'), '{}') AS who) AS w;
$$;

-- As 0041_visits.sql has it, with who went along.
DROP FUNCTION vigil.patrol_facts(timestamptz, timestamptz);
CREATE FUNCTION vigil.patrol_facts(since timestamptz, until timestamptz)
RETURNS TABLE (patrol_id bigint, at timestamptz, sector_id bigint, sector text, unit text, mode text, hours float8,
    night float8, there boolean, integrated boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    WITH zone AS (SELECT coalesce((SELECT time_zone FROM mission_identity WHERE id = 1), 'UTC') AS name),
    mine AS MATERIALIZED (
        SELECT p.id, p.started_at, p.ended_at, p.sector_id, p.unit_id, p.mode, p.purpose,
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
        EXISTS (SELECT 1 FROM patrol_stops st WHERE st.patrol_id = m.id AND st.arrived_at IS NOT NULL AND m.purpose <> 'defender_visit'
                AND vigil.must_protect(st.place, st.arrived_at)),
        vigil.went_integrated(
            (SELECT o.content -> 'composition' FROM patrol_orders o WHERE o.patrol_id = m.id AND o.approved_at IS NOT NULL
             ORDER BY o.version DESC LIMIT 1),
            r.blocks -> 'unit', r.blocks -> 'task' ->> 'participation')
    FROM mine m LEFT JOIN sectors s ON s.id = m.sector_id LEFT JOIN units u ON u.id = m.unit_id
    LEFT JOIN patrol_reports r ON r.patrol_id = m.id AND r.state <> 'draft';
$$;
REVOKE EXECUTE ON FUNCTION vigil.went_integrated(jsonb, jsonb, text), vigil.patrol_facts(timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.went_integrated(jsonb, jsonb, text), vigil.patrol_facts(timestamptz, timestamptz) TO vigil_app;
