-- Whom a report may warn, square by square. Each report asked for every defender's cell within 25 km: of 50,000 these are a
-- thousand, of which fifty lie in one square each. `cell_presences` has a row for each square, with the ends of consent in
-- it by band, and no number of a defender. It tells no more than the coarse cells, and only the weighing reads it.

CALL vigil.guard('cell_presences');
GRANT SELECT (cell, whole_degree, ordinary, elevated, high, extreme) ON cell_presences TO vigil_weigher;
CREATE POLICY weigh ON cell_presences FOR SELECT TO vigil_weigher USING (true);

-- Where no coarse cell holds enough people: the whole degree in which the person lives.
CREATE FUNCTION vigil.degree_of(fine geometry) RETURNS geometry LANGUAGE sql IMMUTABLE AS $$
    SELECT ST_MakeEnvelope(floor(ST_XMin(fine)), floor(ST_YMin(fine)), floor(ST_XMin(fine)) + 1, floor(ST_YMin(fine)) + 1,
                           4326);
$$;

-- Counts these squares anew. Whose consent has ended is left out; who is counted leaves by the clock, which the weighing
-- asks.
CREATE FUNCTION vigil.count_presences(squares geometry[], degrees geometry[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    -- One at a time: of two who count the same square at once neither would see the other's defender.
    PERFORM pg_advisory_xact_lock(88, 2);
    DELETE FROM cell_presences p WHERE p.cell = ANY (squares || degrees);
    INSERT INTO cell_presences (cell, whole_degree, ordinary, elevated, high, extreme)
    SELECT s.cell, s.whole_degree,
        coalesce(array_agg(s.shared_until ORDER BY s.shared_until) FILTER (WHERE s.risk_band = 'ordinary'), '{}'),
        coalesce(array_agg(s.shared_until ORDER BY s.shared_until) FILTER (WHERE s.risk_band = 'elevated'), '{}'),
        coalesce(array_agg(s.shared_until ORDER BY s.shared_until) FILTER (WHERE s.risk_band = 'high'), '{}'),
        coalesce(array_agg(s.shared_until ORDER BY s.shared_until) FILTER (WHERE s.risk_band = 'extreme'), '{}')
    FROM (SELECT here.*, row_number() OVER (PARTITION BY here.cell, here.risk_band ORDER BY here.shared_until DESC) AS n
          FROM (SELECT c.cell, false AS whole_degree, c.risk_band, c.shared_until FROM defender_cells c
                WHERE c.tier = 'coarse' AND c.cell = ANY (squares)
                UNION ALL
                SELECT d.cell, true, f.risk_band, f.shared_until
                FROM unnest(degrees) AS d(cell)
                JOIN defender_cells f ON f.cell && d.cell AND f.tier = 'fine' AND vigil.degree_of(f.cell) = d.cell
                JOIN defender_cells e ON e.defender_id = f.defender_id AND e.tier = 'coarse' AND ST_IsEmpty(e.cell)) AS here
          WHERE here.shared_until > now()) AS s
    WHERE s.n <= 64 GROUP BY s.cell, s.whole_degree;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.count_presences(geometry[], geometry[]) FROM PUBLIC;

-- All squares in which one of the changed rows lies or lay: to count one too many costs a moment. A row's transition tables
-- bear other names for each kind of statement, so that there are three triggers.
CREATE PROCEDURE vigil.keep_presences_of(what text, rows_of text) LANGUAGE plpgsql AS $make$
BEGIN
    EXECUTE format($function$
        CREATE FUNCTION vigil.keep_presences_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
        SET search_path = public, vigil, pg_temp AS $body$
        BEGIN
            PERFORM vigil.count_presences(
                ARRAY(SELECT DISTINCT c.cell FROM (%2$s) AS c WHERE c.tier = 'coarse' AND NOT ST_IsEmpty(c.cell)),
                ARRAY(SELECT DISTINCT vigil.degree_of(f.cell) FROM (%2$s) AS c
                      JOIN LATERAL (SELECT c.cell WHERE c.tier = 'fine'
                                    UNION ALL SELECT d.cell FROM defender_cells d WHERE c.tier = 'coarse'
                                    AND ST_IsEmpty(c.cell) AND d.defender_id = c.defender_id AND d.tier = 'fine') AS f
                      ON true));
            RETURN NULL;
        END $body$ $function$, what, rows_of);
    EXECUTE format('REVOKE EXECUTE ON FUNCTION vigil.keep_presences_%s() FROM PUBLIC', what);
END $make$;
REVOKE EXECUTE ON PROCEDURE vigil.keep_presences_of(text, text) FROM PUBLIC;
CALL vigil.keep_presences_of('added', 'SELECT * FROM changed');
CALL vigil.keep_presences_of('changed', 'SELECT * FROM changed UNION ALL SELECT * FROM before');
CALL vigil.keep_presences_of('removed', 'SELECT * FROM before');
DROP PROCEDURE vigil.keep_presences_of(text, text);
CREATE TRIGGER presences_added AFTER INSERT ON defender_cells REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.keep_presences_added();
CREATE TRIGGER presences_changed AFTER UPDATE ON defender_cells REFERENCING NEW TABLE AS changed OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.keep_presences_changed();
CREATE TRIGGER presences_removed AFTER DELETE ON defender_cells REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.keep_presences_removed();
SELECT vigil.count_presences(
    ARRAY(SELECT DISTINCT cell FROM defender_cells WHERE tier = 'coarse' AND NOT ST_IsEmpty(cell)),
    ARRAY(SELECT DISTINCT vigil.degree_of(cell) FROM defender_cells WHERE tier = 'fine'));

-- As 0006_surroundings.sql has it, from the squares; and no distance is measured twice.
CREATE OR REPLACE FUNCTION vigil.surroundings(
    lon double precision, lat double precision, metres double precision, since timestamptz)
RETURNS TABLE (kind text, distance double precision, band text, count bigint, label text) ROWS 10
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp
SET plan_cache_mode = force_generic_plan AS $$
DECLARE
    here geography := geography(ST_SetSRID(ST_MakePoint(lon, lat), 4326));
    -- Metres in a degree of longitude and of latitude here (the usual series for the ellipsoid of WGS 84). What may be many is
    -- measured on the plane of these two, which costs a tenth and errs by a thousandth within 25 km.
    east double precision := 111412.84 * cosd(lat) - 93.5 * cosd(3 * lat) + 0.118 * cosd(5 * lat);
    north double precision := 111132.92 - 559.82 * cosd(2 * lat) + 1.175 * cosd(4 * lat);
    around geometry := ST_Expand(ST_SetSRID(ST_MakePoint(lon, lat), 4326), 1.02 * metres / east, 1.02 * metres / north);
    middle geometry := ST_SetSRID(ST_MakePoint(0, 0), 4326);
BEGIN
    RETURN QUERY
    -- From the coarse cell, or the whole degree: whoever files a few reports and watches their scores or priorities would
    -- else find the fine one, to which most of those who see scores are not cleared.
    (SELECT 'defender_cell', round(min(near.metres) / 100) * 100, b.band, sum(b.people)::bigint, ''
     FROM (SELECT p.whole_degree, p.ordinary, p.elevated, p.high, p.extreme,
                  -- Squares lie along the grid's meridians and parallels.
                  sqrt((east * greatest(ST_XMin(p.cell) - lon, lon - ST_XMax(p.cell), 0)) ^ 2
                       + (north * greatest(ST_YMin(p.cell) - lat, lat - ST_YMax(p.cell), 0)) ^ 2) AS metres
           FROM cell_presences p WHERE p.cell && around OFFSET 0) AS near,
          LATERAL (VALUES ('ordinary', cardinality(near.ordinary) - width_bucket(now(), near.ordinary)),
                          ('elevated', cardinality(near.elevated) - width_bucket(now(), near.elevated)),
                          ('high', cardinality(near.high) - width_bucket(now(), near.high)),
                          ('extreme', cardinality(near.extreme) - width_bucket(now(), near.extreme))) AS b(band, people)
     WHERE near.metres <= surroundings.metres AND b.people > 0 GROUP BY near.whole_degree, b.band)
    UNION ALL
    (SELECT 'haven', round(ST_Distance(geography(h.place), here) / 100) * 100, h.state, 1::bigint, ''
     FROM havens h
     WHERE ST_DWithin(geography(h.place), here, surroundings.metres) AND h.exposure IN ('public', 'mission')
       AND h.state IN ('open', 'full', 'standby')
     ORDER BY geography(h.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'patrol', round(ST_Distance(geography(l.place), here) / 100) * 100, p.state, 1::bigint, p.call_sign
     FROM latest_positions l JOIN patrols p ON p.id = l.patrol_id
     WHERE ST_DWithin(geography(l.place), here, surroundings.metres) AND p.state IN ('under_way', 'paused')
     ORDER BY geography(l.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'base', round(ST_Distance(geography(b.place), here) / 100) * 100, '', 1::bigint, b.name
     FROM bases b ORDER BY geography(b.place) <-> here LIMIT 1)
    UNION ALL
    (SELECT 'threat_area', round(n.metres / 100) * 100, n.weight, 1::bigint, ''
     FROM (SELECT ST_Distance(ST_Affine(t.area, east, 0, 0, north, -lon * east, -lat * north), middle) AS metres,
                  (t.likelihood * t.impact)::text AS weight
           FROM threats t WHERE t.area && around AND t.ended_at IS NULL ORDER BY 1 LIMIT 3) AS n
     WHERE n.metres <= surroundings.metres)
    UNION ALL
    (SELECT 'incident', round(min(i.metres) / 100) * 100, sum(i.killed_best)::text, count(*), ''
     FROM (SELECT s.killed_best, sqrt((east * (ST_X(s.place) - lon)) ^ 2 + (north * (ST_Y(s.place) - lat)) ^ 2) AS metres
           FROM incidents s
           WHERE s.place && around AND s.occurred_from > since AND s.place_precision <= 3
             AND s.verification NOT IN ('unfounded', 'not_verified')) AS i
     WHERE i.metres <= surroundings.metres HAVING count(*) > 0)
    UNION ALL
    (SELECT 'place', round(ST_Distance(geography(s.place), here) / 100) * 100, coalesce(s.population, 0)::text,
            1::bigint, s.name
     FROM places s WHERE ST_DWithin(geography(s.place), here, surroundings.metres)
     ORDER BY geography(s.place) <-> here LIMIT 1);
END $$;

-- The weighing sees no defender's cell any more: neither whose it is, nor the fine one.
DROP POLICY weigh ON defender_cells;
REVOKE SELECT (defender_id, tier, cell, risk_band, shared_until) ON defender_cells FROM vigil_weigher;
