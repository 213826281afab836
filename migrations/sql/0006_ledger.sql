-- The accountability log's part in the database: every change of a protected row leaves a salted digest,
-- and a transaction that recorded no event can't commit one.

CREATE TABLE vigil.protected_tables (table_name text PRIMARY KEY, key_columns text[] NOT NULL);

-- Not IMMUTABLE, though it gives the same for the same: convert_to isn't declared so, and only a function that
-- claims no more than what it calls becomes part of the query, in place of a query of its own for each row.
CREATE FUNCTION vigil.row_digest(salt bytea, content jsonb) RETURNS bytea LANGUAGE sql STABLE AS $$
    -- Nulls are stripped, so that a later migration's new empty column does not alter old digests.
    SELECT sha256(salt || convert_to(jsonb_strip_nulls(content)::text, 'UTF8'));
$$;

CREATE FUNCTION vigil.row_key(content jsonb, key_columns text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF cardinality(key_columns) = 1 THEN
        RETURN content ->> key_columns[array_lower(key_columns, 1)];  -- TG_ARGV counts from 0
    END IF;
    RETURN (SELECT string_agg(content ->> k, '/' ORDER BY n) FROM unnest(key_columns) WITH ORDINALITY AS u(k, n));
END $$;

-- to_jsonb writes times, bytes and fractions as the session's settings say, and a digest must not depend on
-- them: here and in fact_digests() they are the same whoever connects. Geometries become GeoJSON of nine digits:
-- a place moved by less than a tenth of a millimetre keeps its digest.
CREATE FUNCTION vigil.note_changes() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex' SET extra_float_digits = 1
SET intervalstyle = 'postgres' AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        INSERT INTO ledger_changes (table_name, row_key, op)
        SELECT TG_TABLE_NAME, vigil.row_key(to_jsonb(c), TG_ARGV), 'D' FROM changed c;
    ELSE
        INSERT INTO ledger_changes (table_name, row_key, op, salt, digest)
        SELECT TG_TABLE_NAME, vigil.row_key(j, TG_ARGV), left(TG_OP, 1), salt, vigil.row_digest(salt, j)
        FROM (SELECT to_jsonb(c) AS j, uuid_send(gen_random_uuid()) AS salt FROM changed c OFFSET 0) AS rows;
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION vigil.refuse_unrecorded_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    -- Not yet in the log: numbers of transactions begin anew in a cluster that was restored from a dump, and an
    -- old event of the same number must not vouch for this change. Asked by coalesce, for the index of the transaction
    -- to be used and not the one of all events that wait for the sequencer: of those there are many in a busy hour.
    IF NOT EXISTS (SELECT 1 FROM ledger_events WHERE txid = NEW.txid AND coalesce(leaf_index, -1) = -1) THEN
        RAISE EXCEPTION 'A change of table % was not recorded in the ledger; the transaction is refused.', NEW.table_name
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER recorded AFTER INSERT ON ledger_changes DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION vigil.refuse_unrecorded_change();

CREATE FUNCTION vigil.refuse_truncate() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'Rows of % are part of the record and are never truncated.', TG_TABLE_NAME;
END $$;

CREATE PROCEDURE vigil.protect(guarded text, VARIADIC key_columns text[]) LANGUAGE plpgsql AS $$
DECLARE
    arguments text := (SELECT string_agg(quote_literal(k), ', ') FROM unnest(key_columns) AS k);
BEGIN
    INSERT INTO vigil.protected_tables VALUES (guarded, key_columns);
    EXECUTE format('CREATE TRIGGER note_insert AFTER INSERT ON %I REFERENCING NEW TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_changes(%s)', guarded, arguments);
    EXECUTE format('CREATE TRIGGER note_update AFTER UPDATE ON %I REFERENCING NEW TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_changes(%s)', guarded, arguments);
    EXECUTE format('CREATE TRIGGER note_delete AFTER DELETE ON %I REFERENCING OLD TABLE AS changed
                    FOR EACH STATEMENT EXECUTE FUNCTION vigil.note_changes(%s)', guarded, arguments);
    EXECUTE format('CREATE TRIGGER no_truncate BEFORE TRUNCATE ON %I
                    FOR EACH STATEMENT EXECUTE FUNCTION vigil.refuse_truncate()', guarded);
    EXECUTE format('CREATE POLICY ledger ON %I FOR SELECT TO vigil_ledger USING (true)', guarded);
    EXECUTE format('GRANT SELECT ON %I TO vigil_ledger', guarded);
END $$;

-- Whoever may export the ledger: the auditor's role, and viewers with that permission in the application's.
CREATE FUNCTION vigil.refuse_unless_exporting() RETURNS void LANGUAGE plpgsql STABLE AS $$
BEGIN
    -- session_user and not current_user: inside the functions below the latter is their own narrow role.
    IF NOT (session_user = 'vigil_auditor' OR vigil.anywhere('ledger:export')) THEN
        RAISE EXCEPTION 'The ledger is exported by those who hold ledger:export.' USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- Every protected row as it stands now, digested with the salt of its last recorded change; never its content.
-- A row that was never recorded, or whose salt is gone, comes with a NULL digest.
CREATE FUNCTION vigil.fact_digests() RETURNS TABLE (table_name text, row_key text, digest bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp SET timezone = 'UTC' SET bytea_output = 'hex'
SET extra_float_digits = 1 SET intervalstyle = 'postgres' AS $$
DECLARE
    p record;
BEGIN
    PERFORM vigil.refuse_unless_exporting();
    FOR p IN SELECT * FROM vigil.protected_tables t ORDER BY t.table_name LOOP
        RETURN QUERY EXECUTE format(
            'SELECT %1$L::text, f.k, CASE WHEN c.salt IS NULL THEN NULL ELSE vigil.row_digest(c.salt, f.j) END
             FROM (SELECT to_jsonb(t) AS j, vigil.row_key(to_jsonb(t), %2$L::text[]) AS k FROM %1$I t) f
             LEFT JOIN LATERAL (SELECT salt FROM ledger_changes c
                                WHERE c.table_name = %1$L AND c.row_key = f.k ORDER BY c.id DESC LIMIT 1) c ON true',
            p.table_name, p.key_columns);
    END LOOP;
END $$;

-- Changes whose event waits for the sequencer. One without such an event was slipped in behind the log: it is not
-- pending, and the row that it touched is then found to be altered.
CREATE FUNCTION vigil.pending_changes() RETURNS TABLE (id bigint, table_name text, row_key text, op text, digest bytea)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.refuse_unless_exporting();
    RETURN QUERY SELECT c.id, c.table_name, c.row_key, c.op, c.digest
        FROM (SELECT DISTINCT e.txid FROM ledger_events e WHERE e.leaf_index IS NULL) AS waiting
        JOIN ledger_changes c USING (txid) WHERE c.leaf_index IS NULL ORDER BY c.id;
END $$;

ALTER FUNCTION vigil.note_changes() OWNER TO vigil_ledger;
ALTER FUNCTION vigil.refuse_unrecorded_change() OWNER TO vigil_ledger;
ALTER FUNCTION vigil.fact_digests() OWNER TO vigil_ledger;
ALTER FUNCTION vigil.pending_changes() OWNER TO vigil_ledger;
GRANT SELECT ON vigil.protected_tables TO vigil_ledger, vigil_auditor, vigil_app;
GRANT INSERT, SELECT ON ledger_changes TO vigil_ledger;
GRANT SELECT ON ledger_events TO vigil_ledger;
REVOKE EXECUTE ON FUNCTION vigil.fact_digests(), vigil.pending_changes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.fact_digests(), vigil.pending_changes() TO vigil_auditor, vigil_app;

-- Events: added by those who act, within their own name; numbered by the sequencer alone.
ALTER TABLE ledger_events ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_events FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON ledger_events TO vigil_owner USING (true) WITH CHECK (true);
CREATE POLICY adds ON ledger_events FOR INSERT TO vigil_app, vigil_keyholder
    -- In this transaction and no other: an event must not take another's changes on itself.
    WITH CHECK (leaf_index IS NULL AND actor_id IS NOT DISTINCT FROM (SELECT vigil.person_id())
                AND txid = pg_current_xact_id());
CREATE POLICY worker_adds ON ledger_events FOR INSERT TO vigil_worker
    WITH CHECK (leaf_index IS NULL AND actor_id IS NOT DISTINCT FROM (SELECT vigil.person_id())
                AND txid = pg_current_xact_id());
CREATE POLICY reads ON ledger_events FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.anywhere('ledger:read')));
CREATE POLICY whole ON ledger_events FOR SELECT TO vigil_ledger, vigil_sequencer, vigil_auditor USING (true);
CREATE POLICY numbers ON ledger_events FOR UPDATE TO vigil_sequencer USING (leaf_index IS NULL) WITH CHECK (true);
GRANT SELECT, INSERT ON ledger_events TO vigil_app, vigil_worker;
GRANT INSERT ON ledger_events TO vigil_keyholder;
GRANT SELECT, UPDATE (leaf_index) ON ledger_events TO vigil_sequencer;
GRANT SELECT ON ledger_events TO vigil_auditor;
-- Without the salts: with one, and a row's few possible contents, the digest of a cell tells which cell it is.
GRANT SELECT (id, txid, table_name, row_key, op, digest, leaf_index) ON ledger_changes TO vigil_auditor;

ALTER TABLE ledger_changes ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_changes FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON ledger_changes TO vigil_owner USING (true) WITH CHECK (true);
CREATE POLICY ledger ON ledger_changes TO vigil_ledger, vigil_sequencer, vigil_auditor USING (true) WITH CHECK (true);
GRANT SELECT, UPDATE (leaf_index) ON ledger_changes TO vigil_sequencer;

GRANT SELECT, INSERT ON ledger_leaves, ledger_checkpoints TO vigil_sequencer;
GRANT SELECT ON ledger_leaves, ledger_checkpoints TO vigil_auditor, vigil_app, vigil_worker;
GRANT SELECT, INSERT ON ledger_verifications TO vigil_auditor, vigil_worker;
GRANT SELECT ON ledger_verifications TO vigil_app;

ALTER TABLE ledger_leaves ENABLE ROW LEVEL SECURITY;
ALTER TABLE ledger_leaves FORCE ROW LEVEL SECURITY;
CREATE POLICY owner ON ledger_leaves TO vigil_owner USING (true) WITH CHECK (true);
CREATE POLICY reads ON ledger_leaves FOR SELECT TO vigil_app, vigil_worker
    -- A leaf tells less than its event does: ids and salted digests.
    USING ((SELECT vigil.anywhere('ledger:read')) OR (SELECT vigil.anywhere('ledger:export')));
CREATE POLICY whole ON ledger_leaves TO vigil_sequencer, vigil_auditor USING (true) WITH CHECK (true);
