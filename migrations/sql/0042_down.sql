DROP TRIGGER tell_signals ON patrol_reports;
DROP FUNCTION vigil.tell_signals();
DROP FUNCTION vigil.tell_signals_of(bigint);
DELETE FROM vigil.protected_tables WHERE table_name = 'signals';
DROP TABLE signals;
