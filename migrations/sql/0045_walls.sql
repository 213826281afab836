-- What follows leaves the queue and is chased no more: so it follows nothing that is answered already. As 0014_policies.sql has it else.
CREATE OR REPLACE FUNCTION vigil.refuse_wrong_leader() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF NEW.leader_id IS NOT NULL AND NEW.leader_id IS DISTINCT FROM OLD.leader_id AND NOT (
        OLD.leader_id IS NULL AND NEW.status IN ('received', 'acknowledged', 'verified') AND EXISTS (
            SELECT 1 FROM alerts a WHERE a.id = NEW.leader_id AND a.id <> NEW.id AND a.leader_id IS NULL
            AND a.status NOT IN ('responded', 'closed') AND a.sector_id IS NOT DISTINCT FROM NEW.sector_id)) THEN
        RAISE EXCEPTION 'This alert cannot follow that one.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF NEW.sector_id IS DISTINCT FROM OLD.sector_id
       AND (NEW.leader_id IS NOT NULL OR EXISTS (SELECT 1 FROM alerts a WHERE a.leader_id = NEW.id)) THEN
        RAISE EXCEPTION 'A merged alert stays in its sector.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;

-- The verdict on the log is written by the auditor's role alone.
REVOKE INSERT ON ledger_verifications FROM vigil_worker;

-- These told those who read the log, and no file or source, of defenders by their number, and which source spoke. The entries stand: they
-- are committed to details that nobody can open any more.
UPDATE ledger_events SET details = NULL, salt = NULL
WHERE details IS NOT NULL AND (
    action IN ('defenders.registered', 'defenders.risk_assessed', 'defenders.risk_reviewed', 'defenders.consent_given',
               'defenders.consent_withdrawn', 'defenders.noted', 'sources.added')
    OR action LIKE 'alerts.%' AND details ?| ARRAY['known', 'source', 'repeats_source']);
