-- A visit to a defender tells where a defender lives. What is done where on it, and where the patrol is, is known to its leader,
-- to whoever ordered it, and to those who read defenders' files in its sector; others know that there is such a patrol, whose it
-- is, whether it lives and whether it is late.

CREATE FUNCTION vigil.may_know_visit(purpose text, leader bigint, orderer bigint, sector bigint) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT purpose <> 'defender_visit'
        OR coalesce(leader = vigil.person_id() AND vigil.holds('patrols:lead'), false)
        OR coalesce(orderer = vigil.person_id(), false)
        OR vigil.may_in(sector, 'defenders:read');
$$;

-- The visits that the viewer may not know more of, as numbers of patrols and of what is tracked. Few: policies ask once a query.
CREATE INDEX ix_patrols_visits ON patrols (id) WHERE purpose = 'defender_visit';
CREATE FUNCTION vigil.sealed_visits() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, vigil, pg_temp AS $$
    SELECT id FROM patrols p WHERE p.purpose = 'defender_visit'
        AND NOT vigil.may_know_visit(p.purpose, p.leader_id, p.ordered_by_id, p.sector_id);
$$;
CREATE FUNCTION vigil.sealed_tracks() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER ROWS 100 SET search_path = public, vigil, pg_temp AS $$
    SELECT t.id FROM tracked t WHERE t.patrol_id IN (SELECT vigil.sealed_visits());
$$;

-- When such a patrol was last heard of, without where: the watch must see that it lives.
CREATE FUNCTION vigil.visit_heard_at(patrol bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT l.at FROM latest_positions l JOIN patrols p ON p.id = l.patrol_id
    WHERE l.patrol_id = patrol AND p.purpose = 'defender_visit' AND vigil.may_in(p.sector_id, 'patrols:read');
$$;
REVOKE EXECUTE ON FUNCTION vigil.may_know_visit(text, bigint, bigint, bigint), vigil.sealed_visits(), vigil.sealed_tracks(),
    vigil.visit_heard_at(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.may_know_visit(text, bigint, bigint, bigint), vigil.sealed_visits(), vigil.sealed_tracks(),
    vigil.visit_heard_at(bigint) TO vigil_app, vigil_worker;

-- Stops, positions and the past of the map. The house's own processes act for nobody, and a device writes of its carrier alone;
-- whoever passes on positions of many (a gateway of the sector's) stores them beside what stands, without being shown it.
CREATE POLICY visits_sealed ON patrol_stops AS RESTRICTIVE FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL OR patrol_id NOT IN (SELECT vigil.sealed_visits()));
CREATE POLICY visits_sealed ON positions AS RESTRICTIVE FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL OR (SELECT current_setting('vigil.storing', true)) = 'on'
           OR tracked_id NOT IN (SELECT vigil.sealed_tracks()));
CREATE POLICY visits_sealed ON latest_positions AS RESTRICTIVE FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL OR (SELECT current_setting('vigil.storing', true)) = 'on'
           OR tracked_id NOT IN (SELECT vigil.sealed_tracks()));
CREATE POLICY visits_sealed ON revisions AS RESTRICTIVE FOR SELECT TO vigil_app
    USING (layer <> 'patrols' OR row_id NOT IN (SELECT vigil.sealed_visits()));

-- As 0024_runs.sql has it, but that it reads what stands for itself, whoever stores.
CREATE OR REPLACE FUNCTION vigil.store_positions(
    carriers bigint[], ats timestamptz[], lons float8[], lats float8[], accuracies float8[], speeds real[], courses real[],
    late_after interval, ahead_after interval)
RETURNS TABLE (n bigint, flags smallint) ROWS 500
LANGUAGE plpgsql SET search_path = public, vigil, pg_temp SET plan_cache_mode = force_generic_plan AS $$
#variable_conflict use_column
DECLARE
    ground box2d := vigil.ground();
    west float8 := ST_XMin(ground);
    south float8 := ST_YMin(ground);
    east float8 := ST_XMax(ground);
    north float8 := ST_YMax(ground);
    speaking bigint := vigil.device();
