-- Numbers of rows of which some stay hidden: counted up, a gap would tell whoever sees its neighbours that a row is kept from him.
-- Five digits, so that a number can be said on a radio; more once a table holds so many rows that free ones were hard to meet.
CREATE FUNCTION vigil.id_by_lot(of_table regclass) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    kept bigint;
    most bigint;
    drawn bigint;
    taken boolean;
BEGIN
    EXECUTE format('SELECT count(*) FROM %s', of_table) INTO kept;
    most := greatest(100000, 20 * kept);
    LOOP
        drawn := 1 + ('x' || left(gen_random_uuid()::text, 8))::bit(32)::bigint % (most - 1);
        EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s WHERE id = $1)', of_table) INTO taken USING drawn;
        EXIT WHEN NOT taken;
    END LOOP;
    RETURN drawn;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.id_by_lot(regclass) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.id_by_lot(regclass) TO vigil_app;

ALTER TABLE havens ALTER COLUMN id DROP IDENTITY, ALTER COLUMN id SET DEFAULT vigil.id_by_lot('havens');
ALTER TABLE evacuations ALTER COLUMN id DROP IDENTITY, ALTER COLUMN id SET DEFAULT vigil.id_by_lot('evacuations');
ALTER TABLE siting_studies ALTER COLUMN id DROP IDENTITY, ALTER COLUMN id SET DEFAULT vigil.id_by_lot('siting_studies');

-- Places by day and for the night, in each version of a record from now on.
ALTER TABLE haven_records ADD COLUMN capacity_day bigint, ADD COLUMN capacity_night bigint;
GRANT UPDATE (capacity_day, capacity_night) ON havens TO vigil_app;
GRANT INSERT (capacity_day, capacity_night) ON haven_records TO vigil_app;
ALTER TABLE haven_records DROP CONSTRAINT ck_haven_records_counts;
ALTER TABLE haven_records ADD CONSTRAINT ck_haven_records_counts
    CHECK (capacity_day >= 0 AND capacity_night >= 0 AND capacity_most >= 0 AND guard_strength >= 0 AND fire_points >= 0);
