-- Of a visit to a defender positions come from its leader, from its own devices, and from those who may know of it: what becomes of a
-- position that one has invented would tell others how far the real ones are from it. Behind app/positions/carriers.py.
CREATE POLICY visits_told ON positions AS RESTRICTIVE FOR INSERT TO vigil_app, vigil_worker
    WITH CHECK ((SELECT vigil.person_id()) IS NULL OR tracked_id NOT IN (SELECT vigil.sealed_tracks()));
-- A device of one's own would do the same; to end one where the patrol halts would call up the alert of its silence.
CREATE POLICY visits_told ON trackers AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (tracked_id NOT IN (SELECT vigil.sealed_tracks()));
CREATE POLICY visits_ended ON trackers AS RESTRICTIVE FOR UPDATE TO vigil_app
    USING (tracked_id NOT IN (SELECT vigil.sealed_tracks()));

-- Views for the shift are for those who hand shifts over and take them: they tell what the room looks at, and hold its drawings.
ALTER POLICY reads ON saved_views USING (
    (SELECT vigil.holds('mission:see_map'))
    AND (owner_id = (SELECT vigil.person_id()) OR (for_shift AND (SELECT vigil.holds('shifts:read')))));
