-- The latest words that an officer wrote for whoever sent the report, since the alert was last opened: after that the outcome is
-- another one, and what was said of the first is said no more.
CREATE FUNCTION vigil.written_back(alert bigint) RETURNS TABLE (step_id bigint, words text, at timestamptz)
LANGUAGE sql STABLE AS $$
    SELECT s.id, s.details ->> 'for_reporter', s.at FROM alert_steps s
    WHERE s.alert_id = alert AND s.kind = 'feedback' AND s.details ? 'for_reporter'
        AND s.id > coalesce((SELECT max(o.id) FROM alert_steps o WHERE o.kind = 'reopened' AND o.alert_id IN (
            SELECT a.id FROM alerts a WHERE a.id = alert UNION SELECT a.leader_id FROM alerts a WHERE a.id = alert)), 0)
    ORDER BY s.id DESC LIMIT 1;
$$;
REVOKE EXECUTE ON FUNCTION vigil.written_back(bigint) FROM PUBLIC;

-- What became of a report, for whoever sent it and for nobody else: how far its alert is, and the words that an officer wrote for
-- him. Of the alert itself he reads nothing: not its number, place, grade or reasons, nor what others wrote on its chain.
CREATE FUNCTION vigil.became_of_my_report(report uuid) RETURNS TABLE (status text, declined boolean, words text, told_at timestamptz,
    heard_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    RETURN QUERY SELECT e.status, e.decision IS NOT DISTINCT FROM 'not_respond' AND EXISTS (
            SELECT 1 FROM alert_steps s WHERE s.alert_id = e.id AND s.kind = 'non_response_approved'
            AND s.id > (SELECT max(d.id) FROM alert_steps d WHERE d.alert_id = e.id AND d.kind = 'declined')),
        said.words, said.at,
        (SELECT min(h.at) FROM alert_steps h WHERE h.alert_id = a.id AND h.kind = 'feedback'
         AND h.details ->> 'heard' = said.step_id::text)
    FROM field_reports r JOIN alerts a ON a.report_id = r.id JOIN alerts e ON e.id = coalesce(a.leader_id, a.id)
    LEFT JOIN vigil.written_back(a.id) said ON true
    WHERE r.id = report AND r.reporter_id = vigil.person_id();
END $$;

-- He has read those words: a step of the alert's chain in his own name, once. The alert's number, for the log; none where there is
-- nothing to read, where he has read it, or where the report is not his.
CREATE FUNCTION vigil.hear_of_my_report(report uuid) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    found bigint;
    said bigint;
BEGIN
    SELECT a.id INTO found FROM field_reports r JOIN alerts a ON a.report_id = r.id
        WHERE r.id = report AND r.reporter_id = vigil.person_id() FOR UPDATE OF a;
    SELECT w.step_id INTO said FROM vigil.written_back(found) w;
    IF said IS NULL OR EXISTS (SELECT 1 FROM alert_steps h WHERE h.alert_id = found AND h.kind = 'feedback'
                               AND h.details ->> 'heard' = said::text) THEN
        RETURN NULL;
    END IF;
    INSERT INTO alert_steps (alert_id, kind, at, by_id, by_role, details)
        SELECT found, 'feedback', now(), p.id, p.role, jsonb_build_object('told', true, 'heard', said)
        FROM people p WHERE p.id = vigil.person_id();
    UPDATE alerts SET version = version + 1 WHERE id = found;
    RETURN found;
END $$;
REVOKE EXECUTE ON FUNCTION vigil.became_of_my_report(uuid), vigil.hear_of_my_report(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.became_of_my_report(uuid), vigil.hear_of_my_report(uuid) TO vigil_app;
