-- Signals of patrols: a yes that concerns a child or sexual violence, for the adviser whose concern it is and for nobody else.
CALL vigil.guard('signals');
GRANT SELECT ON signals TO vigil_app;
CREATE POLICY reads ON signals FOR SELECT TO vigil_app
    USING (told AND CASE concern WHEN 'child' THEN (SELECT vigil.anywhere('signals:see_children'))
                                 ELSE (SELECT vigil.anywhere('signals:see_sexual_violence')) END);
-- In one's own name: whoever took it up settles it, once.
GRANT UPDATE (taken_at, taken_by_id, settled_at, settled_by_id, outcome) ON signals TO vigil_app;
CREATE POLICY takes ON signals FOR UPDATE TO vigil_app
    USING (settled_at IS NULL AND coalesce(taken_by_id, (SELECT vigil.person_id())) = (SELECT vigil.person_id())
           AND told AND CASE concern WHEN 'child' THEN (SELECT vigil.anywhere('signals:see_children'))
                                     ELSE (SELECT vigil.anywhere('signals:see_sexual_violence')) END)
    WITH CHECK (taken_by_id = (SELECT vigil.person_id())
                AND (settled_at IS NULL OR settled_by_id = (SELECT vigil.person_id())));

-- Two rows of every report that is sent, the noes as well: the log tells that rows were written, and a row for each yes would tell
-- its readers where there was one. Out of the report itself, so that nobody tells what no report says, and none is forgotten.
CREATE FUNCTION vigil.tell_signals_of(report bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
    INSERT INTO signals (report_id, concern, told, told_at, sector_id, call_sign, patrol_ended_at)
    SELECT r.id, c.concern, coalesce((r.blocks -> 'signal' ->> c.concern)::boolean, false), r.submitted_at, r.sector_id,
           p.call_sign, p.ended_at
    FROM patrol_reports r JOIN patrols p ON p.id = r.patrol_id, unnest(ARRAY['child', 'sexual_violence']) AS c(concern)
    WHERE r.id = report AND r.submitted_at IS NOT NULL
    ORDER BY c.concern
    ON CONFLICT (report_id, concern) DO UPDATE SET told = excluded.told, told_at = excluded.told_at;
$$;
CREATE FUNCTION vigil.tell_signals() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM vigil.tell_signals_of(NEW.id);
    RETURN NULL;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.tell_signals_of(bigint), vigil.tell_signals() FROM PUBLIC;
CREATE TRIGGER tell_signals AFTER UPDATE ON patrol_reports FOR EACH ROW
    WHEN (NEW.state = 'submitted' AND OLD.state <> 'submitted') EXECUTE FUNCTION vigil.tell_signals();

CALL vigil.protect('signals', 'id');

-- Those of reports that were sent before. Their advisers were to be told by mouth; nobody knows whether they were.
SELECT vigil.tell_signals_of(id) FROM patrol_reports ORDER BY id;
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'signals.told', 'signals:earlier', convert_to(
    '{"action":"signals.told","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"signals:earlier","v":1}', 'UTF8');
