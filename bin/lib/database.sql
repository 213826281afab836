-- Inside the database that vigil_owner owns. Run as superuser (PostGIS asks for one); may run again.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
DO $$
BEGIN
    -- ALL: with TEMPORARY everybody could put a table of his own in the place of another.
    EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO vigil_app, vigil_worker, vigil_sequencer, vigil_keyholder, '
                   'vigil_auditor', current_database());
END
$$;
