DROP FUNCTION vigil.incidents_seen(geometry, timestamptz, timestamptz, bigint);
DROP FUNCTION vigil.incidents_in(geometry[], timestamptz, timestamptz, text[], text[], text[], bigint, bigint, bigint);
DROP FUNCTION vigil.fold_incident_cells();
DROP FUNCTION vigil.note_incident_cells() CASCADE;
DROP FUNCTION vigil.cell_x(double precision), vigil.cell_y(double precision);
DROP FUNCTION vigil.fold_layer_changes(), vigil.layer_version(text[], text);
DROP PROCEDURE vigil.count_changes(text, text, text, text);
DROP FUNCTION vigil.note_haven_change() CASCADE;
DROP FUNCTION vigil.note_layer_change() CASCADE;
