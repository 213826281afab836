"""The worker that looks into files and stores them, on its own database role."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask

from app.permissions import Role
from tests.app.imports.files import Sender
from tests.people import Staff


@pytest.fixture(autouse=True)
def there_are_workers(worker: Flask) -> None:
    """Files are read and stored by them."""


@pytest.fixture
def command(staff: Staff, owner: psycopg.Connection) -> Sender:
    """Somebody who manages the mission's data, plans patrols and records incidents, in the whole mission."""
    return Sender(staff, owner, Role.FC_STAFF)
