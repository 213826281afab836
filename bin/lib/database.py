"""Roles, database and passwords of the private cluster; the settings (VIGIL_*) that follow from them."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import socket
from pathlib import Path
from urllib.parse import quote

from checkout import Checkout, Stamp
from environment import LIBRARY
from postgres import Cluster
from steps import Refused

ROLES = ("owner", "app", "worker", "sequencer", "keyholder", "auditor")
NAME = "vigil"


def passwords(checkout: Checkout) -> dict[str, str]:
    """Role → password, made once; `postgres` is the superuser, whom only the set-up knows."""
    file = checkout.secrets / "database.json"
    if not file.exists():
        if (checkout.var / "postgres/data/PG_VERSION").exists():
            raise Refused(f"{file}, which opens the database under {checkout.var}/postgres, is missing.")
        write_secret(file, json.dumps({role: secrets.token_urlsafe(24) for role in ("postgres", *ROLES)}))
    return dict(json.loads(file.read_text()))


def write_secret(file: Path, content: str) -> None:
    partial = file.with_name(f".{file.name}.part")
    partial.unlink(missing_ok=True)
    partial.touch(mode=0o600)
    partial.write_text(content)
    partial.replace(file)


def prepare(cluster: Cluster, known: dict[str, str], stamps: Path) -> bool:
    """Make roles, database and extensions, if they are not as the SQL files say. True the first time."""
    files = (LIBRARY / "roles.sql", LIBRARY / "database.sql")
    stamp = Stamp(stamps / "roles", *files, json.dumps(known, sort_keys=True))
    if stamp.holds():
        return False
    logins = "\n".join(f"ALTER ROLE vigil_{role} PASSWORD '{known[role]}';" for role in ROLES)
    cluster.execute(files[0].read_text() + logins)
    if first := not cluster.execute(f"SELECT 1 FROM pg_database WHERE datname = '{NAME}'"):
        cluster.execute(f"CREATE DATABASE {NAME} OWNER vigil_owner TEMPLATE template0")
    cluster.execute(files[1].read_text(), NAME)
    stamp.renew()
    return first


def web_processes(processors: int) -> int:
    """How many processes answer the site: one a processor. Python works on one at a time in each, so that a large machine
    would stand idle behind two; beyond four PostgreSQL is what is waited for, and its connections run short."""
    return min(max(processors, 2), 4)


def settings(checkout: Checkout, known: dict[str, str], live_port: int, exercise: bool) -> dict[str, str]:
    """The settings of the README for this checkout."""
    secret_key = checkout.secrets / "secret.key"
    if not secret_key.exists():
        write_secret(secret_key, secrets.token_hex(32))

    def url(role: str) -> str:
        host = quote(str(checkout.sockets), safe="/")
        return f"postgresql+psycopg://vigil_{role}:{known[role]}@/{NAME}?host={host}"

    return {
        "VIGIL_DATABASE_URL": url("app"),
        **{f"VIGIL_{role.upper()}_DATABASE_URL": url(role) for role in ROLES if role != "app"},
        "VIGIL_REDIS_URL": f"unix://{quote(str(checkout.sockets), safe='/')}/redis.sock",
        "VIGIL_VAR": str(checkout.var),
        "VIGIL_SECRET_KEY_FILE": str(secret_key),
        "VIGIL_LEDGER_KEY_FILE": str(checkout.secrets / "ledger.key"),
        "VIGIL_LEDGER_PUBLIC_KEY_FILE": str(checkout.secrets / "ledger.pub"),
        "VIGIL_KEYHOLDER_SOCKET": str(checkout.sockets / "keyholder.sock"),
        "VIGIL_LIVE_PORT": str(live_port),
        "VIGIL_EXERCISE": "1" if exercise else "0",
        "WEB_CONCURRENCY": str(web_processes(len(os.sched_getaffinity(0)))),  # by this name gunicorn reads it
    }


def write_settings(file: Path, values: dict[str, str]) -> None:
    lines = [f"export {name}={shlex.quote(value)}\n" for name, value in values.items()]
    write_secret(file, "# Made by bin/run at each start; bin/flask reads it.\n" + "".join(lines))


def read_settings(file: Path) -> dict[str, str]:
    """NAME → value; empty where there is no such file."""
    if not file.is_file():
        return {}
    words = shlex.split(file.read_text(), comments=True)
    return dict(word.split("=", 1) for word in words if "=" in word)


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def choose_live_port(last: str | None, taken: int) -> int:
    """The port of the last start if it is free, so that open pages find the stream again; else another."""
    if last and last.isdigit() and int(last) != taken and is_free(int(last)):
        return int(last)
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port != taken:
            return port
