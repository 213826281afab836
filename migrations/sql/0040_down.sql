DROP TRIGGER two_at_a_time ON solves;
DROP TRIGGER by_code_was_read ON patrol_stops;
DROP FUNCTION vigil.take_over_mix(bigint), vigil.note_undrawn(bigint, text), vigil.refuse_third_search(), vigil.refuse_unread_code(), vigil.code_was_read(bigint),
    vigil.try_stop_code(bigint, bigint[], bytea[]), vigil.stop_salts(bigint);
GRANT SELECT, UPDATE (refused) ON stop_codes TO vigil_app;
CREATE POLICY counts ON stop_codes FOR UPDATE TO vigil_app USING (vigil.moves_patrol(patrol_id, true));
DROP POLICY numbers ON evacuations;
DROP POLICY numbers ON siting_studies;
REVOKE SELECT (id) ON evacuations, siting_studies FROM vigil_weigher;
ALTER FUNCTION vigil.id_by_lot(regclass) OWNER TO vigil_owner;
DELETE FROM vigil.protected_tables WHERE table_name = 'revisions';
DROP TRIGGER note_insert ON revisions;
DROP TRIGGER note_update ON revisions;
DROP TRIGGER note_delete ON revisions;
DROP POLICY ledger ON revisions;
REVOKE SELECT ON revisions FROM vigil_ledger;
