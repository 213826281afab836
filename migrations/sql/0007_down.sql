-- Back to positions of patrols alone.
DROP FUNCTION vigil.picture_versions(), vigil.drop_positions_before(timestamptz);
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.position_procedures_removed', 'procedures:position_keep_days',
    convert_to('{"action":"mission.position_procedures_removed","v":1}', 'UTF8');
DELETE FROM procedures WHERE key = 'position_keep_days';
DROP FUNCTION vigil.store_positions(bigint[], timestamptz[], float8[], float8[], float8[], real[], real[], interval, interval);
DROP FUNCTION vigil.ground(), vigil.course_between(float8, float8, float8, float8),
    vigil.km_between(float8, float8, float8, float8);
DROP FUNCTION vigil.enter_device(bytea, text), vigil.distrust_since(bigint, timestamptz), vigil.device_ended_at(bigint);
DROP POLICY adds ON positions;
DROP POLICY judges ON positions;
DROP POLICY with_carrier ON positions;
DROP POLICY adds ON latest_positions;
DROP POLICY moves ON latest_positions;
DROP POLICY with_carrier ON latest_positions;
REVOKE UPDATE (flags) ON positions FROM vigil_app;

CREATE TEMPORARY TABLE of_patrols AS
    SELECT t.patrol_id, p.at, p.place, p.accuracy_metres, p.received_at
    FROM positions p JOIN tracked t ON t.id = p.tracked_id WHERE t.patrol_id IS NOT NULL;
TRUNCATE positions;
ALTER TABLE positions DROP COLUMN speed_kph, DROP COLUMN course, DROP COLUMN flags, DROP COLUMN tracker_id;
ALTER TABLE positions RENAME COLUMN tracked_id TO patrol_id;
INSERT INTO positions (patrol_id, at, place, accuracy_metres, received_at) SELECT * FROM of_patrols;
DROP TABLE of_patrols;
CREATE INDEX ix_positions_patrol_id_at ON positions (patrol_id, at);
DELETE FROM latest_positions WHERE patrol_id IS NULL;
ALTER TABLE latest_positions DROP COLUMN tracked_id, DROP COLUMN speed_kph, DROP COLUMN course;
ALTER TABLE latest_positions DROP CONSTRAINT uq_latest_positions_patrol_id, ADD CONSTRAINT pk_latest_positions PRIMARY KEY (patrol_id);

CREATE POLICY with_patrol ON positions FOR SELECT TO vigil_app USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY adds ON positions FOR INSERT TO vigil_app WITH CHECK (vigil.moves_patrol(patrol_id, false));
CREATE POLICY with_patrol ON latest_positions FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY adds ON latest_positions FOR INSERT TO vigil_app WITH CHECK (vigil.moves_patrol(patrol_id, false));
CREATE POLICY moves ON latest_positions FOR UPDATE TO vigil_app USING (vigil.moves_patrol(patrol_id, false));

DROP TRIGGER track_patrol ON patrols;
DROP FUNCTION vigil.track_patrol(), vigil.top_speed(text, text);
DELETE FROM vigil.protected_tables WHERE table_name IN ('tracked', 'trackers');
