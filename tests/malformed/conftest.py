"""One world for all that is sent malformed: a thing of each kind to send it to, in a database of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.malformed.breaking import Watch
from tests.matrix.world import World, standing


@pytest.fixture(scope="session")
def world(template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    # Another one than the matrix's: much of what is sent is taken.
    with standing(template_database, tmp_path_factory.mktemp("malformed")) as world:
        yield world


@pytest.fixture(scope="session")
def watch(world: World) -> Watch:
    return Watch(world.owner)
