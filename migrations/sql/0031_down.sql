DELETE FROM vigil.protected_tables WHERE table_name = 'siting_studies';
DROP TABLE siting_studies;
CREATE OR REPLACE FUNCTION vigil.hears_solve(kind text, sector bigint, asked_by bigint, stops boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT asked_by = vigil.person_id() OR EXISTS (
        SELECT 1 FROM (SELECT CASE WHEN kind = 'plan' THEN CASE WHEN stops THEN 'patrols:plan' ELSE 'patrols:read' END
                                   ELSE CASE WHEN stops THEN 'havens:keep' ELSE 'havens:read' END END) AS needed (p)
        WHERE vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p)));
$$;
