-- Finding by name. The places are many (100,000), and an index can't answer a question of trigrams through a policy: the
-- operators are not leak-proof, so the policy would be asked of every row first. The function reads as its owner, whose
-- policy is plain, and asks what the places' policy asks.

-- A name without accents and case, its spaces single. NFD takes letters and accents apart; the accents go.
CREATE FUNCTION vigil.folded(name text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT btrim(regexp_replace(regexp_replace(lower(normalize(name, NFD)), U&'[\0300-\036F]', '', 'g'), '\s+', ' ', 'g'));
$$;

CREATE INDEX ix_places_folded ON places USING gin (vigil.folded(name) gin_trgm_ops);
CREATE INDEX ix_places_folded_start ON places (vigil.folded(name) text_pattern_ops);

-- The places that may be meant by what was asked: of this code or name, of a name that begins with it or has a word like
-- it, or that is spelled alike; the surest first, then the larger.
CREATE FUNCTION vigil.places_like(asked text, most int)
RETURNS TABLE (name text, area text, lon float, lat float, exact boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    wanted text := vigil.folded(left(asked, 100));
    -- For LIKE: what is meant as a letter must not become a sign.
    beginning text := regexp_replace(wanted, '([\\%_])', '\\\1', 'g') || '%';
BEGIN
    IF NOT vigil.holds('people:own_account') OR wanted = '' THEN
        RETURN;
    END IF;
    RETURN QUERY
    WITH meant AS (
        (SELECT p.id FROM places p WHERE p.code IN (asked, upper(asked)) LIMIT 1)
        UNION
        (SELECT p.id FROM places p WHERE vigil.folded(p.name) LIKE beginning
         ORDER BY vigil.folded(p.name), p.id LIMIT 40)
        UNION
        (SELECT p.id FROM places p WHERE vigil.folded(p.name) % wanted OR wanted <% vigil.folded(p.name)
         ORDER BY similarity(vigil.folded(p.name), wanted) DESC, p.id LIMIT 40)
    ), weighed AS (
        SELECT p.*, vigil.folded(p.name) AS said FROM meant JOIN places p USING (id)
    )
    SELECT w.name, a.name, ST_X(w.place), ST_Y(w.place), w.said = wanted OR upper(w.code) = upper(asked)
    FROM weighed w LEFT JOIN admin_areas a ON a.code = w.admin_code
    ORDER BY w.said = wanted OR upper(w.code) = upper(asked) DESC, w.said LIKE beginning DESC,
        round(greatest(similarity(w.said, wanted), 0.9 * word_similarity(wanted, w.said))::numeric, 1) DESC,
        w.population DESC NULLS LAST, w.id
    LIMIT most;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.places_like(text, int) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.places_like(text, int) TO vigil_app;
