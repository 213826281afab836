-- A captured phone, or one gone mad, must not bury the others' alerts: a token bucket (burst and refill are standing
-- procedures) for each person. It is counted with the row that is stored, in its transaction: a report that is refused
-- costs nothing, the same report sent again is no new row, and nothing that was stored is taken back.
--
-- The bucket lies in parts, of which each report takes the fullest that nobody else holds: in one piece, a person's reports
-- would each wait for the one before to be on disk.

CALL vigil.guard('report_allowances');

-- Seconds until this person may file; 0: now, and it is counted.
CREATE FUNCTION vigil.may_report(person bigint) RETURNS double precision
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    burst double precision := coalesce((SELECT value FROM procedures WHERE key = 'reports_burst'), 120);
    rate double precision := coalesce((SELECT value FROM procedures WHERE key = 'reports_per_minute'), 60) / 60;
    parts int := greatest(1, least(8, floor(burst / 5)::int));
    most double precision := burst / parts;
    moment timestamptz := clock_timestamp();
    fullest record;
BEGIN
    FOR attempt IN 1..2 LOOP
        IF attempt = 1 THEN
            SELECT a.part, least(most, a.spare + rate / parts * greatest(0, extract(epoch FROM moment - a.at))) AS spare
                INTO fullest FROM report_allowances a
                WHERE a.person_id = person AND a.part < parts
                  AND least(most, a.spare + rate / parts * greatest(0, extract(epoch FROM moment - a.at))) >= 1
                ORDER BY 2 DESC LIMIT 1 FOR UPDATE SKIP LOCKED;
        ELSE
            -- The first report of all, or all parts are held by others at this moment: then wait for one.
            INSERT INTO report_allowances (person_id, part, spare, at)
                SELECT person, n, most, moment FROM generate_series(0, parts - 1) AS n ON CONFLICT DO NOTHING;
            SELECT a.part, least(most, a.spare + rate / parts * greatest(0, extract(epoch FROM moment - a.at))) AS spare
                INTO fullest FROM report_allowances a
                WHERE a.person_id = person AND a.part < parts
                  AND least(most, a.spare + rate / parts * greatest(0, extract(epoch FROM moment - a.at))) >= 1
                ORDER BY 2 DESC LIMIT 1 FOR UPDATE;
        END IF;
        IF FOUND THEN
            UPDATE report_allowances SET spare = fullest.spare - 1, at = greatest(at, moment)
                WHERE person_id = person AND part = fullest.part;
            RETURN 0;
        END IF;
    END LOOP;
    RETURN (SELECT greatest(1, min((1 - a.spare) / (rate / parts) - extract(epoch FROM moment - a.at)))
            FROM report_allowances a WHERE a.person_id = person AND a.part < parts);
END $$;
REVOKE EXECUTE ON FUNCTION vigil.may_report(bigint) FROM PUBLIC;

-- Reports, second bodies under one id, and alerts by hand: whatever puts something before the duty officer. What the
-- operator loads has no person behind it and is not counted.
CREATE FUNCTION vigil.count_report() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
DECLARE
    wait double precision;
BEGIN
    IF vigil.person_id() IS NOT NULL THEN
        wait := vigil.may_report(vigil.person_id());
        IF wait > 0 THEN
            RAISE EXCEPTION 'Too many reports of one person.'
                USING ERRCODE = 'configuration_limit_exceeded', DETAIL = ceil(wait)::bigint::text;
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER allowance AFTER INSERT ON field_reports FOR EACH ROW EXECUTE FUNCTION vigil.count_report();
CREATE TRIGGER allowance AFTER INSERT ON report_conflicts FOR EACH ROW EXECUTE FUNCTION vigil.count_report();
CREATE TRIGGER allowance AFTER INSERT ON alerts FOR EACH ROW WHEN (NEW.report_id IS NULL)
    EXECUTE FUNCTION vigil.count_report();
