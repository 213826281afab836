-- What was found open when the early warning and response was attacked: ways to hide an alert, clocks moved by hand, ladders
-- that nobody can climb, a watch that is not one's own, and looks that left no trace.

-- Merging hides what follows. So what leads is at least as urgent, stays so, and is not what somebody has already decided not
-- to answer: that decision knew nothing of the alert that is to follow it.
CREATE FUNCTION vigil.refuse_hiding_leader() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NEW.leader_id IS NOT NULL AND NEW.leader_id IS DISTINCT FROM OLD.leader_id AND EXISTS (
        SELECT 1 FROM alerts a WHERE a.id = NEW.leader_id AND (a.priority > NEW.priority OR a.decision = 'not_respond')) THEN
        RAISE EXCEPTION 'This alert would be hidden behind that one.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.priority > OLD.priority AND EXISTS (
        SELECT 1 FROM alerts a WHERE a.leader_id = NEW.id AND a.priority < NEW.priority) THEN
        RAISE EXCEPTION 'A more urgent alert follows this one.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_hiding_leader() FROM PUBLIC;
CREATE TRIGGER hides_nothing BEFORE UPDATE OF leader_id, priority ON alerts
    FOR EACH ROW EXECUTE FUNCTION vigil.refuse_hiding_leader();

-- An alert's state, its decision and its grades change by a step of the same transaction alone, as its place and priority do
-- (0014): a hand on the table closes no alert and decides nothing.
CREATE FUNCTION vigil.refuse_unstepped_state() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF (NEW.status IS DISTINCT FROM OLD.status AND NOT vigil.stepped_now(NEW.id, VARIADIC CASE NEW.status
            WHEN 'acknowledged' THEN ARRAY['acknowledged', 'non_response_refused', 'reopened']
            WHEN 'verified' THEN ARRAY['verified']
            WHEN 'decided' THEN ARRAY['decided', 'declined']
            WHEN 'tasked' THEN ARRAY['tasked']
            WHEN 'responding' THEN ARRAY['departed']
            WHEN 'on_scene' THEN ARRAY['arrived']
            WHEN 'responded' THEN ARRAY['outcome', 'handed_over']
            WHEN 'closed' THEN ARRAY['closed']
            ELSE '{}'::text[] END))
       OR ((NEW.decision, NEW.non_response_reason) IS DISTINCT FROM (OLD.decision, OLD.non_response_reason)
           AND NOT vigil.stepped_now(NEW.id, 'decided', 'declined', 'non_response_refused', 'reopened'))
       OR (NEW.outcome IS DISTINCT FROM OLD.outcome AND NOT vigil.stepped_now(NEW.id, 'outcome', 'reopened'))
       OR ((NEW.source_reliability, NEW.credibility) IS DISTINCT FROM (OLD.source_reliability, OLD.credibility)
           AND NOT vigil.stepped_now(NEW.id, 'verified', 'triaged')) THEN
        RAISE EXCEPTION 'An alert is changed by a step of its chain.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_unstepped_state() FROM PUBLIC;
CREATE TRIGGER stepped_state BEFORE UPDATE OF status, decision, non_response_reason, outcome, source_reliability, credibility
    ON alerts FOR EACH ROW WHEN (current_user = 'vigil_app') EXECUTE FUNCTION vigil.refuse_unstepped_state();

-- Clocks: stopped, put off and passed on by the step that does so, and never said to have run out but by the clocks' process.
REVOKE UPDATE (ran_out_at) ON alert_clocks FROM vigil_app;
CREATE FUNCTION vigil.refuse_unstepped_clock() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF (NEW.stopped_at IS DISTINCT FROM OLD.stopped_at AND NOT vigil.stepped_now(NEW.alert_id, VARIADIC CASE
            WHEN NEW.stopped_at IS NULL THEN ARRAY['parted']
            WHEN NEW.clock = 'acknowledge' THEN ARRAY['acknowledged', 'closed', 'merged']
            WHEN NEW.clock = 'verify' THEN ARRAY['verified', 'closed', 'merged']
            WHEN NEW.clock = 'decide' THEN ARRAY['decided', 'declined', 'closed', 'merged']
            ELSE ARRAY['feedback', 'closed', 'merged'] END))
       OR (NEW.due_at IS DISTINCT FROM OLD.due_at AND NOT vigil.stepped_now(NEW.alert_id, 'triaged', 'passed_on'))
       OR (NEW.passed_on_by_id IS DISTINCT FROM OLD.passed_on_by_id
           AND (NEW.passed_on_by_id IS DISTINCT FROM vigil.person_id() OR NOT vigil.stepped_now(NEW.alert_id, 'passed_on')))
    THEN
        RAISE EXCEPTION 'A clock is moved by a step of its alert.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_unstepped_clock() FROM PUBLIC;
