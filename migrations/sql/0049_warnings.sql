-- Verified attacks, and whether anybody had warned of them: an alert that a rule raised is no warning of somebody's. As
-- 0017_measures.sql has it else.
CREATE OR REPLACE FUNCTION vigil.attack_facts(since timestamptz, until timestamptz, metres float8, days float8)
RETURNS TABLE (incident_id bigint, at timestamptz, sector_id bigint, sector text, kind text, lead_hours float8)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT i.id, i.occurred_from, i.sector_id, s.code, i.kind,
        round(extract(epoch FROM i.occurred_from - first.at) / 3600, 1)::float8
    FROM incidents i LEFT JOIN sectors s ON s.id = i.sector_id
    LEFT JOIN LATERAL (
        SELECT min(a.raised_at) AS at FROM alerts a
        WHERE ST_DWithin(geography(a.place), geography(i.place), metres) AND a.channel NOT IN ('rule', 'missed_check_in')
            AND a.raised_at < i.occurred_from AND a.raised_at >= i.occurred_from - make_interval(secs => days * 86400)
    ) first ON true
    WHERE i.occurred_from >= since AND i.occurred_from < until AND i.verification = 'verified'
        AND i.place_precision <= 2 AND i.date_precision = 1
        AND i.kind IN ('attack_on_civilians', 'killing', 'abduction', 'crsv', 'shelling_remote_violence',
                       'attack_on_protected_site', 'looting_burning')
        AND ((SELECT vigil.anywhere('measures:read'))
             OR i.sector_id = ANY ((SELECT vigil.sectors_for('measures:read'))::bigint[]));
$$;
