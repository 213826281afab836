DELETE FROM vigil.protected_tables WHERE table_name IN ('mixes', 'draws', 'draw_seeds');
DELETE FROM procedures WHERE key = 'draw_hour';
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_removed', 'procedures:draws', convert_to(
    '{"action":"mission.procedures_removed","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:draws","v":1}', 'UTF8');
DELETE FROM solves WHERE kind = 'mix';
CALL vigil.codes_of('take', 'solves', 'kind', ARRAY['mix']);
ALTER TABLE solves VALIDATE CONSTRAINT ck_solves_kind;
CREATE OR REPLACE FUNCTION vigil.hears_solve(kind text, sector bigint, asked_by bigint, stops boolean) RETURNS boolean
LANGUAGE sql STABLE AS $$
    SELECT asked_by = vigil.person_id() OR EXISTS (
        SELECT 1 FROM (SELECT CASE WHEN kind = 'plan' THEN CASE WHEN stops THEN 'patrols:plan' ELSE 'patrols:read' END
                                   ELSE CASE WHEN stops THEN 'havens:keep' ELSE 'havens:read' END END) AS needed (p)
        WHERE vigil.anywhere(p) OR sector = ANY (vigil.sectors_for(p)))
        OR (kind = 'siting' AND stops AND (vigil.anywhere('patrols:plan') OR sector = ANY (vigil.sectors_for('patrols:plan'))));
$$;
DROP FUNCTION vigil.sealings(bigint), vigil.draws_waiting(), vigil.open_seed(bigint), vigil.draw_day(bigint), vigil.seal_mix(bigint);
DROP TRIGGER keep_mix ON mixes;
DROP FUNCTION vigil.keep_mix(), vigil.drawn_of(jsonb, bytea, date), vigil.draw_digest(jsonb), vigil.draw_commitment(bytea),
    vigil.draw_number(bytea, date, bigint), vigil.hmac_sha256(bytea, bytea);
