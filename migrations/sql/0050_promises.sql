-- An evacuation ends: until then the places that its order gives away are nobody else's. Those who decide say so, once, in their own name.
ALTER TABLE evacuations ADD COLUMN ended_at timestamptz, ADD COLUMN ended_by_id bigint REFERENCES people (id),
    ADD COLUMN ended_by_role text,
    ADD CONSTRAINT ck_evacuations_ended
        CHECK ((ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (ended_by_role IS NULL));
GRANT UPDATE (ended_at, ended_by_id, ended_by_role) ON evacuations TO vigil_app;
CREATE POLICY ends ON evacuations FOR UPDATE TO vigil_app
    USING (ended_at IS NULL AND NOT restricted AND vigil.may_in(sector_id, 'alerts:decide'))
    WITH CHECK (ended_by_id = (SELECT vigil.person_id()));

-- How many places of these havens other orders in force give away, as one number for each: also by an order that whoever asks may not read,
-- of which it tells nothing else. Of a haven that he may not know of it says nothing.
CREATE FUNCTION vigil.promised_places(of_havens bigint[], but bigint, issued_after timestamptz) RETURNS TABLE (haven_id bigint, places bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT h.id, sum((leg->>'people')::bigint)::bigint
    FROM evacuations e
    JOIN LATERAL (SELECT p.content, p.issued_at FROM evacuation_plans p WHERE p.evacuation_id = e.id AND p.issued_at IS NOT NULL
                  ORDER BY p.version DESC LIMIT 1) p ON true
    CROSS JOIN LATERAL jsonb_array_elements(p.content->'legs') AS leg
    JOIN havens h ON h.id = (p.content->'havens'->(leg->>'haven')::int->>'id')::bigint
    WHERE h.id = ANY (of_havens) AND e.id IS DISTINCT FROM but AND e.ended_at IS NULL AND p.issued_at > issued_after
      AND vigil.may_in(h.sector_id, 'havens:read')
      AND (h.exposure IN ('public', 'mission') OR vigil.anywhere('havens:see_restricted'))
    GROUP BY h.id;
$$;
REVOKE EXECUTE ON FUNCTION vigil.promised_places(bigint[], bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.promised_places(bigint[], bigint, timestamptz) TO vigil_app;
