"""The ledger as a bundle that `bin/verify-ledger` checks without a database.

Everything comes from one repeatable-read snapshot: facts that are newer than the leaves would look altered. Any
connection that may export will do: the auditor's role, or the application's with a viewer who holds
ledger:export. The web process needs no key to the auditor's account for it, since the functions in the database that
digest rows and tell what is pending ask for the permission themselves and give salted digests, never content.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, pool, text

from app.db import ENTER
from app.ledger import bundle
from app.ledger.checkpoint import PublicKey
from app.permissions import Viewer

AT_A_TIME = 2000


@contextmanager
def snapshot(engine: Engine, viewer: Viewer | None = None) -> Iterator[Connection]:
    """One read-only snapshot of the database, as the viewer or as the connection's own role. Names mean what they mean to
    PostgreSQL, whatever the database's owner has put before it or beside it: tables are named with their schema."""
    with engine.connect() as connection:
        connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        with connection.begin():
            connection.exec_driver_sql("SET LOCAL search_path = pg_catalog, pg_temp")
            if viewer is not None:
                connection.exec_driver_sql(ENTER, viewer.as_database_context())
            yield connection


@contextmanager
def auditor_engine(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=pool.NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


def lines(connection: Connection, key: PublicKey) -> Iterator[bytes]:
    """The bundle's lines, of what the connection's snapshot holds."""
    erased: list[tuple[str, str]] = []
    header = bundle.Header(key.name, key.vkey, datetime.now(UTC), announced_size(connection))
    return bundle.write(
        header,
        (
            (r.index, bytes(r.body))
            for r in rows(connection, "SELECT index, body FROM public.ledger_leaves ORDER BY index")
        ),
        (r.note for r in rows(connection, "SELECT note FROM public.ledger_checkpoints ORDER BY size")),
        facts(connection, erased),
        pending=pending(connection),
        erased=iter_later(erased),
    )


def announced_size(connection: Connection) -> int:
    """How many leaves there should be: leaves that are gone from the end still stand in the last checkpoint."""
    query = (
        "SELECT greatest((SELECT coalesce(max(index) + 1, 0) FROM public.ledger_leaves), "
        "(SELECT coalesce(max(size), 0) FROM public.ledger_checkpoints))"
    )
    return int(connection.execute(text(query)).scalar_one())


def pending(connection: Connection) -> Iterator[bundle.Change]:
    for r in rows(connection, "SELECT * FROM vigil.pending_changes()"):
        yield bundle.Change(r.table_name, r.row_key, r.op, digest_or_none(r.digest), r.id)


def facts(connection: Connection, without_salt: list[tuple[str, str]]) -> Iterator[tuple[str, str, bytes]]:
    """Rows with their digests; rows that have none are put into `without_salt`, for the lines after these."""
    for r in rows(connection, "SELECT * FROM vigil.fact_digests()"):
        digest = digest_or_none(r.digest)
        if digest is None:
            without_salt.append((r.table_name, r.row_key))
        else:
            yield r.table_name, r.row_key, digest


def iter_later(filled: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    yield from filled  # a generator: the list is read when its turn comes, after the facts have filled it


def digest_or_none(value: Any) -> bytes | None:
    return None if value is None else bytes(value)


def rows(connection: Connection, query: str) -> Iterator[Any]:
    """Rows as they come, through a cursor in the server: the log does not fit into memory for ever."""
    options = {"stream_results": True, "yield_per": AT_A_TIME}
    with connection.execute(text(query), execution_options=options) as found:
        yield from found


def write_to(file: Path, connection: Connection, key: PublicKey) -> None:
    """The bundle as a file of mode 0600, packed with gzip when its name ends in .gz. Never over another file."""
    packed = bundle.gzipped(lines(connection, key)) if file.suffix == ".gz" else lines(connection, key)
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as target:
        target.writelines(packed)


def streamed(engine: Engine, viewer: Viewer, key: PublicKey) -> Iterator[bytes]:
    """The bundle, packed, over a connection of its own: the request's is given back before the last byte goes."""
    with snapshot(engine, viewer) as connection:
        yield from bundle.gzipped(lines(connection, key))
