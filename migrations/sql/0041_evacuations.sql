-- A plan names the havens that it tells of. Once one of them is kept hidden, the whole evacuation is for those alone who may know of
-- restricted havens: its name, place and free places would else stand there for all who could read it before. What was planned is
-- read with the owner's eyes, since the plans' own policy asks for the evacuation.
ALTER TABLE evacuation_plans ADD COLUMN haven_ids bigint[];
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'evacuations.havens_named', 'evacuation_plans:all', convert_to(
    '{"action":"evacuations.havens_named","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"evacuation_plans:all","v":1}', 'UTF8');
-- Of those that lay in danger, and of those that lack places, a plan kept the name alone.
UPDATE evacuation_plans p SET haven_ids = ARRAY(
    SELECT (h ->> 'id')::bigint FROM jsonb_array_elements(p.content -> 'havens') h
    UNION SELECT (h ->> 'id')::bigint FROM jsonb_array_elements(p.content -> 'to_open') h
    UNION SELECT h.id FROM havens h WHERE h.name IN (
        SELECT jsonb_array_elements_text(p.content -> 'exposed') UNION SELECT m ->> 'name' FROM jsonb_array_elements(p.content -> 'more') m)
    ORDER BY 1);
ALTER TABLE evacuation_plans ALTER COLUMN haven_ids SET NOT NULL;
GRANT INSERT (haven_ids) ON evacuation_plans TO vigil_app;

CREATE FUNCTION vigil.tells_of_hidden_haven(evacuation bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM evacuation_plans p JOIN havens h ON h.id = ANY (p.haven_ids)
                   WHERE p.evacuation_id = evacuation AND h.exposure NOT IN ('public', 'mission'));
$$;
REVOKE EXECUTE ON FUNCTION vigil.tells_of_hidden_haven(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.tells_of_hidden_haven(bigint) TO vigil_app, vigil_worker;
CREATE POLICY known_havens ON evacuations AS RESTRICTIVE FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.anywhere('havens:see_restricted')) OR (SELECT vigil.for_the_house()) OR NOT vigil.tells_of_hidden_haven(id));
-- A haven that is compromised is told by the house to whoever carries out an order that sends people there.
CREATE POLICY watches ON evacuations FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL);
CREATE POLICY watches ON evacuation_plans FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL);
