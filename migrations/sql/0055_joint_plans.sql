-- With whom a plan sends a patrol out, for those who write its order: they may not read a plan of a sector above theirs.
CREATE FUNCTION vigil.planned_jointly(of_patrol bigint) RETURNS TABLE (clearance_id bigint, state_forces bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT t.clearance_id, t.state_forces FROM plan_patrols t JOIN patrols p ON p.id = t.patrol_id
    WHERE t.patrol_id = of_patrol AND t.clearance_id IS NOT NULL
        AND vigil.may_in(p.sector_id, 'patrols:plan', 'patrols:send');
$$;
REVOKE EXECUTE ON FUNCTION vigil.planned_jointly(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.planned_jointly(bigint) TO vigil_app;

-- Nobody takes soldiers of the State to a defender's door, whatever was decided of their unit.
CREATE POLICY visits_alone ON patrol_orders AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (NOT joint OR NOT EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id AND p.purpose = 'defender_visit'));
