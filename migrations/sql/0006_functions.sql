-- Who looks: set transaction-locally by the application (app/db.py) and asked by every policy.
-- Policies call these inside (SELECT …), so that they run once a query and not once a row.

CREATE SCHEMA vigil;
GRANT USAGE ON SCHEMA vigil TO vigil_app, vigil_worker, vigil_sequencer, vigil_keyholder, vigil_auditor,
    vigil_weigher, vigil_ledger;
-- Only for these migrations, so that functions can be handed to the two narrow roles; taken back at the end.
GRANT CREATE ON SCHEMA vigil TO vigil_weigher, vigil_ledger;

CREATE FUNCTION vigil.enter(person text, anywhere text, in_sector text, sectors text, compartments text)
RETURNS void LANGUAGE sql AS $$
    SELECT set_config('vigil.person', person, true),
           set_config('vigil.anywhere', anywhere, true),
           set_config('vigil.in_sector', in_sector, true),
           set_config('vigil.sectors', sectors, true),
           set_config('vigil.compartments', compartments, true);
$$;

CREATE FUNCTION vigil.person_id() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('vigil.person', true), '')::bigint;
$$;

CREATE FUNCTION vigil.anywhere(permission text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(permission = ANY (string_to_array(current_setting('vigil.anywhere', true), ',')), false);
$$;

CREATE FUNCTION vigil.sectors_for(permission text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN permission = ANY (string_to_array(current_setting('vigil.in_sector', true), ','))
                THEN coalesce(string_to_array(nullif(current_setting('vigil.sectors', true), ''), ',')::bigint[], '{}')
                ELSE '{}'::bigint[] END;
$$;

CREATE FUNCTION vigil.holds(permission text) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT coalesce(permission = ANY (string_to_array(current_setting('vigil.anywhere', true), ','))
                 OR permission = ANY (string_to_array(current_setting('vigil.in_sector', true), ',')), false);
$$;

CREATE FUNCTION vigil.compartments() RETURNS text[] LANGUAGE sql STABLE AS $$
    SELECT coalesce(string_to_array(nullif(current_setting('vigil.compartments', true), ''), ','), '{}');
$$;

-- The condition under which a row of some sector may be touched with a permission; NULL sector: only "anywhere".
CREATE FUNCTION vigil.condition(permission text, sector_column text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN sector_column IS NULL THEN format('(SELECT vigil.holds(%L))', permission)
        ELSE format('((SELECT vigil.anywhere(%1$L)) OR %2$I = ANY ((SELECT vigil.sectors_for(%1$L))::bigint[]))',
                    permission, sector_column)
    END;
$$;

-- One call declares a table's guard: who reads, who adds, who changes; by sector, own rows or compartment.
-- A NULL permission means nobody. Deleting is granted to nobody: corrections are new rows or new states.
CREATE PROCEDURE vigil.guard(
    guarded text, read text DEFAULT NULL, add text DEFAULT NULL, change text DEFAULT NULL,
    sector text DEFAULT NULL, own text DEFAULT NULL, compartment text DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    in_compartment text := CASE WHEN compartment IS NULL THEN ''
        ELSE format(' AND %I = ANY ((SELECT vigil.compartments())::text[])', compartment) END;
    own_row text := CASE WHEN own IS NULL THEN '' ELSE format(' OR %I = (SELECT vigil.person_id())', own) END;
    who text := 'vigil_app, vigil_worker';
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', guarded);
    -- Migrations and imports run as the owner, who is forced under policies too and so needs one.
    EXECUTE format('CREATE POLICY owner ON %I TO vigil_owner USING (true) WITH CHECK (true)', guarded);
    IF read IS NOT NULL THEN
        EXECUTE format('GRANT SELECT ON %I TO %s', guarded, who);
        EXECUTE format('CREATE POLICY reads ON %I FOR SELECT TO vigil_app, vigil_worker USING ((%s%s)%s)',
                       guarded, vigil.condition(read, sector), own_row, in_compartment);
    END IF;
    IF add IS NOT NULL THEN
        EXECUTE format('GRANT INSERT ON %I TO %s', guarded, who);
        EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO vigil_app, vigil_worker WITH CHECK (%s%s)',
                       guarded, vigil.condition(add, sector), in_compartment);
    END IF;
    IF change IS NOT NULL THEN
        EXECUTE format('GRANT UPDATE ON %I TO %s', guarded, who);
        EXECUTE format('CREATE POLICY changes ON %I FOR UPDATE TO vigil_app, vigil_worker USING (%s%s)',
                       guarded, vigil.condition(change, sector), in_compartment);
    END IF;
END $$;
