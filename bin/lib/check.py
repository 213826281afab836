"""bin/test, after the packages: the checkers, servers for tests, then pytest, whose closing line is last."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import assets
import environment
import family
from checkout import Checkout, here
from environment import LIBRARY
from postgres import FORGETFUL, SETTINGS, Cluster
from processes import redis_command
from steps import Interrupted, Refused, bound, ignore_signals, say, stop_on_signals, together

MEMORY = Path("/dev/shm")  # cloning a database takes 20 ms there, 600 ms on a disk
ROOM = 2 * 2**30  # bytes that the template, its clones and the write-ahead log may come to take
PREFIX = "vigil-test-"
CHECKS = (
    ("ruff check", ["ruff", "check", "--quiet", "."]),
    ("ruff format", ["ruff", "format", "--quiet", "--check", "."]),
    ("mypy", ["mypy", "--no-error-summary"]),
    ("mypy of bin/lib", ["mypy", "--no-error-summary", str(LIBRARY)]),
    ("import-linter", ["lint-imports"]),
)


@contextmanager
def server_folder(as_account: Sequence[str]) -> Iterator[Path]:
    """A folder in memory, or on the disk where memory is short, that belongs to whom the servers run as."""
    shared = (
        MEMORY if MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM else Path(tempfile.gettempdir())
    )
    for leftover in shared.glob(f"{PREFIX}*"):  # of a run that was killed
        pid = leftover.name.removeprefix(PREFIX).partition("-")[0]
        if not Path(f"/proc/{pid}").exists():
            shutil.rmtree(leftover, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=shared))
    try:
        if as_account:
            account = next(word.partition("=")[2] for word in as_account if word.startswith("--reuid="))
            shutil.chown(folder, account, account)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Servers:
    def __init__(self, folder: Path, as_account: Sequence[str], log: Path) -> None:
        self.folder, self.log = folder, log
        self.cluster = Cluster(folder / "data", folder, as_account=as_account, settings=SETTINGS | FORGETFUL)
        self.as_account = as_account
        self.started: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        self.cluster.initialise(self.log)
        postgres = self.launch(self.cluster.command(), "postgres")
        self.launch([*self.as_account, *redis_command(self.folder, self.folder)], "redis")
        self.cluster.wait(postgres, self.log_of("postgres"))
        self.cluster.execute((LIBRARY / "roles.sql").read_text())
        deadline = time.monotonic() + 10
        while not (self.folder / "redis.sock").exists():
            if time.monotonic() > deadline:
                raise Refused("The private Redis did not start.")
            time.sleep(0.05)

    def log_of(self, name: str) -> Path:
        return self.log.with_name(f"test-{name}.log")

    def launch(self, command: Sequence[str], name: str) -> subprocess.Popen[bytes]:
        with self.log_of(name).open("wb") as sink:
            server = subprocess.Popen(
                command,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=sink,
                start_new_session=True,
            )
        self.started.append(server)
        return server

    def stop(self) -> None:
        for server in self.started:
            server.send_signal(signal.SIGINT if server is self.started[0] else signal.SIGTERM)
        for server in self.started:
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                server.kill()

    def settings(self) -> dict[str, str]:
        return {
            "VIGIL_TEST_POSTGRES": f"postgresql://postgres@/postgres?host={self.folder}",
            "VIGIL_TEST_REDIS_URL": f"unix://{self.folder}/redis.sock",
        }


def check(checkout: Checkout, as_account: Sequence[str], arguments: Sequence[str]) -> int:
    environment.demand_python()
    log = checkout.var / "log-test/test.log"  # those of bin/run belong to another account
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    environment.tools(checkout, log)
    requirements = checkout.root / "requirements-test.txt"
    together(
        lambda: environment.application(checkout, log, "venv-test", requirements),
        lambda: assets.build(checkout, log),
    )
    commands = checkout.var / "venv-test/bin"
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Refused("Chromium is missing, without which the journeys can't be tested.")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")}
    values = inherited | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "MYPYPATH": str(LIBRARY),
        "VIGIL_TEST_CHROMIUM": chromium,
    }
    failed = []
    for name, command in CHECKS:
        say(f"{name} …")
        if (
            subprocess.run(
                bound([commands / command[0], *command[1:]]), cwd=checkout.root, env=values
            ).returncode
            != 0
        ):
            failed.append(name)
            say(f"{name} FAILED")
    with server_folder(as_account) as folder:
        servers = Servers(folder, as_account, log)
        try:
            servers.start()
            say("pytest …")
            tests = bound(
                [commands / "python", "-m", "pytest", "-n", "2", "--dist", "loadgroup", "-q", *arguments],
                "TERM",
            )
            status = subprocess.run(tests, cwd=checkout.root, env=values | servers.settings()).returncode
        finally:
            ignore_signals()
            servers.stop()
            family.end_orphans()
    if failed:
        print(f"bin/test: failed before pytest: {', '.join(failed)}.", file=sys.stderr, flush=True)
        return status or 1
    return status


def main() -> int:
    count = int(sys.argv[1])
    as_account, arguments = sys.argv[2 : 2 + count], sys.argv[2 + count :]
    stop_on_signals()
    family.adopt_orphans()
    try:
        return check(here(), as_account, arguments)
    except Interrupted:
        return 130
    except Refused as refused:
        print(refused, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
