"""Commands run on the server by its operator, as the owner of the database: no viewer, no session, no policies.

What they change is recorded like everything else, with `system` as the actor.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from sqlalchemy import Connection, create_engine, pool

from app.ledger.actions import ADD_EVENT, event_by

SETTING = "VIGIL_OWNER_DATABASE_URL"


@contextmanager
def operator_connection() -> Iterator[Connection]:
    """A connection as the owner, in one transaction: committed at the end, rolled back by an exception."""
    url = os.environ.get(SETTING)
    if not url:
        raise click.UsageError(f"Set {SETTING}: this command works as the owner of the database.")
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.begin() as connection:
        yield connection


def record_as_operator(
    connection: Connection, action: str, table: str, row_id: object, details: dict[str, Any] | None = None
) -> None:
    """Record what a command does, in its transaction; without it the commit is refused."""
    connection.exec_driver_sql(ADD_EVENT, event_by(None, action, table, row_id, details))
