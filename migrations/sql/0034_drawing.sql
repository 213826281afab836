-- The draw itself, as geo/patrols/drawing.py describes it (a test holds the two against each other), in the database: so that no
-- process of the house ever holds a seed before its day is over.

-- RFC 2104, for keys of at most a block.
CREATE FUNCTION vigil.hmac_sha256(key bytea, message bytea) RETURNS bytea LANGUAGE plpgsql IMMUTABLE STRICT AS $$
DECLARE
    inside bytea := decode(repeat('36', 64), 'hex');
    around bytea := decode(repeat('5c', 64), 'hex');
BEGIN
    IF length(key) > 64 THEN
        RAISE EXCEPTION 'A key has 64 bytes at most.';
    END IF;
    FOR n IN 0 .. length(key) - 1 LOOP
        inside := set_byte(inside, n, get_byte(key, n) # 54);
        around := set_byte(around, n, get_byte(key, n) # 92);
    END LOOP;
    RETURN sha256(around || sha256(inside || message));
END $$;

-- number(i) of a day: the message's authentication code as a whole number, big-endian.
CREATE FUNCTION vigil.draw_number(seed bytea, day date, which bigint) RETURNS numeric LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
    code bytea := vigil.hmac_sha256(seed, convert_to('vigil patrol draw v1', 'UTF8') || '\x00'::bytea
        || convert_to(to_char(day, 'YYYY-MM-DD'), 'UTF8') || '\x00'::bytea || int8send(which));
    found numeric := 0;
BEGIN
    FOR n IN 0 .. 31 LOOP
        found := found * 256 + get_byte(code, n);
    END LOOP;
    RETURN found;
END $$;

CREATE FUNCTION vigil.draw_commitment(seed bytea) RETURNS text LANGUAGE sql STABLE STRICT AS $$
    SELECT encode(sha256(convert_to('vigil patrol draw v1', 'UTF8') || '\x00'::bytea || seed), 'hex');
$$;

-- Of plans, weights, starts, slacks, and the sites and units that are meant: JSON without spaces, keys in order. They hold
-- numbers alone.
CREATE FUNCTION vigil.draw_digest(terms jsonb) RETURNS text LANGUAGE sql STABLE STRICT AS $$
    SELECT encode(sha256(convert_to(replace('{"earliest":' || (terms ->> 'earliest') || ',"plans":' || (terms ->> 'plans')
        || ',"sites":' || (terms ->> 'sites') || ',"slack":' || (terms ->> 'slack') || ',"units":' || (terms ->> 'units')
        || ',"weights":' || (terms ->> 'weights') || '}', ' ', ''), 'UTF8')), 'hex');
$$;

CREATE FUNCTION vigil.drawn_of(terms jsonb, seed bytea, day date, OUT plan bigint, OUT starts bigint[])
LANGUAGE plpgsql STABLE AS $$
DECLARE
    weights numeric[] := ARRAY(SELECT w::numeric FROM jsonb_array_elements_text(terms -> 'weights') WITH ORDINALITY AS t (w, n)
                               ORDER BY n);
    place numeric := mod(vigil.draw_number(seed, day, 0), (SELECT sum(w) FROM unnest(weights) w));
    units int := jsonb_array_length(terms -> 'earliest');
BEGIN
    plan := 0;
    WHILE place >= weights[plan + 1] LOOP
        place := place - weights[plan + 1];
        plan := plan + 1;
    END LOOP;
    starts := ARRAY(SELECT (terms -> 'earliest' ->> u)::bigint
                           + mod(vigil.draw_number(seed, day, 1 + u), (terms -> 'slack' ->> u)::bigint + 1)::bigint
                    FROM generate_series(0, units - 1) u ORDER BY u);
END $$;

REVOKE EXECUTE ON FUNCTION vigil.hmac_sha256(bytea, bytea), vigil.draw_number(bytea, date, bigint), vigil.draw_commitment(bytea),
    vigil.draw_digest(jsonb), vigil.drawn_of(jsonb, bytea, date) FROM PUBLIC;
