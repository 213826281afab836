ALTER TABLE haven_records DROP CONSTRAINT ck_haven_records_counts, DROP COLUMN capacity_day, DROP COLUMN capacity_night;
ALTER TABLE haven_records ADD CONSTRAINT ck_haven_records_counts
    CHECK (capacity_most >= 0 AND guard_strength >= 0 AND fire_points >= 0);
REVOKE UPDATE (capacity_day, capacity_night) ON havens FROM vigil_app;
DO $$
DECLARE
    of_table text;
BEGIN
    FOREACH of_table IN ARRAY ARRAY['havens', 'evacuations', 'siting_studies'] LOOP
        EXECUTE format('ALTER TABLE %I ALTER COLUMN id DROP DEFAULT', of_table);
        EXECUTE format('ALTER TABLE %I ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY', of_table);
        EXECUTE format('SELECT setval(pg_get_serial_sequence(%L, ''id''), coalesce(max(id), 0) + 1, false) FROM %I',
                       of_table, of_table);
    END LOOP;
END $$;
DROP FUNCTION vigil.id_by_lot(regclass);
