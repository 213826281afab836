-- Notes the next revisions after this one that are not in the log, with their event; the last of them, or NULL after all.
-- Dropped when all are noted. The settings are those of vigil.note_changes (0006_ledger.sql).
CREATE OR REPLACE FUNCTION vigil.take_in_revisions(
    after_layer text, after_row bigint, after_moment timestamptz,
    OUT layer text, OUT row_id bigint, OUT known_from timestamptz)
LANGUAGE plpgsql SET search_path = public, vigil, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex'
SET extra_float_digits = 1 SET intervalstyle = 'postgres' AS $$
#variable_conflict use_column
BEGIN
    SELECT n.layer, n.row_id, n.known_from INTO layer, row_id, known_from FROM (
        SELECT r.layer, r.row_id, r.known_from FROM revisions r
        WHERE (r.layer, r.row_id, r.known_from) > (after_layer, after_row, after_moment)
        ORDER BY r.layer, r.row_id, r.known_from LIMIT 5000) n
    ORDER BY n.layer DESC, n.row_id DESC, n.known_from DESC LIMIT 1;
    IF layer IS NULL THEN
        RETURN;
    END IF;
    INSERT INTO ledger_changes (table_name, row_key, op, salt, digest)
    SELECT 'revisions', f.k, 'I', f.salt, vigil.row_digest(f.salt, f.j)
    FROM (SELECT t.j, vigil.row_key(t.j, ARRAY['layer', 'row_id', 'known_from']) AS k, uuid_send(gen_random_uuid()) AS salt
          FROM (SELECT to_jsonb(r.*) AS j FROM revisions r
                WHERE (r.layer, r.row_id, r.known_from) > (after_layer, after_row, after_moment)
                ORDER BY r.layer, r.row_id, r.known_from LIMIT 5000) t OFFSET 0) f
    WHERE NOT EXISTS (SELECT 1 FROM ledger_changes c WHERE c.table_name = 'revisions' AND c.row_key = f.k);
    INSERT INTO ledger_events (at, action, subject, body)
    SELECT now(), 'maps.past_taken_in', 'revisions:all', convert_to(
        '{"action":"maps.past_taken_in","actor":"system","at":"'
        || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
        || '","details_commitment":null,"role":null,"subject":"revisions:all","v":1}', 'UTF8');
END $$;
