-- An alert that was merged into another leaves the picture until the merging is taken back: it tells of the other's event.
-- As vigil.keep_revisions made it (0009_revisions.sql), with one more condition; the procedure that made it stays.
CREATE OR REPLACE FUNCTION vigil.keep_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
DECLARE
    shown constant boolean := NEW.status <> 'closed' AND NEW.leader_id IS NULL;
    what constant jsonb := jsonb_build_object(
        'id', NEW.id, 'kind', NEW.kind, 'priority', NEW.priority, 'status', NEW.status, 'verification', NEW.verification,
        'source_reliability', NEW.source_reliability, 'credibility', NEW.credibility,
        'place_precision', NEW.place_precision, 'radius_metres', NEW.radius_metres, 'raised_at', NEW.raised_at);
BEGIN
    IF TG_OP = 'UPDATE' THEN
        PERFORM vigil.hold_true('alerts', NEW.id, NEW.sector_id, NEW.place, CASE WHEN shown THEN what END, vigil.told_at(NULL));
    ELSIF shown THEN
        INSERT INTO revisions (layer, row_id, sector_id, shape, known_from, content)
        VALUES ('alerts', NEW.id, NEW.sector_id, NEW.place, vigil.told_at(NEW.raised_at), what);
    END IF;
    RETURN NULL;
END $$;
UPDATE revisions r SET known_until = now() FROM alerts a
WHERE r.layer = 'alerts' AND r.known_until = 'infinity' AND a.id = r.row_id AND a.leader_id IS NOT NULL;
