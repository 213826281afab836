-- A fix that comes late is judged by its own day.

-- `n` counts the fixes as they were sent, from 1; a fix that stood already, or that came twice, gives no row.
-- Flags are those of app/positions/models.py: 1 too fast, 2 outside, 4 ahead, 8 late, 16 reckoned, 32 lost.
-- A fix is too fast when it can't be reached from the one before it, nor from the one before that, and the one after
-- can't be reached from it: one stray fix is doubted, two that agree are believed. Neighbours are those of a day: with
-- more time between, nothing is too far. What a carrier sends is judged in runs with two days or more between them: of a
-- fix that comes months late, its own day is read and not the months since. Two batches for one carrier at the same
-- moment do not see each other; the next fix judges both again.
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
END $$;
