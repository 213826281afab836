-- How often alerts and incidents have changed, by sector: what the live stream tells their readers of. Numbers only; a sum
-- of what is committed, so that nothing is heard of before it can be read, and nothing is passed over. It is asked ten times
-- a second: of the alerts, too, the short list of changes is read and no longer each one that is open.
CREATE OR REPLACE FUNCTION vigil.alerts_versions() RETURNS TABLE (sector_id bigint, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT c.sector_id, sum(c.changes)::text FROM layer_changes c WHERE c.layer = 'alerts' GROUP BY 1;
$$;
CREATE FUNCTION vigil.incidents_versions() RETURNS TABLE (sector_id bigint, version text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT c.sector_id, sum(c.changes)::text FROM layer_changes c WHERE c.layer = 'incidents' GROUP BY 1;
$$;
REVOKE EXECUTE ON FUNCTION vigil.incidents_versions() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.incidents_versions() TO vigil_app;
