-- Patrol orders, the gate of due diligence before them, codes at stops, and deviations from what was ordered.

-- Who is to be supported, and whether: known to everybody who orders patrols or answers for human rights; decided by few.
CALL vigil.guard('due_diligence', read => 'due_diligence:read');
GRANT INSERT ON due_diligence TO vigil_app;
CREATE POLICY decides ON due_diligence FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.anywhere('due_diligence:decide')) AND decided_by_id = (SELECT vigil.person_id())
                AND suspended_at IS NULL);
-- What was decided stands; it is suspended in one's own name, and a new decision is a new row.
GRANT UPDATE (suspended_at, suspended_by_id, suspended_why) ON due_diligence TO vigil_app;
CREATE POLICY suspends ON due_diligence FOR UPDATE TO vigil_app
    USING (suspended_at IS NULL AND (SELECT vigil.anywhere('due_diligence:decide')))
    WITH CHECK (suspended_by_id = (SELECT vigil.person_id()));

-- Asked where an order is written and where it is approved, of officers who may not read the register themselves.
CREATE FUNCTION vigil.is_cleared(clearance bigint, patrol bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM due_diligence d, patrols p WHERE d.id = clearance AND p.id = patrol AND d.decision <> 'refuse'
                   AND d.suspended_at IS NULL AND d.review_on >= (p.planned_end AT TIME ZONE 'UTC')::date);
$$;
REVOKE EXECUTE ON FUNCTION vigil.is_cleared(bigint, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.is_cleared(bigint, bigint) TO vigil_app;

-- A version is written once. Another officer adds his name to it, and nothing else of it ever changes.
CALL vigil.guard('patrol_orders');
GRANT SELECT, INSERT ON patrol_orders TO vigil_app;
GRANT SELECT ON patrol_orders TO vigil_worker;
CREATE POLICY with_patrol ON patrol_orders FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY watches ON patrol_orders FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL);
CREATE POLICY writes ON patrol_orders FOR INSERT TO vigil_app
    WITH CHECK (written_by_id = (SELECT vigil.person_id()) AND approved_at IS NULL
                AND EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id
                            AND vigil.may_in(p.sector_id, 'patrols:plan', 'patrols:send'))
                AND (NOT joint OR vigil.is_cleared(clearance_id, patrol_id)));
GRANT UPDATE (approved_by_id, approved_by_role, approved_at) ON patrol_orders TO vigil_app;
CREATE POLICY approves ON patrol_orders FOR UPDATE TO vigil_app
    USING (approved_at IS NULL AND written_by_id <> (SELECT vigil.person_id())
           AND EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id AND vigil.may_in(p.sector_id, 'patrols:plan')))
    WITH CHECK (approved_by_id = (SELECT vigil.person_id())
                AND (NOT joint OR vigil.is_cleared(clearance_id, patrol_id)));

-- A code is drawn by those who order patrols; the patrol's leader shows that he has read it on the card. Kept as a hash.
CALL vigil.guard('stop_codes');
GRANT SELECT, INSERT ON stop_codes TO vigil_app;
CREATE POLICY tries ON stop_codes FOR SELECT TO vigil_app USING (vigil.moves_patrol(patrol_id, true));
CREATE POLICY gives ON stop_codes FOR INSERT TO vigil_app
    WITH CHECK (given_by_id = (SELECT vigil.person_id()) AND refused = 0
                AND EXISTS (SELECT 1 FROM patrol_stops s JOIN patrols p ON p.id = s.patrol_id
                            WHERE s.id = stop_id AND p.id = stop_codes.patrol_id
                            AND vigil.may_in(p.sector_id, 'patrols:plan', 'patrols:send')));
GRANT UPDATE (refused) ON stop_codes TO vigil_app;
CREATE POLICY counts ON stop_codes FOR UPDATE TO vigil_app USING (vigil.moves_patrol(patrol_id, true));

-- Deviations are the rules' process' to write; the patrol's leader or an officer says why.
CALL vigil.guard('patrol_deviations');
GRANT SELECT ON patrol_deviations TO vigil_app;
GRANT SELECT, INSERT, UPDATE ON patrol_deviations TO vigil_worker;
CREATE POLICY with_patrol ON patrol_deviations FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id));
CREATE POLICY watches ON patrol_deviations TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL) WITH CHECK ((SELECT vigil.person_id()) IS NULL);
GRANT UPDATE (acknowledged_at, acknowledged_by_id, acknowledged_by_role, reason, note) ON patrol_deviations TO vigil_app;
CREATE POLICY acknowledges ON patrol_deviations FOR UPDATE TO vigil_app
    USING (acknowledged_at IS NULL AND vigil.moves_patrol(patrol_id, true))
    WITH CHECK (acknowledged_by_id = (SELECT vigil.person_id()));

-- How an arrival came to be known is said by whoever says it (columns as 0006_closing.sql has them).
GRANT UPDATE (arrived_by, departed_by) ON patrol_stops TO vigil_app;
-- An arrival that the positions show is written by that process, and marked so.
GRANT SELECT, UPDATE (arrived_at, arrived_by, departed_at, departed_by) ON patrol_stops TO vigil_worker;
CREATE POLICY watches ON patrol_stops FOR SELECT TO vigil_worker USING ((SELECT vigil.person_id()) IS NULL);
CREATE POLICY by_position ON patrol_stops FOR UPDATE TO vigil_worker
    USING ((SELECT vigil.person_id()) IS NULL)
    WITH CHECK (arrived_by = 'position' OR departed_by = 'position');

-- The way that a plan was made with, for those who write patrols (0006_policies.sql, 0013_own_clocks.sql).
GRANT INSERT (route), UPDATE (route) ON patrols TO vigil_app;

CALL vigil.tell_time_itself('due_diligence', 'decided_at');
CALL vigil.tell_time_itself('patrol_orders', 'written_at');
CALL vigil.tell_time_itself('stop_codes', 'given_at');
CALL vigil.tell_time_itself('patrol_deviations', 'noticed_at');
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app, vigil_worker;
CALL vigil.protect('due_diligence', 'id');
CALL vigil.protect('patrol_orders', 'id');
CALL vigil.protect('stop_codes', 'id');
CALL vigil.protect('patrol_deviations', 'id');

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('order_off_route_metres', 1500, 'metres', 'Patrol orders: off the planned line by more than'),
    ('order_straight_metres', 10000, 'metres', 'Patrol orders: off the straight way, where no line was planned, by more than'),
    ('order_off_route_minutes', 10, 'minutes', 'Patrol orders: off the planned line for longer than'),
    ('order_late_minutes', 30, 'minutes', 'Patrol orders: late at a stop by more than'),
    ('order_arrival_metres', 500, 'metres', 'Patrol orders: a position shows an arrival within'),
    ('order_arrival_minutes', 5, 'minutes', 'Patrol orders: a position shows an arrival after');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:patrol_orders', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:patrol_orders","v":1}', 'UTF8');
