DROP FUNCTION vigil.incidents_known(geometry, timestamptz, timestamptz, timestamptz);
DROP INDEX ix_revisions_happened, ix_revisions_shape;
DROP FUNCTION vigil.moment_in(jsonb, text);
DROP TRIGGER keep_revision ON alerts;
DROP TRIGGER keep_revision ON incidents;
DROP TRIGGER keep_revision ON threats;
DROP TRIGGER keep_revision ON havens;
DROP TRIGGER keep_revision ON patrols;
DROP TRIGGER keep_ways_added ON patrol_stops;
DROP TRIGGER keep_ways_moved ON patrol_stops;
DROP TRIGGER past_stands ON revisions;
DROP TRIGGER no_truncate ON revisions;
DROP FUNCTION vigil.keep_alerts(), vigil.keep_incidents(), vigil.keep_threats(), vigil.keep_havens(), vigil.keep_patrols(),
    vigil.keep_ways(), vigil.refuse_other_past(), vigil.way_of(bigint), vigil.told_at(timestamptz),
    vigil.hold_true(text, bigint, bigint, geometry, jsonb, timestamptz);
DROP PROCEDURE vigil.keep_revisions(text, text, text, text, text[]);
DELETE FROM vigil.protected_tables WHERE table_name = 'saved_views';
