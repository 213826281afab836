"""A key-holder that answers on the clone's socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.app.defenders import files
from tests.servers import Clone
from workers.keyholder import Keyholder


@pytest.fixture
def keyholder(clone: Clone) -> Iterator[Keyholder]:
    files.settle(clone)
    with files.listening(clone) as running:
        yield running
