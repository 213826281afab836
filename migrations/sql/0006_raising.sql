-- Whatever belongs to an alert from its first moment, in one call, since each round trip is waited for: the weighing with
-- its reasons, the first step, the clocks, and the work that is due when one of them runs out. Runs with the caller's
-- rights: policies and the ledger's triggers hold as for statements of his own.

CREATE FUNCTION vigil.begin_chain(
    alert bigint, score bigint, reasons jsonb, at timestamptz, role text, echelon text, clocks text[], due timestamptz[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    -- Drawn before: RETURNING would ask for the right to read what a reporter may only add.
    ids bigint[] := ARRAY(SELECT nextval('alert_clock_ids') FROM unnest(clocks));
BEGIN
    INSERT INTO alert_weighings (alert_id, score, reasons) VALUES (alert, score, reasons);
    INSERT INTO alert_steps (alert_id, kind, at, by_id, by_role) VALUES (alert, 'raised', at, vigil.person_id(), role);
    INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at)
        SELECT c.id, alert, c.clock, echelon, c.due FROM unnest(ids, clocks, due) AS c(id, clock, due);
    INSERT INTO outbox (queue, job, args, not_before)
        SELECT 'urgent', 'workers.alerts.escalate', jsonb_build_array(c.id::text), c.due
        FROM unnest(ids, due) AS c(id, due);
END $$;
