DROP FUNCTION vigil.promised_places(bigint[], bigint, timestamptz);
DROP POLICY ends ON evacuations;
ALTER TABLE evacuations DROP COLUMN ended_at, DROP COLUMN ended_by_id, DROP COLUMN ended_by_role;
