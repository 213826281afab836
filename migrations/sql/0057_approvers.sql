-- At which posts somebody whose turn it would be, and not who asks, has one of these roles: for the mission, or in this alert's
-- sector. Posts alone, to those who decide on the alert.
CREATE FUNCTION vigil.posts_that_may(alert bigint, anywhere text[], in_sector text[]) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN ARRAY(
        SELECT DISTINCT stands.post FROM alerts a
        CROSS JOIN LATERAL (
            -- A deputy is told first where nobody else stands there.
            SELECT post, w.person_id, bool_or(NOT w.deputy) OVER (PARTITION BY post) AND w.deputy AS waits
            FROM unnest(ARRAY(SELECT DISTINCT w.post FROM watches w WHERE w.ended_at IS NULL)) AS post
            CROSS JOIN LATERAL vigil.on_watch(post, a.sector_id, now()) w) stands
        JOIN people p ON p.id = stands.person_id
        WHERE a.id = alert AND vigil.may_in(a.sector_id, 'alerts:decide')
            AND NOT stands.waits AND p.id IS DISTINCT FROM vigil.person_id()
            AND (p.role = ANY (anywhere) OR p.role = ANY (in_sector) AND a.sector_id = ANY (vigil.sectors_below(p.id))));
END $$;
REVOKE EXECUTE ON FUNCTION vigil.posts_that_may(bigint, text[], text[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.posts_that_may(bigint, text[], text[]) TO vigil_app;