CREATE TRIGGER stepped BEFORE UPDATE ON alert_clocks FOR EACH ROW WHEN (current_user = 'vigil_app')
    EXECUTE FUNCTION vigil.refuse_unstepped_clock();

-- Ladders: one without rungs would stop the clocks of every alert that is to climb it; quiet hours of a whole day would let
-- nobody's telephone ring; and a P1 is told again until somebody acts. NOT VALID: what was in force before stands.
ALTER TABLE ladders
    ADD CONSTRAINT ck_ladders_has_rungs CHECK (jsonb_typeof(rungs) = 'array' AND jsonb_array_length(rungs) BETWEEN 1 AND 6) NOT VALID,
    ADD CONSTRAINT ck_ladders_quiet_half_a_day CHECK (mod(quiet_until - quiet_from + 1440, 1440) <= 720) NOT VALID,
    ADD CONSTRAINT ck_ladders_p1_told_again CHECK (priority <> 'P1' OR "then" = 'tell_again') NOT VALID;

-- A watch ends: nobody holds a post for good by a hand on its row (the standing procedure is shorter).
ALTER TABLE watches ADD CONSTRAINT ck_watches_ends CHECK (until_at <= from_at + interval '7 days') NOT VALID;

-- The number that a reply came from is told in the transaction that has recorded the look, and in no other.
CREATE OR REPLACE FUNCTION vigil.sender_of(reply bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN (SELECT r.sender FROM replies r WHERE r.id = reply AND vigil.anywhere('messages:read') AND EXISTS (
        SELECT 1 FROM ledger_events e WHERE e.txid = pg_current_xact_id() AND coalesce(e.leaf_index, -1) = -1
        AND e.action = 'messages.sender_shown' AND e.subject = 'replies:' || reply));
END $$;

-- A code that came back is used up, and a wrong one is counted, by whichever way it came.
GRANT UPDATE (test_id, wrong_codes) ON contacts TO vigil_worker;

-- A rule that watches for havens tells, by what fires, where one is: it is written by those who read havens there.
CREATE POLICY reads_havens ON rule_versions AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (parameters ->> 'to' IS DISTINCT FROM 'haven'
                OR EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id AND vigil.may_in(r.sector_id, 'havens:read')));

-- Whoever switches a rule off leaves his name on it, for all who read the rule.
GRANT INSERT (rested_at, rested_by_id), UPDATE (rested_at, rested_by_id) ON rules TO vigil_app;
CREATE POLICY rests_nobody ON rules AS RESTRICTIVE FOR INSERT TO vigil_app WITH CHECK (rested_by_id IS NULL);
CREATE FUNCTION vigil.refuse_unnamed_rest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.enabled_at IS NOT NULL AND NEW.enabled_at IS NULL AND (NEW.rested_by_id IS DISTINCT FROM vigil.person_id()
            OR NEW.rested_at IS NULL OR NEW.rested_at < OLD.enabled_at)
       OR NEW.rested_by_id IS DISTINCT FROM OLD.rested_by_id AND NEW.rested_by_id IS DISTINCT FROM vigil.person_id() THEN
        RAISE EXCEPTION 'A rule is switched off in one''s own name.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.refuse_unnamed_rest() FROM PUBLIC;
CREATE TRIGGER in_one_s_own_name BEFORE UPDATE ON rules FOR EACH ROW WHEN (current_user = 'vigil_app')
    EXECUTE FUNCTION vigil.refuse_unnamed_rest();
CREATE OR REPLACE FUNCTION vigil.keepers_of_rules() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p WHERE EXISTS (
        SELECT 1 FROM rules r LEFT JOIN rule_versions v ON v.rule_id = r.id
        WHERE p.id IN (r.created_by_id, r.enabled_by_id, r.rested_by_id, v.by_id)
        AND (vigil.anywhere('rules:read') OR r.sector_id = ANY (vigil.sectors_for('rules:read'))));
$$;

-- An incident that came in by a file remembers which: what a captured account has poured in is found again, all of it.
GRANT INSERT (import_id) ON incidents TO vigil_app;
CREATE POLICY of_own_file ON incidents AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (import_id IS NULL OR EXISTS (SELECT 1 FROM imports i WHERE i.id = import_id
                                             AND i.by_id = (SELECT vigil.person_id()) AND i.state = 'running'));
INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('imported_incidents_per_day', 20000, 'incidents', 'Incidents that one person may bring in by files in a day');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:imports', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:imports","v":1}', 'UTF8');
