-- Signals of patrols: a yes that concerns a child or sexual violence, for the adviser whose concern it is and for nobody else.
CALL vigil.guard('signals');
GRANT SELECT ON signals TO vigil_app;
CREATE POLICY reads ON signals FOR SELECT TO vigil_app
    USING (told AND CASE concern WHEN 'child' THEN (SELECT vigil.anywhere('signals:see_children'))
                                 ELSE (SELECT vigil.anywhere('signals:see_sexual_violence')) END);

-- Two rows of every report that is sent, the noes as well: the log tells that rows were written, and a row for each yes would tell
-- its readers where there was one. Out of the report itself, so that nobody tells what no report says, and none is forgotten: a
-- yes that its writer took back stays, with that it was. Told once more, it waits once more.
CREATE FUNCTION vigil.tell_signals_of(report bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
    INSERT INTO signals AS s (report_id, concern, told, told_at, sector_id, call_sign, leader, patrol_ended_at)
    SELECT r.id, c.concern, coalesce((r.blocks -> 'signal' ->> c.concern)::boolean, false), r.submitted_at, r.sector_id,
           p.call_sign, w.name, p.ended_at
    FROM patrol_reports r JOIN patrols p ON p.id = r.patrol_id JOIN people w ON w.id = r.author_id,
         unnest(ARRAY['child', 'sexual_violence']) AS c(concern)
    WHERE r.id = report AND r.state IN ('submitted', 'debriefed', 'approved')
    ORDER BY c.concern
    ON CONFLICT (report_id, concern) DO UPDATE SET
        told = s.told OR excluded.told,
        told_at = CASE WHEN excluded.told AND s.told AND s.taken_back_at IS NULL THEN s.told_at
                       WHEN s.told AND NOT excluded.told THEN s.told_at ELSE excluded.told_at END,
        taken_back_at = CASE WHEN s.told AND NOT excluded.told THEN coalesce(s.taken_back_at, excluded.told_at) END;
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

-- What advisers do with them, in a table of its own with keys that tell nothing: a step written beside the signal's number would lead
-- the log's readers from the adviser's post to the very patrol.
CALL vigil.guard('signal_steps');
GRANT SELECT ON signal_steps TO vigil_app;
CREATE POLICY reads ON signal_steps FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM signals s WHERE s.id = signal_id));
-- Who has taken a signal up, since it was told last; nobody, where it was settled since.
CREATE FUNCTION vigil.holds_signal(signal bigint) RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
    SELECT last.by_id FROM signals s, LATERAL (
        SELECT t.by_id, t.kind FROM signal_steps t WHERE t.signal_id = s.id AND t.at >= s.told_at
        ORDER BY t.at DESC, t.kind LIMIT 1) AS last
    WHERE s.id = signal AND last.kind = 'taken';
$$;
REVOKE EXECUTE ON FUNCTION vigil.holds_signal(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.holds_signal(bigint) TO vigil_app;
GRANT INSERT (id, signal_id, kind, by_id, outcome) ON signal_steps TO vigil_app;
-- In one's own name; whoever has taken it up settles it.
CREATE POLICY steps ON signal_steps FOR INSERT TO vigil_app
    WITH CHECK (by_id = (SELECT vigil.person_id()) AND EXISTS (SELECT 1 FROM signals s WHERE s.id = signal_id)
                AND (kind = 'taken' OR vigil.holds_signal(signal_id) = (SELECT vigil.person_id())));

CALL vigil.protect('signals', 'id');
CALL vigil.protect('signal_steps', 'id');

-- Those of reports that were sent before. Their advisers were to be told by mouth; nobody knows whether they were.
SELECT vigil.tell_signals_of(id) FROM patrol_reports ORDER BY id;
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'signals.told', 'signals:earlier', convert_to(
    '{"action":"signals.told","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"signals:earlier","v":1}', 'UTF8');
-- These held a digest of the whole report. With all the rest of it at hand, eight trials told what was answered here. The log's entries
-- stand: they are committed to details that nobody can open any more.
UPDATE ledger_events SET details = NULL, salt = NULL
WHERE action IN ('patrol_reports.sent', 'patrol_reports.blocks_kept') AND details IS NOT NULL;
