-- For the live stream: a number for each sector (0: outside all of them) and kind of thing that changes whenever one of
-- them moves. It tells nothing else; each listener hears of what he reads alone. Alerts have one of their own.
CREATE FUNCTION vigil.picture_versions() RETURNS TABLE (kind text, sector_id bigint, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT 'patrols', coalesce(l.sector_id, 0), sum(hashint8extended(l.tracked_id, extract(epoch FROM l.at)::bigint))::text
    FROM latest_positions l WHERE l.at > now() - interval '1 day' GROUP BY 2
    UNION ALL
    SELECT 'patrols', coalesce(p.sector_id, 0), 's' || sum(hashtextextended(p.state, p.id))::text
    FROM patrols p WHERE p.state IN ('planned', 'under_way', 'paused') GROUP BY 2
    UNION ALL
    SELECT CASE WHEN h.exposure IN ('public', 'mission') THEN 'havens' ELSE 'restricted_havens' END, coalesce(h.sector_id, 0),
        sum(hashint8extended(h.id, (extract(epoch FROM h.changed_at) * 1000)::bigint))::text
    FROM havens h GROUP BY 1, 2;
$$;
REVOKE EXECUTE ON FUNCTION vigil.picture_versions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.picture_versions() TO vigil_app;
