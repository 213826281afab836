-- Handing over. The note and what was open are written once; only the incoming officer's signature is added, in his own
-- name, and never by whoever wrote the note.
CALL vigil.guard('handovers', read => 'shifts:read', sector => 'sector_id');
GRANT INSERT ON handovers TO vigil_app;
CREATE POLICY hands_over ON handovers FOR INSERT TO vigil_app
    WITH CHECK (written_by_id = (SELECT vigil.person_id()) AND accepted_by_id IS NULL
                AND ((SELECT vigil.anywhere('shifts:hand_over'))
                     OR sector_id = ANY ((SELECT vigil.sectors_for('shifts:hand_over'))::bigint[])));
GRANT UPDATE (accepted_by_id, accepted_by_role, accepted_at, remark) ON handovers TO vigil_app;
CREATE POLICY accepts ON handovers FOR UPDATE TO vigil_app
    USING (accepted_at IS NULL AND written_by_id <> (SELECT vigil.person_id())
           AND ((SELECT vigil.anywhere('shifts:hand_over'))
                OR sector_id = ANY ((SELECT vigil.sectors_for('shifts:hand_over'))::bigint[])))
    WITH CHECK (accepted_by_id = (SELECT vigil.person_id()));
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
CALL vigil.protect('handovers', 'id');

-- The names of those who signed the notes that the viewer reads. Nobody reads the list of people for it.
CREATE FUNCTION vigil.signatories() RETURNS TABLE (person_id bigint, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT p.id, p.name FROM people p WHERE EXISTS (
        SELECT 1 FROM handovers h WHERE p.id IN (h.written_by_id, h.accepted_by_id)
        AND (vigil.anywhere('shifts:read') OR h.sector_id = ANY (vigil.sectors_for('shifts:read'))));
$$;
REVOKE EXECUTE ON FUNCTION vigil.signatories() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.signatories() TO vigil_app;
