DROP POLICY visits_told ON positions;
DROP POLICY visits_told ON trackers;
DROP POLICY visits_ended ON trackers;
ALTER POLICY reads ON saved_views USING (
    (SELECT vigil.holds('mission:see_map')) AND (for_shift OR owner_id = (SELECT vigil.person_id())));
DROP FUNCTION vigil.patrol_facts(timestamptz, timestamptz);
DROP FUNCTION vigil.went_integrated(jsonb, jsonb, text);
