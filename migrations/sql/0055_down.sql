CREATE OR REPLACE FUNCTION vigil.lacks_clearance(of_patrol bigint) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce((SELECT o.joint AND NOT vigil.is_cleared(o.clearance_id, o.patrol_id) FROM patrol_orders o
                     WHERE o.patrol_id = of_patrol AND o.approved_at IS NOT NULL ORDER BY o.version DESC LIMIT 1), false);
$$;
DROP FUNCTION vigil.plan_lacks_clearance(bigint);
DROP POLICY own_patrols ON plan_patrols;
ALTER TABLE patrol_orders DROP CONSTRAINT ck_patrol_orders_joint_as_composed;
DROP POLICY visits_alone ON patrol_orders;
DROP FUNCTION vigil.planned_jointly(bigint);
-- What stands is recorded anew: patrols of plans without their partners, sites without a need that older code does not know.
ALTER TABLE plan_patrols DROP COLUMN clearance_id, DROP COLUMN state_forces;
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'plans.partners_unnamed', 'plan_patrols:all', convert_to(
    '{"action":"plans.partners_unnamed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"plan_patrols:all","v":1}', 'UTF8');
UPDATE plan_patrols SET tour = tour;
UPDATE sites SET needs = array_remove(needs, 'alone') WHERE 'alone' = ANY (needs);
