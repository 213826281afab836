-- Patrols that set off in a period and halted near a site that must or should be protected: as the list has it now, and not once it
-- was taken off. What a visit to a defender came by is told of none.
CREATE FUNCTION vigil.patrols_at_sites(since timestamptz, until timestamptz, metres float8) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT DISTINCT p.id FROM sites s JOIN places l ON l.id = s.place_id
    JOIN patrol_stops st ON ST_DWithin(geography(st.place), geography(l.place), least(metres, 1000))
    JOIN patrols p ON p.id = st.patrol_id
    WHERE s.priority IN ('must', 'should') AND (s.dropped_at IS NULL OR s.dropped_at > st.arrived_at)
        AND st.arrived_at IS NOT NULL AND p.started_at >= since AND p.started_at < until AND p.ended_at > p.started_at
        AND p.purpose <> 'defender_visit' AND vigil.measures_here(p.sector_id);
$$;
REVOKE EXECUTE ON FUNCTION vigil.patrols_at_sites(timestamptz, timestamptz, float8) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.patrols_at_sites(timestamptz, timestamptz, float8) TO vigil_app;
