DROP POLICY clearance ON havens;
DROP POLICY stays_hidden ON havens;
