DROP FUNCTION vigil.promised_places(bigint[], bigint, timestamptz);
DROP POLICY known_havens ON evacuation_plans;
ALTER TABLE evacuation_plans DROP CONSTRAINT ck_evacuation_plans_content;
DROP FUNCTION vigil.says_who_goes_where(jsonb, bigint[]);
DROP POLICY ends ON evacuations;
ALTER TABLE evacuations DROP COLUMN ended_at, DROP COLUMN ended_by_id, DROP COLUMN ended_by_role;
