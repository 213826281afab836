"""Migrations run as the owner, one at a time, and give up rather than queue behind a long lock."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from alembic import context
from geoalchemy2 import alembic_helpers
from sqlalchemy import create_engine, pool, text

import app.every_model  # noqa: F401 - fills the metadata
from app.db import Base

LOCK = 7_418_529_630  # any number, the same for each run: two upgrades must not interleave


def include_object(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    # Partitions of positions are made by upkeep, month by month; the models know the parent alone.
    if kind == "table" and reflected and name is not None and name.startswith("positions_"):
        return False
    if kind == "index" and reflected and name is not None and name.startswith("positions_"):
        return False
    # Expression indexes can't be compared by reflection; their names are compared by a test instead.
    return bool(alembic_helpers.include_object(thing, name, kind, reflected, compare_to))


def run() -> None:
    url = os.environ["VIGIL_OWNER_DATABASE_URL"]
    engine = create_engine(url, poolclass=pool.NullPool)
    with engine.connect() as connection:
        connection.execute(text("SET lock_timeout = '5s'"))
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            include_object=include_object,
            process_revision_directives=alembic_helpers.writer,
            render_item=alembic_helpers.render_item,
            compare_server_default=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()


SQL = Path(__file__).parent / "sql"
run()
