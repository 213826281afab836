-- A plan tells where patrols will be and where not, before they set out: read by those who read patrols there, made by
-- those who plan them, in their own name.
CALL vigil.guard('plans', read => 'patrols:read', add => 'patrols:plan', change => 'patrols:plan', sector => 'sector_id');
CREATE POLICY own_name ON plans AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND state = 'solving' AND result IS NULL AND ground IS NULL);
-- What was issued or withdrawn stands; issued in one's own name.
CREATE POLICY stands ON plans AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (state IN ('solving', 'ready')) WITH CHECK (issued_by_id IS NULL OR issued_by_id = (SELECT vigil.person_id()));
REVOKE INSERT, UPDATE ON plans FROM vigil_worker;
REVOKE UPDATE ON plans FROM vigil_app;
GRANT UPDATE (state, ground, result, issued_by_id, issued_at) ON plans TO vigil_app;

-- What was found is not changed any more: it was checked as it stands.
CREATE FUNCTION vigil.keep_found() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.result IS NOT NULL AND (NEW.result IS DISTINCT FROM OLD.result OR NEW.ground IS DISTINCT FROM OLD.ground) THEN
        RAISE EXCEPTION 'A plan that was found is not changed.' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER keep_found BEFORE UPDATE ON plans FOR EACH ROW EXECUTE FUNCTION vigil.keep_found();

CALL vigil.guard('plan_patrols');
GRANT SELECT, INSERT ON plan_patrols TO vigil_app;
CREATE POLICY reads ON plan_patrols FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM plans p WHERE p.id = plan_id));
CREATE POLICY adds ON plan_patrols FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT 1 FROM plans p WHERE p.id = plan_id AND p.state = 'ready'
        AND (vigil.anywhere('patrols:plan') OR p.sector_id = ANY (vigil.sectors_for('patrols:plan')))));
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('plans', 'at');
CALL vigil.protect('plans', 'id');
CALL vigil.protect('plan_patrols', 'patrol_id');
