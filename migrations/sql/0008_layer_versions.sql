-- How often each layer has changed, by sector: what an ETag is made of before any other question is asked.
--
-- Each statement adds a row and updates none: a counter's row would be locked until the commit, and with 200 reports a
-- second all of a sector's would wait for each other's disk. A number drawn from a sequence would be read before the
-- commit that it stands for. A sum over what is committed can do neither; vigil.fold_layer_changes() keeps it short.

CALL vigil.guard('layer_changes');

-- TG_ARGV: the layer, and where its sector stands: 'own', 'patrol' (that of the patrol), 'none'.
CREATE FUNCTION vigil.note_layer_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF TG_ARGV[1] = 'none' THEN
        INSERT INTO layer_changes (layer, sector_id, changes) VALUES (TG_ARGV[0], 0, 1);
    ELSIF TG_ARGV[1] = 'patrol' THEN
        INSERT INTO layer_changes (layer, sector_id, changes)
        SELECT TG_ARGV[0], coalesce(p.sector_id, 0), 1
        FROM (SELECT DISTINCT patrol_id FROM changed) c JOIN patrols p ON p.id = c.patrol_id GROUP BY 2;
    ELSIF TG_OP = 'UPDATE' THEN
        INSERT INTO layer_changes (layer, sector_id, changes)
        SELECT TG_ARGV[0], coalesce(sector_id, 0), 1
        FROM (SELECT sector_id FROM changed UNION SELECT sector_id FROM before) s;
    ELSE
        INSERT INTO layer_changes (layer, sector_id, changes)
        SELECT DISTINCT TG_ARGV[0], coalesce(sector_id, 0), 1 FROM changed;
    END IF;
    RETURN NULL;
END $$;

-- A restricted haven's changes are counted apart: to others not even an ETag tells that something happened to one.
CREATE FUNCTION vigil.note_haven_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        INSERT INTO layer_changes (layer, sector_id, changes)
        SELECT DISTINCT CASE WHEN exposure IN ('public', 'mission') THEN 'havens' ELSE 'restricted havens' END,
            coalesce(sector_id, 0), 1
        FROM (SELECT sector_id, exposure FROM changed UNION SELECT sector_id, exposure FROM before) s;
    ELSE
        INSERT INTO layer_changes (layer, sector_id, changes)
        SELECT DISTINCT CASE WHEN exposure IN ('public', 'mission') THEN 'havens' ELSE 'restricted havens' END,
            coalesce(sector_id, 0), 1
        FROM changed;
    END IF;
    RETURN NULL;
END $$;

CREATE PROCEDURE vigil.count_changes(counted text, layer text, sector text, by text DEFAULT 'note_layer_change')
LANGUAGE plpgsql AS $$
DECLARE
    what record;
BEGIN
    FOR what IN SELECT * FROM (VALUES ('INSERT', 'NEW TABLE AS changed'), ('DELETE', 'OLD TABLE AS changed'),
                                      ('UPDATE', 'NEW TABLE AS changed OLD TABLE AS before')) AS w(op, tables) LOOP
        EXECUTE format('CREATE TRIGGER count_%s AFTER %s ON %I REFERENCING %s FOR EACH STATEMENT '
                       'EXECUTE FUNCTION vigil.%I(%L, %L)', lower(what.op), what.op, counted, what.tables, by, layer, sector);
    END LOOP;
END $$;

CALL vigil.count_changes('incidents', 'incidents', 'own');
CALL vigil.count_changes('alerts', 'alerts', 'own');
CALL vigil.count_changes('threats', 'threats', 'own');
CALL vigil.count_changes('havens', 'havens', 'own', 'note_haven_change');
CALL vigil.count_changes('patrols', 'patrols', 'own');
CALL vigil.count_changes('patrol_stops', 'patrols', 'patrol');
CALL vigil.count_changes('latest_positions', 'patrols', 'patrol');
CALL vigil.count_changes('bases', 'units', 'none');
CALL vigil.count_changes('units', 'units', 'none');
CALL vigil.count_changes('sectors', 'sectors', 'none');
CALL vigil.count_changes('admin_areas', 'admin-areas', 'none');
CALL vigil.count_changes('places', 'places', 'none');
CALL vigil.count_changes('road_links', 'roads', 'none');
CALL vigil.count_changes('actors', 'threats', 'none');

-- How often these layers have changed in the sectors where the viewer holds the permission.
CREATE FUNCTION vigil.layer_version(layers text[], permission text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce(sum(changes), 0)::bigint FROM layer_changes
    WHERE layer = ANY (layers)
      AND ((SELECT vigil.anywhere(permission)) OR sector_id = ANY ((SELECT vigil.sectors_for(permission))::bigint[]));
$$;

-- The sum stays what it was: one statement takes the rows and puts their sums in their place.
CREATE FUNCTION vigil.fold_layer_changes() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(88, 1);
    WITH gone AS (DELETE FROM layer_changes RETURNING layer, sector_id, changes)
    INSERT INTO layer_changes (layer, sector_id, changes)
    SELECT layer, sector_id, sum(changes) FROM gone GROUP BY layer, sector_id;
END $$;

REVOKE EXECUTE ON PROCEDURE vigil.count_changes(text, text, text, text) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION vigil.note_layer_change(), vigil.note_haven_change(), vigil.layer_version(text[], text),
    vigil.fold_layer_changes() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.layer_version(text[], text) TO vigil_app;
GRANT EXECUTE ON FUNCTION vigil.fold_layer_changes() TO vigil_worker;
