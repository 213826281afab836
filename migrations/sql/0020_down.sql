DROP TRIGGER presences_removed ON defender_cells;
DROP TRIGGER presences_changed ON defender_cells;
DROP TRIGGER presences_added ON defender_cells;
DROP FUNCTION vigil.keep_presences_removed();
DROP FUNCTION vigil.keep_presences_changed();
DROP FUNCTION vigil.keep_presences_added();
DROP FUNCTION vigil.count_presences(geometry[], geometry[]);
DROP FUNCTION vigil.degree_of(geometry);
GRANT SELECT (defender_id, tier, cell, risk_band, shared_until) ON defender_cells TO vigil_weigher;
CREATE POLICY weigh ON defender_cells FOR SELECT TO vigil_weigher USING (true);

-- One plan for all places: planning anew takes longer than the search, and gives the same.
CREATE OR REPLACE FUNCTION vigil.surroundings(lon double precision, lat double precision, metres double precision, since timestamptz)
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

CREATE OR REPLACE FUNCTION vigil.enter(person text, anywhere text, in_sector text, sectors text, compartments text)
RETURNS void LANGUAGE sql AS $$
    SELECT set_config('vigil.person', person, true),
           set_config('vigil.anywhere', anywhere, true),
           set_config('vigil.in_sector', in_sector, true),
           set_config('vigil.sectors', sectors, true),
           set_config('vigil.compartments', compartments, true);
$$;

ALTER TABLE ledger_changes RESET (fillfactor);
ALTER TABLE alert_clocks RESET (fillfactor);
