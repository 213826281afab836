-- Which incidents lie in a box. Under a policy no index on places is used: PostgreSQL counts PostGIS' operators among
-- those that might leak, asks the policy of every row first, and reads a million of them for a village's dozen. So this
-- function looks them up as the owner and asks the policy's question itself. It gives ids and nothing else: whoever
-- reads the rows behind them meets the policies as ever.
--
-- The smallest ids first, from the one after `after`; at most `most`. NULL asks for nothing. A box that crosses the
-- antimeridian comes as two. Planned for each question: a box holds three incidents or three hundred thousand, and what
-- is quick for the one is slow for the other.
CREATE FUNCTION vigil.incidents_in(
    boxes geometry[], since timestamptz, until timestamptz, kinds text[], verifications text[], sources text[],
    precision_most bigint, after bigint, most bigint) RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
    everywhere boolean := vigil.anywhere('incidents:read');
    sectors bigint[] := vigil.sectors_for('incidents:read');
    one geometry := boxes[1];
    two geometry := boxes[2];
BEGIN
    RETURN ARRAY(
        SELECT i.id FROM incidents i
        WHERE (boxes IS NULL OR i.place && one OR (two IS NOT NULL AND i.place && two))
          AND (everywhere OR i.sector_id = ANY (sectors))
          AND (since IS NULL OR i.occurred_to >= since) AND (until IS NULL OR i.occurred_from <= until)
          AND (kinds IS NULL OR i.kind = ANY (kinds))
          AND (verifications IS NULL OR i.verification = ANY (verifications))
          AND (sources IS NULL OR i.source = ANY (sources))
          AND (precision_most IS NULL OR i.place_precision <= precision_most)
          AND (after IS NULL OR i.id > after)
        ORDER BY i.id LIMIT most);
END $$;

-- The same for the picture, which counts what it finds: the rows themselves, without what tells of persons. Of those that
-- are known more coarsely than so much (0: all).
CREATE FUNCTION vigil.incidents_seen(box geometry, since timestamptz, until timestamptz, coarser_than bigint)
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
        SELECT i.id, i.kind, i.killed_best, i.verification, i.place_precision, i.occurred_from, i.occurred_to, i.place,
            i.admin_code, i.source_reliability, i.credibility, i.side_a, i.side_b, i.sector_id
        FROM incidents i
        WHERE i.place && box AND (everywhere OR i.sector_id = ANY (sectors))
          AND (since IS NULL OR i.occurred_to >= since) AND (until IS NULL OR i.occurred_from < until)
          AND (coarser_than = 0 OR i.place_precision > coarser_than);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.incidents_seen(geometry, timestamptz, timestamptz, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.incidents_seen(geometry, timestamptz, timestamptz, bigint) TO vigil_app, vigil_worker;
REVOKE EXECUTE ON FUNCTION vigil.incidents_in(geometry[], timestamptz, timestamptz, text[], text[], text[], bigint, bigint,
    bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.incidents_in(geometry[], timestamptz, timestamptz, text[], text[], text[], bigint, bigint,
    bigint) TO vigil_app;
