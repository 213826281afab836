-- What lies around a reported place, for the weighing of a report. The reporter may not see what this sees, so it
-- runs under a narrow role of its own, which reads these columns and nothing else, and answers with distances
-- rounded to hundreds of metres, never with shapes or names of persons.

GRANT SELECT (tier, cell, risk_band, shared_until) ON defender_cells TO vigil_weigher;
GRANT SELECT (id, code, place, state, exposure, sector_id) ON havens TO vigil_weigher;
GRANT SELECT (patrol_id, place, at) ON latest_positions TO vigil_weigher;
GRANT SELECT (id, state, call_sign) ON patrols TO vigil_weigher;
GRANT SELECT (id, name, place) ON bases TO vigil_weigher;
GRANT SELECT (id, area, intent, capability, likelihood, impact, ended_at) ON threats TO vigil_weigher;
GRANT SELECT (id, place, occurred_from, place_precision, killed_best, verification) ON incidents TO vigil_weigher;
GRANT SELECT (id, name, place, population) ON places TO vigil_weigher;
CREATE POLICY weigh ON defender_cells FOR SELECT TO vigil_weigher USING (tier = 'fine' AND shared_until > now());
CREATE POLICY weigh ON havens FOR SELECT TO vigil_weigher USING (state IN ('open', 'full', 'standby'));
CREATE POLICY weigh ON latest_positions FOR SELECT TO vigil_weigher USING (true);
CREATE POLICY weigh ON patrols FOR SELECT TO vigil_weigher USING (state IN ('under_way', 'paused'));
CREATE POLICY weigh ON bases FOR SELECT TO vigil_weigher USING (true);
CREATE POLICY weigh ON threats FOR SELECT TO vigil_weigher USING (ended_at IS NULL);
CREATE POLICY weigh ON incidents FOR SELECT TO vigil_weigher USING (place_precision <= 3);
CREATE POLICY weigh ON places FOR SELECT TO vigil_weigher USING (true);

CREATE FUNCTION vigil.surroundings(lon double precision, lat double precision, metres double precision, since timestamptz)
RETURNS TABLE (kind text, distance double precision, band text, count bigint, label text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    here geography := geography(ST_SetSRID(ST_MakePoint(lon, lat), 4326));
BEGIN
    RETURN QUERY
    (SELECT 'defender_cell', round(min(ST_Distance(geography(c.cell), here)) / 100) * 100, c.risk_band, count(*), ''
     FROM defender_cells c
     WHERE ST_DWithin(geography(c.cell), here, metres) AND c.tier = 'fine' GROUP BY c.risk_band)
    UNION ALL
    (SELECT 'haven', round(ST_Distance(geography(h.place), here) / 100) * 100, h.state, 1::bigint, ''
     FROM havens h WHERE ST_DWithin(geography(h.place), here, metres) AND h.exposure IN ('public', 'mission')
     ORDER BY geography(h.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'patrol', round(ST_Distance(geography(l.place), here) / 100) * 100, p.state, 1::bigint, p.call_sign
     FROM latest_positions l JOIN patrols p ON p.id = l.patrol_id
     WHERE ST_DWithin(geography(l.place), here, metres) ORDER BY geography(l.place) <-> here LIMIT 1)
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
ALTER FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) OWNER TO vigil_weigher;
REVOKE EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.surroundings(double precision, double precision, double precision, timestamptz) TO vigil_app;

REVOKE CREATE ON SCHEMA vigil FROM vigil_weigher, vigil_ledger;
