DROP FUNCTION vigil.signatories();
DELETE FROM vigil.protected_tables WHERE table_name = 'handovers';
DROP TABLE handovers;
DROP FUNCTION vigil.places_like(text, int);
DROP INDEX ix_places_folded_start;
DROP INDEX ix_places_folded;
DROP FUNCTION vigil.folded(text);
