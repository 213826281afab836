-- What each request and each report asks of the database, with less work for the same answer.

-- In plpgsql, which keeps its plan: as SQL it was read and planned anew in each transaction.
CREATE OR REPLACE FUNCTION vigil.enter(person text, anywhere text, in_sector text, sectors text, compartments text)
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('vigil.person', person, true),
            set_config('vigil.anywhere', anywhere, true),
            set_config('vigil.in_sector', in_sector, true),
            set_config('vigil.sectors', sectors, true),
            set_config('vigil.compartments', compartments, true);
END $$;

-- Room on each page for what is written once more soon after: a change gets its place in the log, somebody is told of a clock.
-- With it the new version of a row lies beside the old one, and none of the table's indexes is touched.
ALTER TABLE ledger_changes SET (fillfactor = 50);
ALTER TABLE alert_clocks SET (fillfactor = 75);
