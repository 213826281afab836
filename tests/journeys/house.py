"""The whole house for journeys: every process of the Procfile on a clone of its own, on loopback and unix sockets."""

from __future__ import annotations

import json
import os
import secrets
import shlex
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from tests.servers import ROOT, Clone, redis_url


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


@dataclass
class House:
    """A running Vigil with the exercise loaded."""

    clone: Clone
    port: int
    environment: dict[str, str]
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def flask(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "flask", *arguments], cwd=ROOT, env=self.environment, text=True,
            capture_output=True, timeout=300,
        )  # fmt: skip

    def start(self, name: str, command: str) -> None:
        for setting in ("PORT", "VIGIL_LIVE_PORT"):
            command = command.replace(f"${setting}", self.environment[setting])
        log = (self.clone.var / f"{name}.log").open("wb")
        programs = {"python": [sys.executable], "gunicorn": [sys.executable, "-m", "gunicorn"]}
        arguments = [part for word in shlex.split(command) for part in programs.get(word, [word])]
        self.processes[name] = subprocess.Popen(
            arguments, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
        )

    def log(self) -> str:
        return "\n".join(
            f"--- {f.name}\n{f.read_text(errors='replace')[-2000:]}"
            for f in sorted(self.clone.var.glob("*.log"))
        )

    def ready(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/health/ready", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def wait_until_ready(self) -> None:
        for _ in range(960):  # on a machine that does much else; how fast a start is, bench/ says
            if self.ready():
                return
            time.sleep(0.25)
        raise AssertionError(f"the house did not become ready\n{self.log()}")

    def owner(self) -> psycopg.Connection:
        return psycopg.connect(self.clone.plain_url("vigil_owner"), autocommit=True)

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            try:
                process.wait(8)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)


def procfile() -> dict[str, str]:
    lines = (ROOT / "Procfile").read_text().splitlines()
    return dict(line.split(": ", 1) for line in lines if line and not line.startswith("#"))


@contextmanager
def running(template: str, var: Path) -> Iterator[House]:
    """Clone, load the exercise, start all processes; everything is stopped at the end."""
    clone = Clone.of(template, var)
    environment = {k: v for k, v in os.environ.items() if not k.startswith("VIGIL_")} | clone.environment()
    for name in ("outbox", "inbox", "sent", "error"):
        (var / "spool" / name).mkdir(parents=True)
    environment |= {
        "VIGIL_SMS_SPOOL": str(var / "spool"),
        # At the start and then no more: a rule that one journey switches on would raise its alerts into another.
        "VIGIL_RULES_EVERY_SECONDS": "3600",
        "WEB_CONCURRENCY": "2", "PORT": str(free_port()), "VIGIL_LIVE_PORT": str(free_port()), "FLASK_APP": "wsgi:app",
        "PYTHONPATH": str(ROOT), "VIGIL_KEYHOLDER_SOCKET": f"/tmp/vigil-test-{secrets.token_hex(4)}.sock",
        "VIGIL_LEDGER_KEY_FILE": str(var / "ledger.key"), "VIGIL_LEDGER_PUBLIC_KEY_FILE": str(var / "ledger.pub"),
        # Databases of the journeys must not disturb those of other tests that use the same Redis.
        "VIGIL_REDIS_URL": f"{redis_url()}?db=1",
    }  # fmt: skip
    house = House(clone, int(environment["PORT"]), environment)
    try:
        for command in (("ledger", "keys"), ("exercise", "load")):
            done = house.flask(*command)
            assert done.returncode == 0, done.stdout + done.stderr
        accounts = json.loads((var / "exercise-accounts.json").read_text())
        house.accounts = {a["role"]: a for a in accounts}
        with house.owner() as owner:
            # A surface is a minute of work, which would slow each journey; tests/workers/test_surfaces.py makes them.
            owner.execute(
                "INSERT INTO outbox (queue, job, args, enqueued_at, finished_at) "
                "VALUES ('files', 'workers.surfaces.make', '[]', now(), now())"
            )
        for name, command_line in procfile().items():
            house.start(name, command_line)
        house.wait_until_ready()
        yield house
    finally:
        house.stop()
        clone.drop()
