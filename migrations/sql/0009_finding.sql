-- Incidents as the room knew them, found by the indexes on places and times; migrations/sql/0008_finding.sql says why the
-- policy's question is asked here.

-- Times in revisions are written with their offset: reading them depends on no setting, which an index must know.
CREATE FUNCTION vigil.moment_in(content jsonb, name text) RETURNS timestamptz LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (content ->> name)::timestamptz;
$$;
CREATE INDEX ix_revisions_happened ON revisions (vigil.moment_in(content, 'occurred_to')) WHERE layer = 'incidents';
CREATE INDEX ix_revisions_shape ON revisions USING gist (shape) WHERE layer = 'incidents';

CREATE FUNCTION vigil.incidents_known(box geometry, since timestamptz, until timestamptz, at timestamptz)
RETURNS TABLE (id bigint, kind text, killed_best bigint, verification text, place_precision bigint, occurred_from timestamptz,
    occurred_to timestamptz, place geometry, admin_code text, source_reliability text, credibility bigint, side_a text,
    side_b text, sector_id bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    everywhere boolean := vigil.anywhere('incidents:read');
    sectors bigint[] := vigil.sectors_for('incidents:read');
BEGIN
    RETURN QUERY
        SELECT k.id, k.kind, k.killed_best, k.verification, k.place_precision, k.occurred_from, k.occurred_to, r.shape,
            k.admin_code, k.source_reliability, k.credibility, k.side_a, k.side_b, r.sector_id
        FROM revisions r CROSS JOIN LATERAL jsonb_to_record(r.content) AS k(
            id bigint, kind text, killed_best bigint, verification text, place_precision bigint, occurred_from timestamptz,
            occurred_to timestamptz, admin_code text, source_reliability text, credibility bigint, side_a text, side_b text)
        WHERE r.layer = 'incidents' AND r.known_from <= at AND r.known_until > at AND r.shape && box
          AND (everywhere OR r.sector_id = ANY (sectors))
          AND (since IS NULL OR vigil.moment_in(r.content, 'occurred_to') >= since)
          AND (until IS NULL OR k.occurred_from < until);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.moment_in(jsonb, text),
    vigil.incidents_known(geometry, timestamptz, timestamptz, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.incidents_known(geometry, timestamptz, timestamptz, timestamptz) TO vigil_app, vigil_worker;
