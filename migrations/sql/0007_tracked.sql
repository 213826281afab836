-- What is tracked, who registers it, who may tell where it is and who sees that.

-- What a carrier could do at most, in km/h, with some to spare: beyond it a fix is not believed at once.
CREATE FUNCTION vigil.top_speed(kind text, mode text) RETURNS real LANGUAGE sql IMMUTABLE AS $$
    SELECT (CASE WHEN kind = 'aircraft' THEN 1000
                 WHEN kind = 'vehicle' THEN 160
                 ELSE CASE mode WHEN 'foot' THEN 25 WHEN 'riverine' THEN 90 WHEN 'vehicle' THEN 160 ELSE 450 END
            END)::real;
$$;

CALL vigil.protect('tracked', 'id');
CALL vigil.protect('trackers', 'id');

-- Each patrol is tracked from the moment it is planned. Those that stand keep their number, so that their positions
-- need not be rewritten.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'positions.patrols_tracked', 'tracked:all', convert_to(
    '{"action":"positions.patrols_tracked","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"tracked:all","v":1}', 'UTF8');
INSERT INTO tracked (id, kind, patrol_id, unit_id, call_sign, sector_id, top_speed_kph) OVERRIDING SYSTEM VALUE
SELECT id, 'patrol', id, unit_id, call_sign, sector_id, vigil.top_speed('patrol', mode) FROM patrols;
SELECT setval(pg_get_serial_sequence('tracked', 'id'), coalesce(max(id), 0) + 1, false) FROM tracked;

CREATE FUNCTION vigil.track_patrol() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    INSERT INTO tracked (kind, patrol_id, unit_id, call_sign, sector_id, top_speed_kph)
    VALUES ('patrol', NEW.id, NEW.unit_id, NEW.call_sign, NEW.sector_id, vigil.top_speed('patrol', NEW.mode));
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.track_patrol() FROM PUBLIC;
CREATE TRIGGER track_patrol AFTER INSERT ON patrols FOR EACH ROW EXECUTE FUNCTION vigil.track_patrol();

DROP POLICY with_patrol ON positions;
DROP POLICY adds ON positions;
DROP POLICY with_patrol ON latest_positions;
DROP POLICY adds ON latest_positions;
DROP POLICY moves ON latest_positions;

ALTER TABLE positions RENAME COLUMN patrol_id TO tracked_id;
DROP INDEX ix_positions_patrol_id_at;  -- the primary key is the same
ALTER TABLE positions ADD COLUMN speed_kph real, ADD COLUMN course real, ADD COLUMN flags smallint NOT NULL DEFAULT 0,
    ADD COLUMN tracker_id bigint;

ALTER TABLE latest_positions DROP CONSTRAINT pk_latest_positions;
ALTER TABLE latest_positions ADD COLUMN tracked_id bigint, ADD COLUMN speed_kph real, ADD COLUMN course real;
UPDATE latest_positions SET tracked_id = patrol_id;
ALTER TABLE latest_positions ALTER COLUMN patrol_id DROP NOT NULL,
    ADD CONSTRAINT pk_latest_positions PRIMARY KEY (tracked_id),
    ADD CONSTRAINT uq_latest_positions_patrol_id UNIQUE (patrol_id),
    ADD CONSTRAINT fk_latest_positions_tracked_id_tracked FOREIGN KEY (tracked_id) REFERENCES tracked (id);

-- The carrier whose device is speaking, and the device; set by vigil.enter_device() alone, for this transaction.
CREATE FUNCTION vigil.carrier() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('vigil.carrier', true), '')::bigint;
$$;
CREATE FUNCTION vigil.device() RETURNS bigint LANGUAGE sql STABLE AS $$
    SELECT nullif(current_setting('vigil.device', true), '')::bigint;
$$;

CALL vigil.guard('tracked', read => 'patrols:read', sector => 'sector_id');
GRANT INSERT ON tracked TO vigil_app;
GRANT UPDATE (retired_at) ON tracked TO vigil_app;
CREATE POLICY with_patrol ON tracked FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY own_device ON tracked FOR SELECT TO vigil_app USING (id = (SELECT vigil.carrier()));
CREATE POLICY registers ON tracked FOR INSERT TO vigil_app
    WITH CHECK (kind <> 'patrol'
        AND ((SELECT vigil.anywhere('patrols:plan')) OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[]))
        AND EXISTS (SELECT 1 FROM units u WHERE u.id = unit_id AND u.sector_id IS NOT DISTINCT FROM tracked.sector_id));
CREATE POLICY retires ON tracked FOR UPDATE TO vigil_app
    USING (kind <> 'patrol'
        AND ((SELECT vigil.anywhere('patrols:plan')) OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[])));

-- Keys are given by those who plan; a lost one is ended by whoever is there: those who send patrols too.
CALL vigil.guard('trackers');
GRANT SELECT (id, tracked_id, name, created_by_id, created_at, expires_at, revoked_at, lost_since) ON trackers TO vigil_app;
GRANT INSERT ON trackers TO vigil_app;
GRANT UPDATE (revoked_at, lost_since) ON trackers TO vigil_app;
CREATE POLICY reads ON trackers FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM tracked t WHERE t.id = tracked_id
                   AND vigil.may_in(t.sector_id, 'patrols:plan', 'patrols:send')));
