-- Codes of a list are added to those that stand there, whatever they are: another migration may have added some as well, and
-- a list written out here would take its codes away again.
CREATE PROCEDURE vigil.codes_of(what text, told text, told_column text, codes text[]) LANGUAGE plpgsql AS $$
DECLARE
    held text := format('ck_%s_%s', told, told_column);
    standing text[] := ARRAY(
        SELECT m[1] FROM pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z_]+)''::text', 'g') m
        WHERE c.conrelid = told::regclass AND c.conname = held);
    wanted text[] := CASE what WHEN 'add' THEN standing || codes
        ELSE ARRAY(SELECT s FROM unnest(standing) s WHERE s <> ALL (codes)) END;
BEGIN
    IF cardinality(standing) = 0 THEN
        RAISE EXCEPTION 'The list of codes of %.% was not found.', told, told_column;
    END IF;
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', told, held);
    -- What is taken away may stand in the record and stays there, even in an older house.
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I CHECK (%I IN (%s)) %s', told, held, told_column,
                   (SELECT string_agg(quote_literal(w), ', ') FROM unnest(wanted) w),
                   CASE what WHEN 'add' THEN '' ELSE 'NOT VALID' END);
END $$;
REVOKE EXECUTE ON ROUTINE vigil.codes_of(text, text, text, text[]) FROM PUBLIC;
