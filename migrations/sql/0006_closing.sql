-- Last: what is taken back again.

-- PostgreSQL lets everybody execute what is made. A trigger's function on a table of one's own would write into the log
-- whatever one likes: nobody needs the right but whoever makes triggers.
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT oid::regprocedure AS name FROM pg_proc
                WHERE pronamespace = 'vigil'::regnamespace AND (prorettype = 'trigger'::regtype OR prokind = 'p') LOOP
        EXECUTE format('REVOKE EXECUTE ON ROUTINE %s FROM PUBLIC', made.name);
    END LOOP;
END $$;

-- What was written when a thing began stands: its words, its place, whose it is. Only what moves may be changed.
DO $$
DECLARE
    moving record;
BEGIN
    FOR moving IN SELECT * FROM (VALUES
        ('alerts', 'status, version, verification, source_reliability, credibility, decision, non_response_reason, outcome, '
                   'owner_id, owner_echelon'),
        ('alert_clocks', 'due_at, stopped_at, ran_out_at'),
        ('taskings', 'departed_at, arrived_at'),
        ('patrols', 'state, started_at, ended_at, abandoned_reason'),
        ('patrol_stops', 'arrived_at, departed_at'),
        ('havens', 'state, occupancy, needs, supplies, inspected_on, changed_at'),
        ('risk_assessments', 'reviewed_by_id, reviewed_at'),
        ('consents', 'withdrawn_at')) AS m(name, columns)
    LOOP
        EXECUTE format('REVOKE UPDATE ON %I FROM vigil_app, vigil_worker', moving.name);
        EXECUTE format('GRANT UPDATE (%s) ON %I TO vigil_app', moving.columns, moving.name);
    END LOOP;
END $$;
-- The escalation clock.
GRANT UPDATE (version, owner_echelon) ON alerts TO vigil_worker;
GRANT UPDATE (ran_out_at) ON alert_clocks TO vigil_worker;
REVOKE INSERT ON alerts, alert_weighings, taskings FROM vigil_worker;

-- Of an alert, the leader of a patrol that was sent to it moves the state to under way or on scene and nothing else; and
-- what was decided is written by those who decide.
CREATE FUNCTION vigil.may_in(sector bigint, VARIADIC permissions text[]) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT 1 FROM unnest(permissions) p WHERE vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p)));
$$;
CREATE FUNCTION vigil.keep_to_one_s_part() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_user <> 'vigil_app' THEN
        RETURN NEW;
    END IF;
    IF NOT vigil.may_in(OLD.sector_id, 'alerts:handle', 'alerts:decide', 'alerts:approve_non_response')
       AND (NEW.status NOT IN ('responding', 'on_scene')
            OR to_jsonb(NEW) - 'status' - 'version' IS DISTINCT FROM to_jsonb(OLD) - 'status' - 'version') THEN
        RAISE EXCEPTION 'Whoever leads a patrol reports its departure and arrival alone.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF NEW.decision IS NOT NULL AND NEW.decision IS DISTINCT FROM OLD.decision
       AND NOT vigil.may_in(OLD.sector_id, 'alerts:decide') THEN
        RAISE EXCEPTION 'This alert is decided by others.' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.keep_to_one_s_part() FROM PUBLIC;
CREATE TRIGGER keep_to_one_s_part BEFORE UPDATE ON alerts FOR EACH ROW EXECUTE FUNCTION vigil.keep_to_one_s_part();
