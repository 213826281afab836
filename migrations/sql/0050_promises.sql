-- An evacuation ends: until then the places that its order gives away are nobody else's. Those who decide say so, once, in their own name.
ALTER TABLE evacuations ADD COLUMN ended_at timestamptz, ADD COLUMN ended_by_id bigint REFERENCES people (id),
    ADD COLUMN ended_by_role text,
    ADD CONSTRAINT ck_evacuations_ended
        CHECK ((ended_at IS NULL) = (ended_by_id IS NULL) AND (ended_at IS NULL) = (ended_by_role IS NULL));
GRANT UPDATE (ended_at, ended_by_id, ended_by_role) ON evacuations TO vigil_app;
CREATE POLICY ends ON evacuations FOR UPDATE TO vigil_app
    USING (ended_at IS NULL AND NOT restricted AND vigil.may_in(sector_id, 'alerts:decide'))
    WITH CHECK (ended_by_id = (SELECT vigil.person_id()));

-- Plans are read by others than made them, and reckoned with: each says where its people go, in numbers that can be added up, at
-- havens that it names, and that whoever makes it may know of.
CREATE FUNCTION vigil.says_who_goes_where(content jsonb, named bigint[]) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT coalesce(jsonb_typeof(content -> 'legs') = 'array' AND jsonb_typeof(content -> 'havens') = 'array', false)
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_path_query(content, 'lax $.havens[*]') AS haven
            WHERE (jsonb_typeof(haven -> 'id') = 'number' AND haven ->> 'id' = ANY (named::text[])) IS NOT TRUE)
        AND NOT EXISTS (
            SELECT 1 FROM jsonb_path_query(content, 'lax $.legs[*]') AS leg
            WHERE CASE WHEN jsonb_typeof(leg -> 'haven') = 'number' AND leg ->> 'haven' ~ '^\d{1,6}$'
                            AND jsonb_typeof(leg -> 'people') = 'number' AND leg ->> 'people' ~ '^\d{1,6}$'
                       THEN content -> 'havens' -> (leg ->> 'haven')::int IS NULL
                       ELSE true END);
$$;
REVOKE EXECUTE ON FUNCTION vigil.says_who_goes_where(jsonb, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.says_who_goes_where(jsonb, bigint[]) TO vigil_app;
ALTER TABLE evacuation_plans ADD CONSTRAINT ck_evacuation_plans_content CHECK (vigil.says_who_goes_where(content, haven_ids));
CREATE POLICY known_havens ON evacuation_plans AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (NOT EXISTS (SELECT 1 FROM unnest(haven_ids) AS named
                            WHERE NOT EXISTS (SELECT 1 FROM havens h WHERE h.id = named)));

-- How many places of these havens other orders in force give away, as one number for each: also by an order that whoever asks may not read,
-- of which it tells nothing else. Of a haven that he may not know of it says nothing.
CREATE FUNCTION vigil.promised_places(of_havens bigint[], but bigint, issued_after timestamptz) RETURNS TABLE (haven_id bigint, places bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT h.id, sum((leg->>'people')::bigint)::bigint
    FROM evacuations e
    JOIN LATERAL (SELECT p.content, p.issued_at, p.haven_ids FROM evacuation_plans p WHERE p.evacuation_id = e.id AND p.issued_at IS NOT NULL
                  ORDER BY p.version DESC LIMIT 1) p ON true
    CROSS JOIN LATERAL jsonb_array_elements(p.content->'legs') AS leg
    JOIN havens h ON h.id = (p.content->'havens'->(leg->>'haven')::int->>'id')::bigint
    WHERE p.haven_ids && of_havens AND h.id = ANY (of_havens)
      AND e.id IS DISTINCT FROM but AND e.ended_at IS NULL AND p.issued_at > issued_after AND vigil.may_in(h.sector_id, 'havens:read')
      AND (h.exposure IN ('public', 'mission') OR vigil.anywhere('havens:see_restricted'))
    GROUP BY h.id;
$$;
REVOKE EXECUTE ON FUNCTION vigil.promised_places(bigint[], bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.promised_places(bigint[], bigint, timestamptz) TO vigil_app;
