"""The test servers' databases: a migrated template, clones of it, and applications that stand on a clone."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from sqlalchemy import event

from app.db import db
from app.factory import create_app
from app.settings import Settings

ROOT = Path(__file__).parent.parent
ROLES = ("owner", "app", "worker", "sequencer", "keyholder", "auditor")


def superuser_url() -> str:
    url = os.environ.get("VIGIL_TEST_POSTGRES")
    if not url:
        raise RuntimeError("Run the tests with bin/test: it starts the PostGIS and Redis that they need.")
    return url


def redis_url() -> str:
    return os.environ["VIGIL_TEST_REDIS_URL"]


def build_assets() -> None:
    """As bin/run does, unless what stands there was made of these very sources."""
    sys.path.insert(0, str(ROOT / "bin/lib"))
    import assets
    import checkout

    # Not under var/log: where root runs the tests, bin/run's account could not write there afterwards.
    log = ROOT / "var/node/assets.log"
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    assets.build(checkout.here(), log)


def url_for(role: str, database: str) -> str:
    parts = conninfo_to_dict(superuser_url())
    return f"postgresql+psycopg://{role}@/{database}?host={parts['host']}"


@cache
def administrator() -> psycopg.Connection:
    """One connection for all clones of this process."""
    return psycopg.connect(superuser_url(), autocommit=True)


def migrations_digest() -> str:
    files = sorted((ROOT / "migrations").rglob("*.py")) + sorted((ROOT / "migrations").rglob("*.sql"))
    return hashlib.sha256(b"".join(f.read_bytes() for f in files)).hexdigest()[:12]


def create_database(connection: psycopg.Connection, name: str, template: str = "template0") -> None:
    connection.execute(f'CREATE DATABASE "{name}" OWNER vigil_owner TEMPLATE "{template}" STRATEGY FILE_COPY')


def template() -> str:
    """Migrate the template unless it stands already; its name says which migrations it holds."""
    name = f"vigil_template_{migrations_digest()}"
    with open(Path(tempfile.gettempdir()) / f"{name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        connection = administrator()
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            return name
        create_database(connection, name)
        inside = make_conninfo(superuser_url(), dbname=name)
        with psycopg.connect(inside, autocommit=True) as connection:
            for extension in ("postgis", "pg_trgm", "btree_gist"):
                connection.execute(f"CREATE EXTENSION {extension}")
        migrate(name, "upgrade", "head")
    return name


def migrate(database: str, command: str, revision: str) -> None:
    environment = os.environ | {"VIGIL_OWNER_DATABASE_URL": url_for("vigil_owner", database)}
    subprocess.run(
        [sys.executable, "-m", "alembic", "-c", "migrations/alembic.ini",
         command, revision],
        cwd=ROOT, env=environment, check=True,
    )  # fmt: skip


LEFT: list[str] = []


def drop_those_left() -> None:
    while LEFT:  # nothing is asked of a server by a process that had none
        administrator().execute(f'DROP DATABASE IF EXISTS "{LEFT.pop()}" WITH (FORCE)')


def finish() -> None:
    drop_those_left()
    if administrator.cache_info().currsize:
        administrator().close()
        administrator.cache_clear()


@dataclass(frozen=True)
class Clone:
    """A database of its own, with the settings of an application that stands on it."""

    name: str
    var: Path

    @classmethod
    def of(cls, source: str, var: Path) -> Clone:
        name = f"vigil_test_{secrets.token_hex(5)}"
        create_database(administrator(), name, source)
        (var / "secret").write_text(secrets.token_hex(32))
        return cls(name, var)

    def url(self, role: str) -> str:
        return url_for(role, self.name)

    def plain_url(self, role: str) -> str:
        return self.url(role).replace("postgresql+psycopg://", "postgresql://")

    def drop(self) -> None:
        """With the next one, or at the end: whose connections have just been closed has a server for each that is still
        about to go, and PostgreSQL would wait a tenth of a second for them, for each test."""
        drop_those_left()
        LEFT.append(self.name)

    def environment(self) -> dict[str, str]:
        """The VIGIL_* settings, for processes that a test starts."""
        urls = {f"VIGIL_{r.upper()}_DATABASE_URL": self.url(f"vigil_{r}") for r in ROLES if r != "app"}
        return urls | {
            "VIGIL_DATABASE_URL": self.url("vigil_app"),
            "VIGIL_REDIS_URL": redis_url(),
            "VIGIL_VAR": str(self.var),
            "VIGIL_SECRET_KEY_FILE": str(self.var / "secret"),
            "VIGIL_EXERCISE": "1",
        }

    def settings(self) -> Settings:
        return Settings.from_environment(self.environment())


def application(clone: Clone) -> Iterator[Flask]:
    """An application of its own on a clone. Most tests take the shared one (`Shared`)."""
    app = create_app(clone.settings())
    app.config.update(TESTING=True, PROPAGATE_UNEXPECTED=True)
    app.extensions["vigil_clone"] = clone
    yield app
    with app.app_context():
        for engine in db.engines.values():
            engine.dispose()


class Shared:
    """One application for the tests of a process, each on its own clone: making an application, reading its templates and
    putting its statements into words takes longer than most tests. What a test changed of it is as before afterwards;
    whoever changes more (routes, say) makes one of his own."""

    def __init__(self, role: str) -> None:
        self.role = role
        self.app: Flask | None = None
        self.database = ""
        self.config: dict[str, Any] = {}
        self.extensions: dict[str, Any] = {}

    def made(self, settings: Settings) -> Flask:
        app = create_app(settings)
        app.config.update(TESTING=True, PROPAGATE_UNEXPECTED=True)
        with app.app_context():
            event.listen(db.engine, "do_connect", self.lead)
        self.config, self.extensions = dict(app.config), dict(app.extensions)
        self.app = app
        return app

    def lead(self, dialect: Any, record: Any, arguments: Any, parameters: dict[str, Any]) -> None:
        """Each new connection goes to the clone of the test that runs."""
        parameters["dbname"] = self.database

    @contextmanager
    def on(self, clone: Clone, **changes: Any) -> Iterator[Flask]:
        settings = replace(clone.settings(), database_url=clone.url(self.role), **changes)
        app = self.app or self.made(settings)
        self.database = clone.name
        put_back(app.config, self.config | {"SECRET_KEY": settings.secret_key})
        put_back(app.extensions, self.extensions | {"vigil_settings": settings, "vigil_clone": clone})
        try:
            yield app
        finally:
            with app.app_context():
                db.session.remove()
                db.engine.dispose()


def put_back(held: dict[str, Any], kept: dict[str, Any]) -> None:
    held.clear()
    held.update(kept)


SITE, WORKER = Shared("vigil_app"), Shared("vigil_worker")
