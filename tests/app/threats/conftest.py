from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def actor(owner: psycopg.Connection) -> int:
    row = owner.execute(
        "INSERT INTO actors (code, name, kind) VALUES ('RED', 'EXERCISE Red Column', 'armed_group') RETURNING id"
    ).fetchone()
    assert row
    return int(row[0])
