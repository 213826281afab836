DROP TRIGGER cleared ON patrols;
DROP FUNCTION vigil.refuse_uncleared();
DROP FUNCTION vigil.lacks_clearance(bigint);
REVOKE EXECUTE ON FUNCTION vigil.is_cleared(bigint, bigint) FROM vigil_worker;
