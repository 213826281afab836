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

-- Due diligence is asked of `joint`, and the patrol is made up as `content` says: they are one. Older orders stand as they are.
ALTER TABLE patrol_orders ADD CONSTRAINT ck_patrol_orders_joint_as_composed
    CHECK (joint = (coalesce((content #>> '{composition,state_forces}')::int, 0) > 0)) NOT VALID;

-- A plan sends out, and with whom, the patrols alone that its planner plans, under decisions that hold for them.
CREATE POLICY own_patrols ON plan_patrols AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id AND vigil.may_in(p.sector_id, 'patrols:plan'))
                AND (clearance_id IS NULL OR vigil.is_cleared(clearance_id, patrol_id)));

-- A patrol that a plan sends out jointly, and for which no order is approved yet, is held to that plan's decision: asked of whoever may
-- move the patrol, who may not read the plan.
CREATE FUNCTION vigil.plan_lacks_clearance(of_patrol bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT FROM plan_patrols t JOIN patrols p ON p.id = t.patrol_id
                   WHERE t.patrol_id = of_patrol AND t.clearance_id IS NOT NULL AND NOT vigil.is_cleared(t.clearance_id, p.id)
                     AND (session_user <> 'vigil_app' OR vigil.moves_patrol(p.id, true) OR vigil.may_in(p.sector_id, 'patrols:read')));
$$;
REVOKE EXECUTE ON FUNCTION vigil.plan_lacks_clearance(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.plan_lacks_clearance(bigint) TO vigil_app, vigil_worker;
CREATE OR REPLACE FUNCTION vigil.lacks_clearance(of_patrol bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce((SELECT o.joint AND NOT vigil.is_cleared(o.clearance_id, o.patrol_id) FROM patrol_orders o
                     WHERE o.patrol_id = of_patrol AND o.approved_at IS NOT NULL ORDER BY o.version DESC LIMIT 1),
                    vigil.plan_lacks_clearance(of_patrol));
$$;
