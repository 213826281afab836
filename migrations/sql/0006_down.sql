-- Policies first: they call the functions of the schema.
DO $$
DECLARE
    p record;
    roles text := 'vigil_app, vigil_worker, vigil_sequencer, vigil_keyholder, vigil_auditor, vigil_weigher, vigil_ledger';
BEGIN
    FOR p IN SELECT * FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', p.policyname, p.tablename);
    END LOOP;
    FOR p IN SELECT relname FROM pg_class
             WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND NOT relispartition LOOP
        EXECUTE format('ALTER TABLE %I NO FORCE ROW LEVEL SECURITY', p.relname);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY', p.relname);
        EXECUTE format('REVOKE ALL ON %I FROM %s', p.relname, roles);
    END LOOP;
    FOR p IN SELECT tgname, tgrelid::regclass AS tbl FROM pg_trigger
             WHERE NOT tgisinternal AND tgfoid::regproc::text LIKE 'vigil.%' LOOP
        EXECUTE format('DROP TRIGGER %I ON %s', p.tgname, p.tbl);
    END LOOP;
    EXECUTE 'REVOKE ALL ON ALL TABLES IN SCHEMA public FROM ' || roles;
    EXECUTE 'REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM ' || roles;
    EXECUTE 'REVOKE ALL ON SCHEMA public FROM ' || roles;
END $$;
DROP SCHEMA vigil CASCADE;
DROP SEQUENCE alert_ids;
DROP SEQUENCE alert_clock_ids;
