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
