-- As 0006_raising.sql has it, without a job for each clock: the clocks' process finds what has run out by the rows
-- themselves. Three jobs fewer for each alert, and a dead Redis stops no clock.

CREATE OR REPLACE FUNCTION vigil.raise_alert(
    said jsonb, score bigint, points jsonb, role text, clocks text[], due timestamptz[]) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    alert bigint := said ->> 'id';
    echelon text := said ->> 'owner_echelon';
    -- Drawn before: RETURNING would ask for the right to read what a reporter may only add.
    ids bigint[] := ARRAY(SELECT nextval('alert_clock_ids') FROM unnest(clocks));
BEGIN
    INSERT INTO alerts (id, alert_key, kind, channel, priority, verification, reasons, occurred_at, received_at, place,
        radius_metres, place_as_given, admin_code, sector_id, report_id, verbatim, source_code, source_contactable,
        reporter_id, owner_echelon, source_reliability, credibility, place_precision, date_precision)
    SELECT alert, s.key, s.kind, s.channel, s.priority, 'reported', s.reasons, s.occurred_at, s.received_at,
        ST_SetSRID(ST_MakePoint(s.lon, s.lat), 4326), s.radius_metres, s.place_as_given, s.admin_code, s.sector_id,
        s.report_id, s.verbatim, s.source_code, s.source_contactable, vigil.person_id(), echelon, s.source_reliability,
        s.credibility, s.place_precision, s.date_precision
    FROM jsonb_to_record(said) AS s(
        key text, kind text, channel text, priority text, reasons jsonb, occurred_at timestamptz, received_at timestamptz,
        lon double precision, lat double precision, radius_metres bigint, place_as_given text, admin_code text,
        sector_id bigint, report_id uuid, verbatim text, source_code text, source_contactable boolean,
        source_reliability text, credibility bigint, place_precision bigint, date_precision bigint)
    ON CONFLICT DO NOTHING;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    INSERT INTO alert_weighings (alert_id, score, reasons) VALUES (alert, score, points);
    INSERT INTO alert_steps (alert_id, kind, at, by_id, by_role)
        VALUES (alert, 'raised', (said ->> 'received_at')::timestamptz, vigil.person_id(), role);
    INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at)
        SELECT c.id, alert, c.clock, echelon, c.due FROM unnest(ids, clocks, due) AS c(id, clock, due);
    RETURN true;
END $$;
