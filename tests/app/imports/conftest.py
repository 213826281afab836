"""The worker that looks into files and stores them, on its own database role."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest
from flask import Flask

from app.factory import create_app
from app.permissions import Role
from tests.app.imports.files import Sender
from tests.people import Staff
from tests.servers import Clone
from workers import runtime


@pytest.fixture(autouse=True)
def worker(clone: Clone, monkeypatch: pytest.MonkeyPatch) -> Flask:
    app = create_app(replace(clone.settings(), database_url=clone.url("vigil_worker")))
    monkeypatch.setattr(runtime, "worker_app", lambda: app)
    return app


@pytest.fixture
def command(staff: Staff, owner: psycopg.Connection) -> Sender:
    """Somebody who manages the mission's data, plans patrols and records incidents, in the whole mission."""
    return Sender(staff, owner, Role.FC_STAFF)
