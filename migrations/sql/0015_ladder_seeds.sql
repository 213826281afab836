-- The handbook's ladder: the duty officer at once, then the sector, the force headquarters and the head of mission. Command
-- changes it by page.
INSERT INTO ladders (priority, version, rungs, "then", quiet_from, quiet_until, reason)
SELECT p.priority, 1,
    jsonb_build_array(
        jsonb_build_object('post', 'duty_officer', 'minutes', p.step, 'ways', p.low),
        jsonb_build_object('post', 'sector', 'minutes', p.step, 'ways', p.low),
        jsonb_build_object('post', 'force_headquarters', 'minutes', p.step, 'ways', p.high),
        jsonb_build_object('post', 'head_of_mission', 'minutes', p.step * 2, 'ways', p.high)),
    p.after, p.quiet_from, p.quiet_until, 'The handbook''s seed'
FROM (VALUES
    ('P1', 5, '["screen", "sms"]'::jsonb, '["screen", "sms", "email"]'::jsonb, 'tell_again', NULL::smallint, NULL::smallint),
    ('P2', 30, '["screen", "sms"]', '["screen", "sms", "email"]', 'tell_again', NULL, NULL),
    ('P3', 60, '["screen", "sms"]', '["screen", "email"]', 'stay', 1320, 360),
    ('P4', 240, '["screen", "email"]', '["screen", "email"]', 'stay', 1200, 420)
) AS p(priority, step, low, high, after, quiet_from, quiet_until);
INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('contact_test_hours', 168, 'hours', 'A contact was tested no longer before going on watch than'),
    ('watch_most_hours', 24, 'hours', 'A watch lasts at most');
-- The body is canonical JSON (RFC 8785): keys in order, no spaces, UTC with microseconds.
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'ladders.seeded', 'ladders:all', convert_to(
    '{"action":"ladders.seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"ladders:all","v":1}', 'UTF8');
