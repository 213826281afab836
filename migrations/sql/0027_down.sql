CALL vigil.codes_of('take', 'documents', 'kind', ARRAY['patrol_report']);
DELETE FROM vigil.protected_tables WHERE table_name IN ('patrol_reports', 'patrol_report_entries');
DROP TRIGGER keep_the_way ON patrol_reports;
DROP FUNCTION vigil.keep_the_way_of_reports();
