DROP TRIGGER keep_what_is_called_off ON patrol_stops;
DROP FUNCTION vigil.keep_what_is_called_off();
REVOKE UPDATE (arrive_planned, depart_planned) ON patrol_stops FROM vigil_app;
