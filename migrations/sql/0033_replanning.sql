-- What the rest of a day becomes when a patrol is called away: new times, and stops that are called off. Who may do so is
-- the policies' of patrol_stops as it stands (0006_policies.sql): whoever plans, sends or leads the patrol.
GRANT UPDATE (arrive_planned, depart_planned, called_off_at, called_off_for_id) ON patrol_stops TO vigil_app;
CREATE FUNCTION vigil.keep_what_is_called_off() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- A stop where a patrol has been can't be taken out of its day, and what is called off stays so; its leader reports
    -- what he did and changes no times of his order.
    IF NEW.called_off_at IS DISTINCT FROM OLD.called_off_at OR NEW.called_off_for_id IS DISTINCT FROM OLD.called_off_for_id
       OR NEW.arrive_planned IS DISTINCT FROM OLD.arrive_planned
       OR NEW.depart_planned IS DISTINCT FROM OLD.depart_planned THEN
        IF OLD.arrived_at IS NOT NULL OR OLD.called_off_at IS NOT NULL THEN
            RAISE EXCEPTION 'This stop is over, and its plan stands.' USING ERRCODE = 'insufficient_privilege';
        END IF;
        IF current_user = 'vigil_app' AND NOT EXISTS (
            SELECT 1 FROM patrols p
            WHERE p.id = OLD.patrol_id AND vigil.may_in(p.sector_id, 'patrols:plan', 'patrols:send')) THEN
            RAISE EXCEPTION 'The day of a patrol is planned by those who send it.' USING ERRCODE = 'insufficient_privilege';
        END IF;
    END IF;
    RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.keep_what_is_called_off() FROM PUBLIC;
CREATE TRIGGER keep_what_is_called_off BEFORE UPDATE ON patrol_stops
    FOR EACH ROW EXECUTE FUNCTION vigil.keep_what_is_called_off();
