-- What is known of a haven lies behind the same wall as the haven: who may not know of it finds no row about it, in any table.

DO $$
DECLARE
    about text;
BEGIN
    FOREACH about IN ARRAY ARRAY['haven_records', 'haven_inspections', 'haven_stocks', 'haven_headcounts',
                                 'haven_compromise_steps'] LOOP
        EXECUTE format('CALL vigil.guard(%L)', about);
        EXECUTE format('GRANT SELECT, INSERT ON %I TO vigil_app', about);
        EXECUTE format('CREATE POLICY reads ON %I FOR SELECT TO vigil_app, vigil_worker '
                       'USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id))', about);
        EXECUTE format('CREATE POLICY adds ON %I FOR INSERT TO vigil_app WITH CHECK (by_id = (SELECT vigil.person_id()) '
                       'AND EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id AND vigil.may_in(h.sector_id, ''havens:keep'')))',
                       about);
    END LOOP;
END $$;
-- For the rules' process, which sees no haven that is kept hidden.
GRANT SELECT ON haven_stocks TO vigil_worker;
-- Nobody is sent to a haven that he who sends them may not know of, nor is a step put to another haven's change.
CREATE POLICY its_own ON haven_compromise_steps AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT 1 FROM haven_changes c WHERE c.id = change_id AND c.haven_id = haven_compromise_steps.haven_id
                        AND c.to_state = 'compromised')
                AND (to_haven_id IS NULL OR EXISTS (SELECT 1 FROM havens h WHERE h.id = to_haven_id)));

-- Tokens are for those who count at the gate; all others are told sums by the headcount. No row of them is kept in the ledger:
-- its entries, with who counted and when, would outlive the fold, and one could follow a token by them.
CALL vigil.guard('haven_tokens');
GRANT SELECT, INSERT, UPDATE (went_at) ON haven_tokens TO vigil_app;
CREATE POLICY reads ON haven_tokens FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id AND vigil.may_in(h.sector_id, 'havens:keep')));
CREATE POLICY adds ON haven_tokens FOR INSERT TO vigil_app
    WITH CHECK (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id AND vigil.may_in(h.sector_id, 'havens:keep')));
CREATE POLICY changes ON haven_tokens FOR UPDATE TO vigil_app
    USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id AND vigil.may_in(h.sector_id, 'havens:keep')));
CALL vigil.guard('haven_gate_days');
GRANT SELECT ON haven_gate_days TO vigil_app;
CREATE POLICY reads ON haven_gate_days FOR SELECT TO vigil_app
    USING (EXISTS (SELECT 1 FROM havens h WHERE h.id = haven_id));

-- Scans from before a time become counts of the day: tokens that went out are forgotten, of those inside the hour is.
-- Returns how many tokens it touched.
CREATE FUNCTION vigil.fold_haven_tokens(before timestamptz) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    -- Whole visits alone: a token that went out after that time stands until its own time is over.
    WITH gone AS (DELETE FROM haven_tokens WHERE went_at < before RETURNING haven_id, people, kind, came_at, went_at),
    inside AS (SELECT haven_id, number, people, kind, came_at FROM haven_tokens WHERE went_at IS NULL AND came_at < before
               FOR UPDATE),
    nameless AS (UPDATE haven_tokens t SET came_at = NULL FROM inside i
                 WHERE t.haven_id = i.haven_id AND t.number = i.number RETURNING 1),
    days AS (SELECT haven_id, came_at AS moment, kind, people AS came, 0 AS went FROM gone WHERE came_at IS NOT NULL
             UNION ALL SELECT haven_id, went_at, kind, 0, people FROM gone
             UNION ALL SELECT haven_id, came_at, kind, people, 0 FROM inside),
    kept AS (INSERT INTO haven_gate_days AS d (haven_id, day, kind, came, went)
             SELECT haven_id, (moment AT TIME ZONE 'UTC')::date, coalesce(kind, ''), sum(came), sum(went)
             FROM days GROUP BY 1, 2, 3
             ON CONFLICT (haven_id, day, kind) DO UPDATE SET came = d.came + excluded.came, went = d.went + excluded.went
             RETURNING 1)
    SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM nameless) + 0 * (SELECT count(*) FROM kept);
$$;
REVOKE EXECUTE ON FUNCTION vigil.fold_haven_tokens(timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.fold_haven_tokens(timestamptz) TO vigil_worker;

GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO vigil_app;
DO $$
DECLARE
    about text;
BEGIN
    FOREACH about IN ARRAY ARRAY['haven_records', 'haven_inspections', 'haven_stocks', 'haven_headcounts',
                                 'haven_compromise_steps'] LOOP
        EXECUTE format('CALL vigil.tell_time_itself(%L, ''at'')', about);
    END LOOP;
END $$;
CALL vigil.protect('haven_records', 'id');
CALL vigil.protect('haven_inspections', 'id');
CALL vigil.protect('haven_stocks', 'id');
CALL vigil.protect('haven_headcounts', 'id');
CALL vigil.protect('haven_compromise_steps', 'id');
CALL vigil.protect('haven_gate_days', 'id');

CALL vigil.codes_of('add', 'rules', 'kind', ARRAY['haven_stock']);
-- Such a rule tells, by what fires, how long a haven lasts: it is written by those who read havens there.
CREATE POLICY reads_stocks ON rule_versions AS RESTRICTIVE FOR INSERT TO vigil_app
    WITH CHECK (parameters ->> 'kind' IS DISTINCT FROM 'haven_stock'
                OR EXISTS (SELECT 1 FROM rules r WHERE r.id = rule_id AND vigil.may_in(r.sector_id, 'havens:read')));

INSERT INTO procedures (key, value, unit, meaning) VALUES
    ('haven_water_litres', 15, 'litres', 'Havens: water that a person uses in a day'),
    ('haven_water_survival_litres', 7.5, 'litres', 'Havens: water without which a person can''t last, a day'),
    ('haven_people_a_latrine', 20, 'people', 'Havens: people to a latrine, at most'),
    ('haven_people_a_latrine_first', 50, 'people', 'Havens: people to a latrine in the first days, at most'),
    ('haven_food_days', 3, 'days', 'Havens: food is short below'),
    ('haven_fuel_days', 3, 'days', 'Havens: fuel is short below'),
    ('haven_look_ahead_hours', 72, 'hours', 'Havens: a store that ends sooner is shown as a need'),
    ('haven_token_days', 7, 'days', 'Havens: scans of tokens are kept for');
INSERT INTO ledger_events (at, action, subject, body)
SELECT now(), 'mission.procedures_seeded', 'procedures:havens', convert_to(
    '{"action":"mission.procedures_seeded","actor":"system","at":"'
    || to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    || '","details_commitment":null,"role":null,"subject":"procedures:havens","v":1}', 'UTF8');
