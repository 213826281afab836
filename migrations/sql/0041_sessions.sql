-- Whether the session of this secret was ended before its time, or its account was: then the browser that still holds it drops what
-- it keeps of unsent reports. One that ran out is an officer who was days without a line.
CREATE FUNCTION vigil.session_was_ended(hash bytea) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM sessions s JOIN people p ON p.id = s.person_id
                   WHERE s.token_hash = hash AND (s.revoked_at IS NOT NULL OR p.disabled_at IS NOT NULL));
$$;
REVOKE EXECUTE ON FUNCTION vigil.session_was_ended(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.session_was_ended(bytea) TO vigil_app;
