"""Whether this installation can do its work: each part is tested by what it does, not by its port."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from app import redis_bell
from app.db import db

MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"
# Older than this and whoever should have taken the work has not done so for many rounds.
STUCK_AFTER_SECONDS = 60


@cache
def head() -> str | None:
    """The newest migration that this code was written for."""
    return ScriptDirectory(str(MIGRATIONS)).get_current_head()


def ready() -> bool:
    return database_ready() and redis_bell.answers(current_app.extensions["vigil_settings"].redis_url)


def database_ready() -> bool:
    try:
        with db.engine.connect() as connection:
            connection.execute(text("SET LOCAL statement_timeout = '2s'"))
            found = connection.execute(text("SELECT * FROM vigil.readiness()")).one()
    except SQLAlchemyError:
        return False
    return bool(
        found.migration == head()
        and (found.outbox_oldest_seconds or 0) < STUCK_AFTER_SECONDS
        and (found.ledger_oldest_seconds or 0) < STUCK_AFTER_SECONDS
        and found.sequencer
    )
