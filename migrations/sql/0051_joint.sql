-- Whether the order in force of a patrol sends it out with State forces that may not be supported any more: the decision on them was
-- suspended, or ends before the patrol does. Asked with the rights of whoever reads the order.
CREATE FUNCTION vigil.lacks_clearance(of_patrol bigint) RETURNS boolean LANGUAGE sql STABLE SET search_path = public, vigil, pg_temp AS $$
    SELECT coalesce((SELECT o.joint AND NOT vigil.is_cleared(o.clearance_id, o.patrol_id) FROM patrol_orders o
                     WHERE o.patrol_id = of_patrol AND o.approved_at IS NOT NULL ORDER BY o.version DESC LIMIT 1), false);
$$;
REVOKE EXECUTE ON FUNCTION vigil.lacks_clearance(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil.lacks_clearance(bigint) TO vigil_app, vigil_worker;
GRANT EXECUTE ON FUNCTION vigil.is_cleared(bigint, bigint) TO vigil_worker;

-- Such a patrol does not set out, whoever says so, and by whatever states it is led there: not called off or done and then out.
CREATE FUNCTION vigil.refuse_uncleared() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, vigil, pg_temp AS $$
BEGIN
    IF vigil.lacks_clearance(NEW.id) THEN
        RAISE EXCEPTION 'Support to the State forces of this patrol does not hold.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cleared BEFORE UPDATE OF state ON patrols FOR EACH ROW
    WHEN (OLD.state NOT IN ('under_way', 'paused') AND NEW.state NOT IN ('planned', 'abandoned'))
    EXECUTE FUNCTION vigil.refuse_uncleared();