CREATE POLICY gives ON trackers FOR INSERT TO vigil_app
    WITH CHECK (created_by_id = (SELECT vigil.person_id())
                AND EXISTS (SELECT 1 FROM tracked t WHERE t.id = tracked_id AND vigil.may_in(t.sector_id, 'patrols:plan')));
CREATE POLICY ends ON trackers FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT 1 FROM tracked t WHERE t.id = tracked_id
                   AND vigil.may_in(t.sector_id, 'patrols:plan', 'patrols:send')));

-- Positions are told by the carrier's own device, by those who plan in its sector, and by the patrol's leader. Written
-- out, not in a function: it is asked for each row of each batch.
DO $$
DECLARE
    who text := $who$ (tracked_id = (SELECT vigil.carrier()) OR EXISTS (
        SELECT 1 FROM tracked t WHERE t.id = tracked_id AND (
            (SELECT vigil.anywhere('patrols:plan')) OR t.sector_id = ANY ((SELECT vigil.sectors_for('patrols:plan'))::bigint[])
            OR ((SELECT vigil.holds('patrols:lead')) AND EXISTS (
                SELECT 1 FROM patrols p WHERE p.id = t.patrol_id AND p.leader_id = (SELECT vigil.person_id())))))) $who$;
BEGIN
    EXECUTE 'CREATE POLICY adds ON positions FOR INSERT TO vigil_app WITH CHECK' || who;
    EXECUTE 'CREATE POLICY judges ON positions FOR UPDATE TO vigil_app USING' || who;
    EXECUTE 'CREATE POLICY adds ON latest_positions FOR INSERT TO vigil_app WITH CHECK' || who;
    EXECUTE 'CREATE POLICY moves ON latest_positions FOR UPDATE TO vigil_app USING' || who;
END $$;
-- A fix stands as it was sent; what is thought of it may change when its neighbours come.
GRANT UPDATE (flags) ON positions TO vigil_app;
CREATE POLICY with_carrier ON positions FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM tracked t WHERE t.id = tracked_id));
CREATE POLICY with_carrier ON latest_positions FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM tracked t WHERE t.id = tracked_id));

-- A device signs in: it answers to the key's hash and the device's name together, and only while the key lasts. What
-- follows in this transaction may add positions of this one carrier and see nothing else.
CREATE FUNCTION vigil.enter_device(hash bytea, named text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    found bigint;
    device bigint;
BEGIN
    SELECT d.tracked_id, d.id INTO found, device FROM trackers d JOIN tracked t ON t.id = d.tracked_id
    LEFT JOIN patrols p ON p.id = t.patrol_id
    WHERE d.key_hash = hash AND d.name = upper(named) AND d.revoked_at IS NULL AND d.expires_at > now()
      AND t.retired_at IS NULL AND coalesce(p.ended_at, now()) > now() - interval '1 day';
    PERFORM set_config('vigil.carrier', coalesce(found::text, ''), true),
        set_config('vigil.device', coalesce(device::text, ''), true);
    RETURN found;
END $$;

-- A device was lost: what it told since is not believed, and its carrier stands where the others say. What others told
-- of the carrier stays, so that nobody can wipe a patrol's way by calling a device lost.
CREATE FUNCTION vigil.distrust_since(device bigint, since timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    carrier bigint := (SELECT d.tracked_id FROM trackers d JOIN tracked t ON t.id = d.tracked_id
                       WHERE d.id = device AND vigil.may_in(t.sector_id, 'patrols:plan', 'patrols:send'));
BEGIN
    IF carrier IS NULL THEN
        RAISE EXCEPTION 'This carrier is of another sector.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    UPDATE positions SET flags = flags | 32
    WHERE tracked_id = carrier AND tracker_id = device AND received_at >= since;
    DELETE FROM latest_positions WHERE tracked_id = carrier;
    INSERT INTO latest_positions (tracked_id, patrol_id, sector_id, at, place, speed_kph, course)
    SELECT t.id, t.patrol_id, t.sector_id, p.at, p.place, p.speed_kph, p.course
    FROM tracked t JOIN positions p ON p.tracked_id = t.id
    WHERE t.id = carrier AND p.flags & 39 = 0 ORDER BY p.at DESC LIMIT 1;
END $$;
-- When a device was ended, for whoever asks what the room believed before: only then did its fixes become doubtful.
CREATE FUNCTION vigil.device_ended_at(device bigint) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT revoked_at FROM trackers WHERE id = device;
$$;
REVOKE EXECUTE ON FUNCTION vigil.device_ended_at(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.device_ended_at(bigint) TO vigil_app;
REVOKE EXECUTE ON FUNCTION vigil.enter_device(bytea, text), vigil.distrust_since(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.enter_device(bytea, text), vigil.distrust_since(bigint, timestamptz) TO vigil_app;
