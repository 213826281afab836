-- Who stands at a post, as 0015_watches_and_messages.sql has it, with the ways by which he could be reached when his watch
-- began: he is told by those, and by no contact that was tested long before.
DROP FUNCTION vigil.on_watch(text, bigint, timestamptz);
CREATE FUNCTION vigil.on_watch(at_post text, of_sector bigint, at timestamptz)
RETURNS TABLE (watch_id bigint, person_id bigint, deputy boolean, ways text[], since timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY WITH RECURSIVE up AS (
            SELECT of_sector AS sector, 0 AS steps
            UNION ALL SELECT s.parent_id, up.steps + 1 FROM up JOIN sectors s ON s.id = up.sector),
        standing AS (
            SELECT w.id, w.person_id AS person, w.deputy AS second, up.steps, w.ways AS by_ways, w.from_at AS begun FROM watches w
            JOIN up ON w.sector_id IS NOT DISTINCT FROM up.sector JOIN people p ON p.id = w.person_id
            WHERE w.post = at_post AND w.ended_at IS NULL AND w.from_at <= at AND w.until_at > at AND p.disabled_at IS NULL)
        SELECT s.id, s.person, s.second, s.by_ways, s.begun FROM standing s WHERE s.steps = (SELECT min(steps) FROM standing);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.on_watch(text, bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.on_watch(text, bigint, timestamptz) TO vigil_worker;