BEGIN
    PERFORM set_config('vigil.storing', 'on', true);
    RETURN QUERY
    -- Asked of each carrier once, and not of each fix. No plan knows how long the arrays are: what follows is joined by
    -- hashing or by sorting, never each with each.
    WITH mine AS MATERIALIZED (
        SELECT t.id, t.top_speed_kph AS top, t.patrol_id, t.sector_id FROM tracked t
        WHERE t.id = ANY (ARRAY(SELECT DISTINCT unnest(carriers)))
    ), sent AS MATERIALIZED (
        SELECT DISTINCT ON (s.carrier, s.at) s.*,
            CASE WHEN s.lon < west OR s.lon > east OR s.lat < south OR s.lat > north THEN 2 ELSE 0 END
            + CASE WHEN s.at > now() + ahead_after THEN 4 ELSE 0 END
            + CASE WHEN s.at < now() - late_after THEN 8 ELSE 0 END AS odd
        FROM unnest(carriers, ats, lons, lats, accuracies, speeds, courses) WITH ORDINALITY
            AS s (carrier, at, lon, lat, accuracy, speed, course, n)
        WHERE s.carrier IN (SELECT id FROM mine)
        ORDER BY s.carrier, s.at, s.n
    ), in_runs AS MATERIALIZED (
        SELECT s.*, count(*) FILTER (WHERE far) OVER (PARTITION BY carrier ORDER BY at) AS run
        FROM (SELECT *, at - lag(at) OVER (PARTITION BY carrier ORDER BY at) >= interval '2 days' AS far
              FROM sent WHERE odd & 6 = 0) s
    ), runs AS MATERIALIZED (
        SELECT r.*, m.top, m.patrol_id, m.sector_id
        FROM (SELECT carrier, run, min(at) AS first, max(at) AS last FROM in_runs GROUP BY carrier, run) r
        JOIN mine m ON m.id = r.carrier
    ), stands AS MATERIALIZED (
        SELECT b.carrier, b.run, p.at, ST_X(p.place) AS lon, ST_Y(p.place) AS lat, p.accuracy_metres AS accuracy, p.flags AS was, side
        FROM runs b CROSS JOIN LATERAL (
            (SELECT at, place, accuracy_metres, flags, -1 AS side FROM positions
             WHERE tracked_id = b.carrier AND at < b.first AND at > b.first - interval '1 day' AND flags & 38 = 0
             ORDER BY at DESC LIMIT 3)
            UNION ALL
            (SELECT at, place, accuracy_metres, flags, 0 FROM positions
             WHERE tracked_id = b.carrier AND at BETWEEN b.first AND b.last AND flags & 38 = 0)
            UNION ALL
            (SELECT at, place, accuracy_metres, flags, 1 FROM positions
             WHERE tracked_id = b.carrier AND at > b.last AND at < b.last + interval '1 day' AND flags & 38 = 0
             ORDER BY at LIMIT 3)
        ) p
    ), walk AS (
        SELECT carrier, run, at, lon, lat, accuracy, NULL::real AS speed, NULL::real AS course, was, side, NULL::bigint AS n, 0 AS odd
        FROM stands
        UNION ALL
        SELECT carrier, run, at, lon, lat, accuracy, speed, course, NULL, 0, n, odd FROM in_runs
        WHERE (carrier, at) NOT IN (SELECT x.carrier, x.at FROM stands x)
    ), steps AS (
        SELECT w.*, b.top, b.patrol_id, b.sector_id, coalesce(accuracy, 25) / 1000 AS slack,
            lag(at) OVER o AS at1, lag(lon) OVER o AS lon1, lag(lat) OVER o AS lat1, lag(coalesce(accuracy, 25) / 1000) OVER o AS slack1,
            lag(at, 2) OVER o AS at2, lag(lon, 2) OVER o AS lon2, lag(lat, 2) OVER o AS lat2,
            lag(coalesce(accuracy, 25) / 1000, 2) OVER o AS slack2,
            lead(at) OVER o AS at3, lead(lon) OVER o AS lon3, lead(lat) OVER o AS lat3,
            lead(coalesce(accuracy, 25) / 1000) OVER o AS slack3,
            row_number() OVER o AS place_in_line,
            count(*) FILTER (WHERE side = -1) OVER (PARTITION BY carrier, run) AS befores,
            count(*) FILTER (WHERE side = 1) OVER (PARTITION BY carrier, run) AS afters
        FROM walk w JOIN runs b USING (carrier, run)
        WINDOW o AS (PARTITION BY carrier, run ORDER BY at)
    ), measured AS (
        SELECT *, vigil.km_between(lon1, lat1, lon, lat) AS km1, extract(epoch FROM at - at1)::float8 / 3600 AS hours1,
            vigil.km_between(lon2, lat2, lon, lat) AS km2, extract(epoch FROM at - at2)::float8 / 3600 AS hours2,
            vigil.km_between(lon, lat, lon3, lat3) AS km3, extract(epoch FROM at3 - at)::float8 / 3600 AS hours3
        FROM steps
    ), judged AS MATERIALIZED (
        SELECT carrier, at, lon, lat, n, was, patrol_id, sector_id,
            coalesce(speed, CASE WHEN hours1 < 1 THEN km1 / hours1 END)::real AS speed,
            coalesce(course, CASE WHEN km1 > slack + slack1 THEN vigil.course_between(lon1, lat1, lon, lat) END)::real AS course,
            (CASE WHEN n IS NULL THEN was & ~1 ELSE odd + CASE WHEN speed IS NULL AND hours1 < 1 THEN 16 ELSE 0 END END
             + CASE WHEN km1 - slack1 - slack > top * hours1
                    AND coalesce(km2 - slack2 - slack > top * hours2, true)
                    AND coalesce(km3 - slack3 - slack > top * hours3, true) THEN 1 ELSE 0 END)::smallint AS flags,
            -- Of those that stand, the outermost lack neighbours here that they have in the table.
            n IS NOT NULL OR ((place_in_line > 2 OR befores < 3) AND (at3 IS NOT NULL OR afters < 3)) AS sure
        FROM measured
    ), added AS (
        INSERT INTO positions (tracked_id, at, place, accuracy_metres, speed_kph, course, flags, tracker_id)
        SELECT s.carrier, s.at, ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326), s.accuracy,
            coalesce(j.speed, s.speed), coalesce(j.course, s.course), coalesce(j.flags, s.odd::smallint), speaking
        FROM sent s LEFT JOIN judged j ON j.n = s.n
        ORDER BY s.carrier, s.at
        ON CONFLICT DO NOTHING
        RETURNING tracked_id, at, flags
    ), judged_again AS (
        UPDATE positions p SET flags = j.flags FROM judged j
        WHERE j.n IS NULL AND j.sure AND j.flags <> j.was AND p.tracked_id = j.carrier AND p.at = j.at
    ), newest AS (
        SELECT DISTINCT ON (j.carrier) j.* FROM judged j
        WHERE j.flags & 39 = 0 AND j.sure ORDER BY j.carrier, j.at DESC
    ), moved AS (
        -- Never back in time, and in one order, so that two batches can't wait for each other.
        INSERT INTO latest_positions AS l (tracked_id, patrol_id, sector_id, at, place, speed_kph, course)
        SELECT carrier, patrol_id, sector_id, at, ST_SetSRID(ST_MakePoint(lon, lat), 4326), speed, course
        FROM newest ORDER BY carrier
        ON CONFLICT (tracked_id) DO UPDATE SET at = excluded.at, place = excluded.place, speed_kph = excluded.speed_kph,
            course = excluded.course
        WHERE l.at < excluded.at
    )
    SELECT s.n, a.flags FROM added a JOIN sent s ON s.carrier = a.tracked_id AND s.at = a.at;
    PERFORM set_config('vigil.storing', '', true);
