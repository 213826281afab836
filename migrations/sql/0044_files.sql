CALL vigil.codes_of('add', 'imports', 'kind', ARRAY['rivers', 'actors', 'networks']);
