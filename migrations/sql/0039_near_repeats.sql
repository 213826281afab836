-- As in 0018, and which of them are known to their very place and day: others can't be told to be near one another.
DROP FUNCTION vigil.surface_events(text[], timestamptz, timestamptz, timestamptz);
CREATE FUNCTION vigil.surface_events(kinds text[], since timestamptz, until timestamptz, known timestamptz)
RETURNS TABLE (lon float8, lat float8, at timestamptz, kind text, harm bigint, exact boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT ST_X(i.place), ST_Y(i.place), i.occurred_from, i.kind,
        i.killed_best + coalesce(i.injured, 0) + coalesce(i.abducted, 0),
        i.place_precision = 1 AND i.date_precision = 1
    FROM incidents i
    WHERE i.occurred_from >= since AND i.occurred_from < until AND i.recorded_at <= known AND i.kind = ANY (kinds)
        AND i.verification NOT IN ('unfounded', 'contradicted') AND i.place_precision <= 2 AND i.date_precision <= 3
        AND vigil.for_the_house();
$$;
REVOKE EXECUTE ON FUNCTION vigil.surface_events(text[], timestamptz, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.surface_events(text[], timestamptz, timestamptz, timestamptz) TO vigil_worker;
