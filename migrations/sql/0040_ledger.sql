-- What the log's own functions read is named with its schema, and looked for nowhere else: a table of the same name in a schema
-- that was put before, and a function of the owner's that fits an argument better than PostgreSQL's, are not met. Rows are
-- written as `t.*`, since plain `t` would be a column of that name.
CREATE OR REPLACE FUNCTION vigil.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' SET extra_float_digits = 1
SET intervalstyle = 'postgres' AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO public.ledger_changes (table_name, row_key, op)
        SELECT TG_TABLE_NAME, vigil.row_key(to_jsonb(c.*), TG_ARGV), 'D' FROM changed c;
    ELSE
        INSERT INTO public.ledger_changes (table_name, row_key, op, salt, digest)
        SELECT TG_TABLE_NAME, vigil.row_key(j, TG_ARGV), left(TG_OP, 1), salt, vigil.row_digest(salt, j)
        FROM (SELECT to_jsonb(c.*) AS j, uuid_send(gen_random_uuid()) AS salt FROM changed c OFFSET 0) AS rows;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION vigil.refuse_unrecorded_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    -- As in 0006_ledger.sql: not yet in the log, and asked by the index of the transaction.
    IF NOT EXISTS (SELECT 1 FROM public.ledger_events WHERE txid = NEW.txid AND coalesce(leaf_index, -1) = -1) THEN
        RAISE EXCEPTION 'A change of table % was not recorded in the ledger; the transaction is refused.', NEW.table_name
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION vigil.fact_digests() RETURNS TABLE (table_name text, row_key text, digest bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex'
SET extra_float_digits = 1 SET intervalstyle = 'postgres' AS $$
DECLARE
    p record;
BEGIN
    PERFORM vigil.refuse_unless_exporting();
    -- OFFSET 0: each row is made into JSON once, and not for each use of it.
    FOR p IN SELECT * FROM vigil.protected_tables t ORDER BY t.table_name LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, f.k, CASE WHEN c.salt IS NULL THEN NULL ELSE vigil.row_digest(c.salt, f.j) END
             FROM (SELECT r.j, vigil.row_key(r.j, %2$L::text[]) AS k
                   FROM (SELECT to_jsonb(t.*) AS j FROM public.%1$I t OFFSET 0) r OFFSET 0) f
             LEFT JOIN LATERAL (SELECT salt FROM public.ledger_changes c
                                WHERE c.table_name = %1$L AND c.row_key = f.k ORDER BY c.id DESC LIMIT 1) c ON true',
            p.table_name, p.key_columns);
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION vigil.pending_changes()
RETURNS TABLE (id bigint, table_name text, row_key text, op text, digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    PERFORM vigil.refuse_unless_exporting();
    RETURN QUERY SELECT c.id, c.table_name, c.row_key, c.op, c.digest
        FROM (SELECT DISTINCT e.txid FROM public.ledger_events e WHERE e.leaf_index IS NULL) AS waiting
        JOIN public.ledger_changes c USING (txid) WHERE c.leaf_index IS NULL ORDER BY c.id;
END $$;
