CALL vigil.codes_of('take', 'imports', 'kind', ARRAY['rivers', 'actors', 'networks']);
