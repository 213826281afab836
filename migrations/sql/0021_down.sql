CREATE OR REPLACE FUNCTION vigil.keep_alerts() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
DECLARE
    shown constant boolean := NEW.status <> 'closed';
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
INSERT INTO revisions (layer, row_id, sector_id, shape, known_from, content)
SELECT 'alerts', a.id, a.sector_id, a.place, now(), jsonb_build_object(
    'id', a.id, 'kind', a.kind, 'priority', a.priority, 'status', a.status, 'verification', a.verification,
    'source_reliability', a.source_reliability, 'credibility', a.credibility,
    'place_precision', a.place_precision, 'radius_metres', a.radius_metres, 'raised_at', a.raised_at)
FROM alerts a WHERE a.leader_id IS NOT NULL AND a.status <> 'closed';
