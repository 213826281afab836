-- Back to clocks that every echelon has as long as the one before.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'ladders.removed', 'ladders:all', convert_to('{"action":"ladders.removed","v":1}', 'UTF8');
DELETE FROM procedures WHERE key IN ('contact_test_hours', 'watch_most_hours');
DROP FUNCTION vigil.on_watch(text, bigint, timestamptz), vigil.watchers(), vigil.sender_of(bigint),
    vigil.clocks_behind();
DELETE FROM vigil.protected_tables WHERE table_name IN ('ladders', 'watches', 'contacts', 'messages', 'replies');
CALL vigil.codes_of('take', 'alert_steps', 'kind', ARRAY['passed_on']);
