-- A leader reads the patrols that he leads as long as they are work of his: a phone that is taken must not open every patrol that
-- its owner ever led. Two days after the end, until the report that he has begun is sent, and a week for beginning it. Whoever reads
-- patrols otherwise keeps that.
CREATE FUNCTION vigil.owes_report(patrol bigint, ended timestamptz) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce((SELECT r.state IN ('draft', 'returned') FROM patrol_reports r WHERE r.patrol_id = patrol),
                    ended > now() - interval '7 days');
$$;
REVOKE EXECUTE ON FUNCTION vigil.owes_report(bigint, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.owes_report(bigint, timestamptz) TO vigil_app, vigil_worker;
DROP POLICY reads ON patrols;
CREATE POLICY reads ON patrols FOR SELECT TO vigil_app, vigil_worker
    USING ((SELECT vigil.anywhere('patrols:read')) OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[])
           OR leader_id = (SELECT vigil.person_id())
              AND (ended_at IS NULL OR ended_at > now() - interval '48 hours' OR vigil.owes_report(id, ended_at)));
DROP POLICY reads ON patrol_reports;
CREATE POLICY reads ON patrol_reports FOR SELECT TO vigil_app, vigil_worker
    USING (author_id = (SELECT vigil.person_id()) AND EXISTS (SELECT 1 FROM patrols p WHERE p.id = patrol_id)
           OR (state <> 'draft'
               AND ((SELECT vigil.anywhere('patrols:read'))
                    OR sector_id = ANY ((SELECT vigil.sectors_for('patrols:read'))::bigint[]))));
