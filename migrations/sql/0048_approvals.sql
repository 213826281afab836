-- A decision not to respond waits for its approver no longer than a clock lets it: it runs from the decision, climbs the alert's
-- ladder as the others do, and is stopped by the approval or the refusal alone.
CALL vigil.codes_of('add', 'alert_clocks', 'clock', ARRAY['approve']);

-- As 0022_hardened.sql has it else.
CREATE OR REPLACE FUNCTION vigil.refuse_unstepped_clock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF (NEW.stopped_at IS DISTINCT FROM OLD.stopped_at AND NOT vigil.stepped_now(NEW.alert_id, VARIADIC CASE
            WHEN NEW.stopped_at IS NULL THEN ARRAY['parted']
            WHEN NEW.clock = 'acknowledge' THEN ARRAY['acknowledged', 'closed', 'merged']
            WHEN NEW.clock = 'verify' THEN ARRAY['verified', 'closed', 'merged']
            WHEN NEW.clock = 'decide' THEN ARRAY['decided', 'declined', 'closed', 'merged']
            WHEN NEW.clock = 'approve' THEN ARRAY['non_response_approved', 'non_response_refused', 'closed']
            ELSE ARRAY['feedback', 'closed', 'merged'] END))
       OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND NOT vigil.stepped_now(NEW.alert_id, 'triaged', 'passed_on'))
       OR (NEW.passed_on_by_id IS DISTINCT FROM OLD.passed_on_by_id
           AND (NEW.passed_on_by_id IS DISTINCT FROM vigil.person_id() OR NOT vigil.stepped_now(NEW.alert_id, 'passed_on')))
    THEN
        RAISE EXCEPTION 'A clock is moved by a step of its alert.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('approve_minutes_p1', 10, 'minutes', 'Not responding to a P1: until somebody else approves or refuses it'),
    ('approve_minutes_p2', 60, 'minutes', 'Not responding to a P2: until somebody else approves or refuses it'),
    ('approve_minutes_p3', 240, 'minutes', 'Not responding to a P3: until somebody else approves or refuses it'),
    ('approve_minutes_p4', 1440, 'minutes', 'Not responding to a P4: until somebody else approves or refuses it');

-- What waits already has its time from now.
INSERT INTO alert_clocks (id, alert_id, clock, echelon, due_at, rung)
SELECT nextval('alert_clock_ids'), a.id, 'approve', a.owner_echelon, now() + make_interval(mins => p.value::int),
    CASE a.owner_echelon WHEN 'sector' THEN 1 WHEN 'force_headquarters' THEN 2 WHEN 'head_of_mission' THEN 3 END
FROM alerts a JOIN procedures p ON p.key = 'approve_minutes_' || lower(a.priority)
WHERE a.status = 'decided' AND a.decision = 'not_respond' AND coalesce(
    (SELECT s.kind FROM alert_steps s WHERE s.alert_id = a.id AND s.kind IN ('declined', 'non_response_approved')
     ORDER BY s.id DESC LIMIT 1), '') <> 'non_response_approved';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:approvals', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:approvals","v":1}', 'UTF8');