END $$;

-- Where a visit to a defender was is no measure of presence, and heard by nobody: what a cell, a place or a report's surroundings
-- tell would else tell where defenders live. As 0018_surfaces.sql, 0017_measures.sql and 0020_presences.sql have them, without.
CREATE OR REPLACE FUNCTION vigil.surface_heard(since timestamptz, until timestamptz)
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
        SELECT s.place, false FROM patrol_stops s JOIN patrols p ON p.id = s.patrol_id
        WHERE s.arrived_at >= since AND s.arrived_at < until AND p.purpose <> 'defender_visit'
        UNION ALL
        SELECT l.place, false FROM latest_positions l LEFT JOIN patrols p ON p.id = l.patrol_id
        WHERE l.at >= since AND l.at < until AND p.purpose IS DISTINCT FROM 'defender_visit'
        UNION ALL
        SELECT b.place, true FROM bases b
        UNION ALL
        SELECT n.place, true FROM community_networks n WHERE n.working AND n.tested_at >= since AND n.tested_at < until
    ) h WHERE vigil.for_the_house();
$$;

CREATE OR REPLACE FUNCTION vigil.place_facts(metres float8, days float8)
RETURNS TABLE (sector_id bigint, sector text, area text, people bigint, by_base boolean, by_patrol boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT s.id, s.code, a.name, p.population,
        EXISTS (SELECT 1 FROM bases b WHERE ST_DWithin(geography(b.place), geography(p.place), metres)),
        EXISTS (SELECT 1 FROM patrol_stops st JOIN patrols o ON o.id = st.patrol_id
                WHERE st.arrived_at >= now() - make_interval(secs => days * 86400)
                AND st.arrived_at <= now() AND o.purpose <> 'defender_visit'
                AND ST_DWithin(geography(st.place), geography(p.place), metres))
    FROM places p
    LEFT JOIN admin_areas a ON a.code = p.admin_code
    LEFT JOIN LATERAL (
        -- The smallest sector around it, as alerts are given theirs.
        SELECT sec.id, sec.code FROM sectors sec WHERE ST_Intersects(sec.area, p.place)
        ORDER BY ST_Area(sec.area), sec.id LIMIT 1
    ) s ON true
    WHERE p.population > 0 AND vigil.must_protect(p.place, now()) AND vigil.measures_here(s.id);
$$;

CREATE OR REPLACE FUNCTION vigil.patrol_facts(since timestamptz, until timestamptz)
RETURNS TABLE (patrol_id bigint, at timestamptz, sector_id bigint, sector text, unit text, mode text, hours float8,
    night float8, there boolean)
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
                AND vigil.must_protect(st.place, st.arrived_at))
    FROM mine m LEFT JOIN sectors s ON s.id = m.sector_id LEFT JOIN units u ON u.id = m.unit_id;
$$;

GRANT SELECT (purpose) ON patrols TO vigil_weigher;
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
       AND p.purpose <> 'defender_visit'
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
