DROP FUNCTION vigil.posts_that_may(bigint, text[], text[]);
DROP FUNCTION vigil.patrols_at_sites(timestamptz, timestamptz, float8);
