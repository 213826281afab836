-- Inside the database that vigil_owner owns. Run as superuser (PostGIS asks for one); may run again.
CREATE EXTENSION IF NOT EXISTS postgis;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gist;
DO $$
BEGIN
    EXECUTE format('REVOKE CONNECT ON DATABASE %I FROM PUBLIC', current_database());
    EXECUTE format('GRANT CONNECT ON DATABASE %I TO vigil_app, vigil_worker, vigil_sequencer, vigil_keyholder, '
                   'vigil_auditor', current_database());
END
$$;
