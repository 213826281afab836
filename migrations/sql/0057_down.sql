DROP FUNCTION vigil.posts_that_may(bigint, text[], text[]);
