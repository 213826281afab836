"""One world for the whole matrix: it is only looked at, and what is tried by SQL is rolled back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from tests import servers
from tests.app.defenders.files import listening
from tests.matrix.world import World, made


@pytest.fixture(scope="session")
def world(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # A short path: a socket's may not be longer than 107 bytes.
    var: Path = tmp_path_factory.mktemp("matrix")
    clone = servers.Clone.of(template_database, var)
    running = servers.application(clone)
    try:
        app = next(running)
        with psycopg.connect(clone.plain_url("vigil_owner"), autocommit=True) as owner, listening(clone):
            yield made(app, clone, owner)
        next(running, None)
    finally:
        clone.drop()
