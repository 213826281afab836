"""One world for the whole matrix: it is only looked at, and what is tried by SQL is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.matrix.world import World, standing


@pytest.fixture(scope="session")
def world(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # A short path: a socket's may not be longer than 107 bytes.
    with standing(template_database, tmp_path_factory.mktemp("matrix")) as world:
        yield world
