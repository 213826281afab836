-- Whoever manages people could take anybody's rights: with a new password for a supervisor, or a new account of a strong
-- role. So it takes two. What one manager changes shuts the account, until another manager has looked at it and opens
-- it. Only the operator of the machine, who works as the owner of the database, opens what he made himself.

CREATE FUNCTION vigil.takes_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    me bigint := vigil.person_id();
    -- What gives nobody a right, and what this trigger itself writes.
    plain text[] := ARRAY['language', 'disabled_at', 'changed_by_id', 'changed_at', 'changed_what', 'approved_by_id',
                          'approved_at'];
    waits boolean;
BEGIN
    IF current_user = 'vigil_owner' OR (TG_OP = 'UPDATE' AND OLD.id = me) THEN
        RETURN NEW;  -- of one's own row only password and language change: keep_own_rights asks that
    END IF;
    IF TG_OP = 'INSERT' THEN
        NEW.changed_what := ARRAY['added'];
    ELSE
        waits := OLD.changed_by_id IS NOT NULL AND OLD.approved_by_id IS NULL;
        IF to_jsonb(NEW) - plain IS NOT DISTINCT FROM to_jsonb(OLD) - plain
           AND NEW.changed_at IS NOT DISTINCT FROM OLD.changed_at THEN
            IF waits AND NEW.disabled_at IS NULL THEN
                IF OLD.changed_by_id IS NOT DISTINCT FROM me OR me IS NULL THEN
                    RAISE EXCEPTION 'Whoever changed an account does not open it.' USING ERRCODE = 'insufficient_privilege';
                END IF;
                NEW.approved_by_id := me;
                NEW.approved_at := now();
            ELSE
                NEW.approved_by_id := OLD.approved_by_id;
                NEW.approved_at := OLD.approved_at;
            END IF;
            NEW.changed_by_id := OLD.changed_by_id;
            NEW.changed_what := OLD.changed_what;
            RETURN NEW;
        END IF;
        IF waits AND OLD.changed_by_id IS DISTINCT FROM me THEN
            -- With a second hand in it, the first would approve his own change together with that one.
            RAISE EXCEPTION 'Changes of another manager wait on this account.' USING ERRCODE = 'insufficient_privilege';
        END IF;
        NEW.changed_what := CASE WHEN waits THEN OLD.changed_what ELSE '{}' END;
        IF NEW.password_hash IS DISTINCT FROM OLD.password_hash THEN
            NEW.changed_what := array_remove(NEW.changed_what, 'password') || 'password'::text;
        END IF;
        IF NEW.changed_at IS DISTINCT FROM OLD.changed_at
           OR to_jsonb(NEW) - plain - 'password_hash' IS DISTINCT FROM to_jsonb(OLD) - plain - 'password_hash' THEN
            NEW.changed_what := array_remove(NEW.changed_what, 'rights') || 'rights'::text;
        END IF;
    END IF;
    NEW.changed_by_id := me;
    NEW.changed_at := now();
    NEW.approved_by_id := NULL;
    NEW.approved_at := NULL;
    NEW.disabled_at := coalesce(NEW.disabled_at, now());
    RETURN NEW;
END $$;
CREATE TRIGGER takes_two BEFORE INSERT OR UPDATE ON people FOR EACH ROW EXECUTE FUNCTION vigil.takes_two();

-- Sectors and compartments are rights too: they change only with the account, in the transaction that shuts it.
CREATE FUNCTION vigil.scopes_take_two() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    touched record;
BEGIN
    IF TG_OP = 'DELETE' THEN touched := OLD; ELSE touched := NEW; END IF;
    IF current_user <> 'vigil_owner' AND NOT EXISTS (
        SELECT 1 FROM people p WHERE p.id = touched.person_id AND p.changed_by_id = vigil.person_id()
            AND p.approved_by_id IS NULL AND p.changed_at = now()) THEN
        RAISE EXCEPTION 'Sectors and compartments change with the account that they belong to.'
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN touched;
END $$;
CREATE TRIGGER takes_two BEFORE INSERT OR UPDATE OR DELETE ON person_sectors
    FOR EACH ROW EXECUTE FUNCTION vigil.scopes_take_two();
CREATE TRIGGER takes_two BEFORE INSERT OR UPDATE OR DELETE ON person_compartments
    FOR EACH ROW EXECUTE FUNCTION vigil.scopes_take_two();
