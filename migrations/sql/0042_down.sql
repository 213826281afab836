DROP TRIGGER tell_signals ON patrol_reports;
DROP FUNCTION vigil.tell_signals();
DROP FUNCTION vigil.tell_signals_of(bigint);
DELETE FROM vigil.protected_tables WHERE table_name IN ('signals', 'signal_steps');
DROP TABLE signal_steps;
DROP FUNCTION vigil.holds_signal(bigint);
DROP TABLE signals;
