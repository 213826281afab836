-- Incidents counted by the cells of a grid, for tiles that show too much of the world to draw each: six levels, level L
-- with 2^L by 2^L cells over the Mercator square. By sector, since on that depends who sees an incident, and by kind.
-- Only what is known to a place stands here (precision 1 or 2); a district is no point.
--
-- Writers add to incident_cell_changes alone, at the finest level, and update nothing: incidents of one province would
-- otherwise wait for each other's commit at the coarse levels, or deadlock. Readers add the changes to the cells;
-- vigil.fold_incident_cells() carries them over in one statement, so that the sum is the same before and after.

CALL vigil.guard('incident_cells', read => 'incidents:read', sector => 'sector_id');
CALL vigil.guard('incident_cell_changes', read => 'incidents:read', sector => 'sector_id');
REVOKE ALL ON incident_cells, incident_cell_changes FROM vigil_worker;

-- Column and row of the finest level, 15, counted from the north-west.
CREATE FUNCTION vigil.cell_x(lon double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT least(greatest(floor((lon + 180) / 360 * 32768), 0), 32767)::bigint;
$$;
-- Rounded to a hair's breadth: the sines of numbers next to nothing are an error of their own ("underflow").
CREATE FUNCTION vigil.cell_y(lat double precision) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT least(greatest(floor(
        (1 - asinh(tan(radians(least(greatest(round(lat * 1e9) / 1e9, -85.0511), 85.0511)))) / pi()) / 2 * 32768
    ), 0), 32767)::bigint;
$$;

CREATE FUNCTION vigil.note_incident_cells() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO incident_cell_changes (x, y, sector_id, kind, incidents, killed, verified, lon_sum, lat_sum)
        SELECT vigil.cell_x(ST_X(place)), vigil.cell_y(ST_Y(place)), coalesce(sector_id, 0), kind, sum(sign),
            sum(sign * killed_best), sum(sign * (verification = 'verified')::int),
            sum(sign * round(ST_X(place) * 1e6)::bigint), sum(sign * round(ST_Y(place) * 1e6)::bigint)
        FROM (SELECT 1 AS sign, place, sector_id, kind, killed_best, verification, place_precision FROM changed
              UNION ALL
              SELECT -1, place, sector_id, kind, killed_best, verification, place_precision FROM before) u
        WHERE place_precision <= 2 GROUP BY 1, 2, 3, 4
        HAVING sum(sign) <> 0 OR sum(sign * killed_best) <> 0 OR sum(sign * (verification = 'verified')::int) <> 0
            OR sum(sign * round(ST_X(place) * 1e6)::bigint) <> 0 OR sum(sign * round(ST_Y(place) * 1e6)::bigint) <> 0;
    ELSE
        INSERT INTO incident_cell_changes (x, y, sector_id, kind, incidents, killed, verified, lon_sum, lat_sum)
        SELECT vigil.cell_x(ST_X(place)), vigil.cell_y(ST_Y(place)), coalesce(sector_id, 0), kind, sum(sign),
            sum(sign * killed_best), sum(sign * (verification = 'verified')::int),
            sum(sign * round(ST_X(place) * 1e6)::bigint), sum(sign * round(ST_Y(place) * 1e6)::bigint)
        FROM (SELECT CASE TG_OP WHEN 'INSERT' THEN 1 ELSE -1 END AS sign, * FROM changed) c
        WHERE place_precision <= 2 GROUP BY 1, 2, 3, 4;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER cells_insert AFTER INSERT ON incidents REFERENCING NEW TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_incident_cells();
CREATE TRIGGER cells_delete AFTER DELETE ON incidents REFERENCING OLD TABLE AS changed
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_incident_cells();
CREATE TRIGGER cells_update AFTER UPDATE ON incidents REFERENCING NEW TABLE AS changed OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_incident_cells();

CREATE FUNCTION vigil.fold_incident_cells() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(88, 2);
    WITH gone AS (DELETE FROM incident_cell_changes RETURNING *)
    INSERT INTO incident_cells AS c (level, x, y, sector_id, kind, incidents, killed, verified, lon_sum, lat_sum)
    SELECT level, x >> (15 - level), y >> (15 - level), sector_id, kind, sum(incidents), sum(killed), sum(verified),
        sum(lon_sum), sum(lat_sum)
    FROM gone, unnest(ARRAY[5, 7, 9, 11, 13, 15]) AS level GROUP BY 1, 2, 3, 4, 5
    ON CONFLICT (level, x, y, sector_id, kind) DO UPDATE SET
        incidents = c.incidents + excluded.incidents, killed = c.killed + excluded.killed,
        verified = c.verified + excluded.verified, lon_sum = c.lon_sum + excluded.lon_sum,
        lat_sum = c.lat_sum + excluded.lat_sum;
    DELETE FROM incident_cells WHERE incidents = 0;
END $$;

-- What stands already.
INSERT INTO incident_cell_changes (x, y, sector_id, kind, incidents, killed, verified, lon_sum, lat_sum)
SELECT vigil.cell_x(ST_X(place)), vigil.cell_y(ST_Y(place)), coalesce(sector_id, 0), kind, count(*), sum(killed_best),
    count(*) FILTER (WHERE verification = 'verified'), sum(round(ST_X(place) * 1e6)::bigint),
    sum(round(ST_Y(place) * 1e6)::bigint)
FROM incidents WHERE place_precision <= 2 GROUP BY 1, 2, 3, 4;
SELECT vigil.fold_incident_cells();

REVOKE EXECUTE ON FUNCTION vigil.note_incident_cells(), vigil.fold_incident_cells() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.fold_incident_cells() TO vigil_worker;
