-- Check-ins that were agreed with a defender: parts of the file, for those who read it. Of a missed one operations hear that a
-- person under protection was not heard of in a sector: neither whose plan it is nor that this defender has one.

CALL vigil.guard('check_in_plans');
GRANT SELECT, INSERT ON check_in_plans TO vigil_app;
CREATE POLICY reads ON check_in_plans FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id));
CREATE POLICY adds ON check_in_plans FOR INSERT TO vigil_app
    WITH CHECK ((SELECT vigil.holds('defenders:keep')) AND agreed_by_id = (SELECT vigil.person_id()) AND ended_at IS NULL
                AND EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id)
                AND EXISTS (SELECT 1 FROM consents c WHERE c.defender_id = check_in_plans.defender_id AND c.scope IN (2, 3)
                            AND c.withdrawn_at IS NULL AND (now() AT TIME ZONE 'UTC')::date BETWEEN c.given_on AND c.until));
-- What was agreed stands; that it is suspended or has ended is said in one's own name.
GRANT UPDATE (runs_from, suspended_at, ended_at, ended_by_id, ended_why) ON check_in_plans TO vigil_app;
CREATE POLICY changes ON check_in_plans FOR UPDATE TO vigil_app
    USING (ended_at IS NULL AND (SELECT vigil.holds('defenders:keep'))
           AND EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id))
    WITH CHECK (ended_by_id IS NULL OR ended_by_id = (SELECT vigil.person_id()));

CALL vigil.guard('check_ins');
GRANT SELECT, INSERT ON check_ins TO vigil_app;
CREATE POLICY reads ON check_ins FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM defenders d WHERE d.id = defender_id));
CREATE POLICY adds ON check_ins FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND heard_at <= now() + interval '5 minutes'
                AND EXISTS (SELECT 1 FROM check_in_plans p WHERE p.id = plan_id AND p.defender_id = check_ins.defender_id
                            AND p.ended_at IS NULL));
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.tell_time_itself('check_in_plans', 'recorded_at');
CALL vigil.tell_time_itself('check_ins', 'recorded_at');
CALL vigil.protect('check_in_plans', 'id');
CALL vigil.protect('check_ins', 'id');

-- What the rules' process may know of them, and nobody else: a number, the sector, how long may pass, and when somebody was heard
-- of since then (and last before). `ended`: from then on it is not watched: suspended, ended, or without the consent to share.
CREATE FUNCTION vigil.check_ins_to_watch(since timestamptz)
RETURNS TABLE (plan_id bigint, sector_id bigint, allowed_seconds double precision, begun timestamptz, heard timestamptz[],
               ended timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, d.sector_id, (60 * (p.interval_minutes + p.grace_minutes))::double precision,
        coalesce((SELECT max(c.heard_at) FROM check_ins c
                  WHERE c.plan_id = p.id AND c.heard_at >= p.runs_from AND c.heard_at < since), p.runs_from),
        ARRAY(SELECT c.heard_at FROM check_ins c
              WHERE c.plan_id = p.id AND c.heard_at >= greatest(since, p.runs_from) ORDER BY 1),
        -- LEAST passes over what is NULL.
        least(p.suspended_at, p.ended_at, coalesce(
            (SELECT max(least(c.withdrawn_at, (c.until + 1)::timestamp AT TIME ZONE 'UTC')) FROM consents c
             WHERE c.defender_id = p.defender_id AND c.scope IN (2, 3)), p.runs_from))
    FROM check_in_plans p JOIN defenders d ON d.id = p.defender_id
    WHERE vigil.person_id() IS NULL AND session_user = 'vigil_worker'
      AND (p.ended_at IS NULL OR p.ended_at > since - interval '30 days');
$$;
REVOKE EXECUTE ON FUNCTION vigil.check_ins_to_watch(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.check_ins_to_watch(timestamptz) TO vigil_worker;

-- Whether any rule that is switched on watches check-ins in a sector: for those who agree on them, who read no rules.
CREATE FUNCTION vigil.check_ins_are_watched(sector bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT vigil.holds('defenders:read') AND EXISTS (
        SELECT 1 FROM rules r JOIN rule_versions v ON v.rule_id = r.id AND v.version = r.version
        WHERE r.enabled_at IS NOT NULL AND r.kind = 'check_in' AND v.parameters ->> 'of' = 'protected'
          AND (r.sector_id IS NULL OR r.sector_id = sector));
$$;
-- The file behind an alert of a missed check-in, for those who may read that file; for all others there is none.
CREATE FUNCTION vigil.file_behind(alert bigint) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT d.id FROM rule_lapses l JOIN check_in_plans p ON l.subject = 'check_in_plan:' || p.id
    JOIN defenders d ON d.id = p.defender_id
    WHERE l.alert_id = alert AND d.compartment = ANY (vigil.compartments())
      AND (vigil.anywhere('defenders:read') OR d.sector_id = ANY (vigil.sectors_for('defenders:read')))
    LIMIT 1;
$$;
REVOKE EXECUTE ON FUNCTION vigil.check_ins_are_watched(bigint), vigil.file_behind(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.check_ins_are_watched(bigint), vigil.file_behind(bigint) TO vigil_app;

-- Whoever reads rules would else see one plan's lapses under one number, and follow a person by them.
CREATE POLICY no_person ON rule_lapses AS RESTRICTIVE FOR SELECT TO vigil_app USING (subject NOT LIKE 'check_in_plan:%');

-- A missed check-in is a channel of its own; the worker raises nothing else.
DROP POLICY only_rules ON alerts;
CREATE POLICY only_rules ON alerts AS RESTRICTIVE FOR INSERT TO vigil_worker
    WITH CHECK (channel IN ('rule', 'missed_check_in') AND reporter_id IS NULL AND report_id IS NULL);
DROP POLICY rule ON alert_weighings;
CREATE POLICY rule ON alert_weighings FOR INSERT TO vigil_worker
    WITH CHECK ((SELECT vigil.person_id()) IS NULL
                AND EXISTS (SELECT 1 FROM alerts a WHERE a.id = alert_id AND a.channel IN ('rule', 'missed_check_in')
                            AND a.raised_at = now()));
