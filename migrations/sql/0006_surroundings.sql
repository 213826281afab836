-- What lies around a reported place, for the weighing of a report. The reporter may not see what this sees, so it
-- runs under a narrow role of its own, which reads these columns and nothing else, and answers with distances
-- rounded to hundreds of metres, never with shapes or names of persons.

GRANT SELECT (defender_id, tier, cell, risk_band, shared_until) ON defender_cells TO vigil_weigher;
GRANT SELECT (id, code, place, state, exposure, sector_id) ON havens TO vigil_weigher;
GRANT SELECT (patrol_id, place, at) ON latest_positions TO vigil_weigher;
GRANT SELECT (id, state, call_sign) ON patrols TO vigil_weigher;
GRANT SELECT (id, name, place) ON bases TO vigil_weigher;
GRANT SELECT (id, area, intent, capability, likelihood, impact, ended_at) ON threats TO vigil_weigher;
GRANT SELECT (id, place, occurred_from, place_precision, killed_best, verification) ON incidents TO vigil_weigher;
GRANT SELECT (id, name, place, population) ON places TO vigil_weigher;
GRANT SELECT (id, echelon, area) ON sectors TO vigil_weigher;
GRANT SELECT (code, level, area) ON admin_areas TO vigil_weigher;
-- What may be weighed stands in the functions' WHERE and not in these policies. PostgreSQL keeps a policy's condition
-- from being asked after one that could leak, and the operators of PostGIS count as such: under a condition here each
-- report would be measured against every row, and no index in metres used. Nobody signs in as this role, and no other
-- function runs under it.
DO $$
DECLARE
    weighed text;
BEGIN
    FOREACH weighed IN ARRAY ARRAY['defender_cells', 'havens', 'latest_positions', 'patrols', 'bases', 'threats',
                                   'incidents', 'places', 'sectors', 'admin_areas'] LOOP
        EXECUTE format('CREATE POLICY weigh ON %I FOR SELECT TO vigil_weigher USING (true)', weighed);
    END LOOP;
END $$;

-- One plan for all places: planning anew takes longer than the search, and gives the same.
CREATE FUNCTION vigil.surroundings(lon double precision, lat double precision, metres double precision, since timestamptz)
RETURNS TABLE (kind text, distance double precision, band text, count bigint, label text) ROWS 10
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    here geography := geography(ST_SetSRID(ST_MakePoint(lon, lat), 4326));
BEGIN
    RETURN QUERY
    -- From the coarse cell: whoever files a few reports and watches their scores or priorities would else find the fine
    -- one, to which most of those who see scores are not cleared.
    (SELECT 'defender_cell', round(min(ST_Distance(geography(c.cell), here)) / 100) * 100, c.risk_band, count(*), ''
     FROM defender_cells c
     WHERE ST_DWithin(geography(c.cell), here, metres) AND c.tier = 'coarse' AND c.shared_until > now()
     GROUP BY c.risk_band)
    UNION ALL
    -- Where too few people live for a coarse cell, from the whole degree in which the person lives.
    (SELECT 'defender_cell', round(min(ST_Distance(geography(d.degree), here)) / 100) * 100, d.risk_band, count(*), ''
     FROM (SELECT f.risk_band, ST_MakeEnvelope(floor(ST_XMin(f.cell)), floor(ST_YMin(f.cell)), floor(ST_XMin(f.cell)) + 1,
                                               floor(ST_YMin(f.cell)) + 1, 4326) AS degree
           FROM defender_cells e, LATERAL (  -- an index knows these few; OFFSET 0: first they, then their distances
               SELECT c.cell, c.risk_band, c.shared_until FROM defender_cells c
               WHERE c.defender_id = e.defender_id AND c.tier = 'fine' OFFSET 0) AS f
           WHERE e.tier = 'coarse' AND ST_IsEmpty(e.cell) AND f.shared_until > now()) AS d
     WHERE ST_DWithin(geography(d.degree), here, metres) GROUP BY d.risk_band)
    UNION ALL
    (SELECT 'haven', round(ST_Distance(geography(h.place), here) / 100) * 100, h.state, 1::bigint, ''
     FROM havens h
     WHERE ST_DWithin(geography(h.place), here, metres) AND h.exposure IN ('public', 'mission')
       AND h.state IN ('open', 'full', 'standby')
     ORDER BY geography(h.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'patrol', round(ST_Distance(geography(l.place), here) / 100) * 100, p.state, 1::bigint, p.call_sign
     FROM latest_positions l JOIN patrols p ON p.id = l.patrol_id
     WHERE ST_DWithin(geography(l.place), here, metres) AND p.state IN ('under_way', 'paused')
     ORDER BY geography(l.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'base', round(ST_Distance(geography(b.place), here) / 100) * 100, '', 1::bigint, b.name
     FROM bases b ORDER BY geography(b.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'threat_area', round(ST_Distance(geography(t.area), here) / 100) * 100, (t.likelihood * t.impact)::text,
            1::bigint, ''
     FROM threats t WHERE ST_DWithin(geography(t.area), here, metres) AND t.ended_at IS NULL
     ORDER BY geography(t.area) <-> here LIMIT 3)
    UNION ALL
    (SELECT 'incident', round(min(ST_Distance(geography(i.place), here)) / 100) * 100, sum(i.killed_best)::text,
            count(*), ''
     FROM incidents i
     WHERE ST_DWithin(geography(i.place), here, metres) AND i.occurred_from > since AND i.place_precision <= 3
       AND i.verification NOT IN ('unfounded', 'not_verified') HAVING count(*) > 0)
    UNION ALL
    (SELECT 'place', round(ST_Distance(geography(s.place), here) / 100) * 100, coalesce(s.population, 0)::text,
            1::bigint, s.name
     FROM places s WHERE ST_DWithin(geography(s.place), here, metres) ORDER BY geography(s.place) <-> here LIMIT 1);
END $$;

-- Who answers for a place and what it is called: the smallest sector and the deepest administrative area that hold it.
-- Everybody who has signed in may read both; here, so that their indexes are used.
CREATE FUNCTION vigil.areas_of(here geometry) RETURNS TABLE (sector_id bigint, admin_code text) ROWS 1
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
BEGIN
    RETURN QUERY SELECT
        (SELECT s.id FROM sectors s WHERE ST_Intersects(s.area, here)
         ORDER BY array_position(ARRAY['company', 'battalion', 'sector', 'mission'], s.echelon) LIMIT 1),
        (SELECT a.code FROM admin_areas a WHERE ST_Intersects(a.area, here) ORDER BY a.level DESC LIMIT 1);
END $$;

ALTER FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) OWNER TO vigil_weigher;
REVOKE EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) TO vigil_app;
ALTER FUNCTION vigil.areas_of(geometry) OWNER TO vigil_weigher;
REVOKE EXECUTE ON FUNCTION vigil.areas_of(geometry) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.areas_of(geometry) TO vigil_app;

REVOKE CREATE ON SCHEMA vigil FROM vigil_weigher, vigil_ledger;
