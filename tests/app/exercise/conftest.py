from __future__ import annotations

import pytest

from app.exercise.dataset import Dataset, build
from tests.app.exercise import NOW, SEED


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return build(SEED, NOW)


@pytest.fixture(scope="session", params=[3, 7])
def other_dataset(request: pytest.FixtureRequest) -> Dataset:
    """What must hold for any seed is checked on more than one."""
    return build(request.param, NOW)
