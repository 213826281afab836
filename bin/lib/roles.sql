-- The cluster's roles, for bin/run, bin/test and an operator's own server. Run as superuser; may run again.
-- Nobody who serves requests owns a table or goes round the policies.
DO $$
DECLARE
    role text;
BEGIN
    FOREACH role IN ARRAY ARRAY['vigil_owner', 'vigil_app', 'vigil_worker', 'vigil_sequencer',
                                'vigil_keyholder', 'vigil_auditor']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format('ALTER ROLE %I LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
    END LOOP;
    -- Functions run under these; nobody signs in as one of them.
    FOREACH role IN ARRAY ARRAY['vigil_weigher', 'vigil_ledger']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role) THEN
            EXECUTE format('CREATE ROLE %I', role);
        END IF;
        EXECUTE format('ALTER ROLE %I NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS', role);
        -- The owner hands functions over to them in migrations, which takes membership.
        EXECUTE format('GRANT %I TO vigil_owner', role);
    END LOOP;
    -- A job for somebody takes the application's role for as long as it acts for him, and not before.
    ALTER ROLE vigil_worker NOINHERIT;
    GRANT vigil_app TO vigil_worker;
END
$$;
