"""bin/run, after the packages: from a checkout to the ready line, and back to nothing on Ctrl-C."""

from __future__ import annotations

import argparse
import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import assets
import database
import environment
import family
import processes
from checkout import Checkout, Stamp, here, make_own_folder
from lock import Lock
from postgres import Cluster
from steps import Interrupted, Refused, bound, ignore_signals, run, say, stop_on_signals, together

KEYHOLDER_PATIENCE = 20.0  # s
READY_PATIENCE = 180.0  # s; on the smallest machine the processes need some 10, on a busy one far more
STOP_PATIENCE = 75.0  # s; the database may have to write a long checkpoint


FILES_OF_CALLER = ("VIGIL_BASE_MAP", "VIGIL_SMS_SPOOL", "VIGIL_SMTP_PASSWORD_FILE")
WORDS_OF_CALLER = (
    "VIGIL_LARGEST_UPLOAD_MB", "VIGIL_SMTP_HOST", "VIGIL_SMTP_PORT", "VIGIL_SMTP_FROM", "VIGIL_SMTP_TLS",
    "VIGIL_SMTP_USER",
)  # fmt: skip


class Start:
    def __init__(self, checkout: Checkout, port: int, empty: bool) -> None:
        self.checkout, self.port, self.empty = checkout, port, empty
        self.boot_log = checkout.log / "boot.log"
        self.postgres = checkout.var / "postgres"
        self.stamps = self.postgres / "stamps"  # beside the data: who removes it removes them, too
        self.content = self.stamps / "content"
        self.supervisor: subprocess.Popen[bytes] | None = None

    def everything(self) -> None:
        checkout = self.checkout
        environment.demand_python()
        if not database.is_free(self.port):
            raise Refused(f"Port {self.port} is already in use: choose another with --port.")
        exercise = self.exercise()
        known = database.passwords(checkout)
        for folder in (self.postgres, self.stamps):
            make_own_folder(folder)
        cluster = Cluster(self.postgres / "data", checkout.sockets, known["postgres"])
        prepare(checkout, self.boot_log, lambda: cluster.initialise(self.boot_log))
        cluster.end_leftover()
        last = database.read_settings(checkout.environment_file).get("VIGIL_LIVE_PORT")
        settings = database.settings(checkout, known, database.choose_live_port(last, self.port), exercise)
        commands = checkout.var / "venv/bin"
        settings |= callers_settings()
        database.write_settings(checkout.environment_file, settings)
        values = application_environment(checkout, commands) | settings | {"PORT": str(self.port)}

        self.supervise(cluster, values)
        assert self.supervisor is not None
        processes.wake(checkout)
        cluster.wait(self.supervisor, checkout.log / "postgres.log")
        database.prepare(cluster, known, self.stamps)
        self.fill(commands, values)
        say("Starting Vigil …")
        processes.start_room(checkout)
        self.wait_until(200, 503)
        # Before it is ready: what the last start left undone would never be, without those who do it.
        processes.start_rest(checkout)
        self.wait_until(200)
        say(f"Vigil is ready at http://127.0.0.1:{self.port}")
        self.supervisor.wait()
        raise Refused(f"The supervisor ended by itself; {checkout.log}/supervisord.log may say why.")

    def exercise(self) -> bool:
        """Whether this checkout is (or becomes) an exercise; settled by its first start."""
        known = self.content.read_text() if self.content.exists() else None
        if self.empty and known not in (None, "empty"):
            raise Refused(
                "This checkout holds the exercise: for a mission's own data, start another with --empty."
            )
        return known != "empty" and not self.empty

    def supervise(self, cluster: Cluster, values: dict[str, str]) -> None:
        file = self.checkout.var / "supervisord.conf"
        file.write_text(processes.configuration(self.checkout, cluster))
        # A session of its own, so that Ctrl-C reaches bin/run alone, which stops things in order.
        with (self.checkout.log / "supervisord.out").open("wb") as sink:
            self.supervisor = subprocess.Popen(
                bound([self.checkout.var / "tools/bin/supervisord", "-c", file], "TERM"),
                cwd=self.checkout.root, env=values, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                start_new_session=True,
            )  # fmt: skip

    def fill(self, commands: Path, values: dict[str, str]) -> None:
        """Keys, tables, exercise: each once, and the tables again when the migrations have changed."""
        known = self.content.read_text() if self.content.exists() else None
        loads = not self.empty and known in (None, "begun")
        if loads:
            processes.start_keyholder(self.checkout)  # it seals; it starts while the tables are made
        together(lambda: self.make_key(commands, values), lambda: self.make_tables(commands, values))
        if self.empty and known is None:
            self.content.write_text("empty")
        elif loads:
            self.content.write_text("begun")
            self.load_exercise(commands, values)
            self.content.write_text("exercise")

    def make_key(self, commands: Path, values: dict[str, str]) -> None:
        if not Path(values["VIGIL_LEDGER_KEY_FILE"]).exists():
            self.do("Making the ledger's key", [commands / "flask", "ledger", "keys"], values)

    def make_tables(self, commands: Path, values: dict[str, str]) -> None:
        root = self.checkout.root
        migrations = sorted(
            each for each in (root / "migrations").rglob("*") if each.suffix in (".py", ".sql", ".ini")
        )
        stamp = Stamp(self.stamps / "migrations", *migrations)
        if not stamp.holds():
            alembic: list[Path | str] = [
                commands / "alembic",
                "-c",
                "migrations/alembic.ini",
                "upgrade",
                "head",
            ]
            self.do("Bringing the tables up to date", alembic, values)
            stamp.renew()

    def do(self, what: str, command: list[Path | str], values: dict[str, str]) -> None:
        run(what, command, self.boot_log, cwd=self.checkout.root, environment=values)

    def load_exercise(self, commands: Path, values: dict[str, str]) -> None:
        say("Loading the exercise …")
        self.wait_for_keyholder(Path(values["VIGIL_KEYHOLDER_SOCKET"]))
        # To the terminal, not to a log: it prints the accounts' passwords, once.
        done = subprocess.run(
            bound([commands / "flask", "exercise", "load"]), cwd=self.checkout.root, env=values,
            stdin=subprocess.DEVNULL,
        )  # fmt: skip
        if done.returncode != 0:
            raise Refused("The exercise could not be loaded; what it said stands above.")

    def wait_for_keyholder(self, path: Path) -> None:
        deadline = time.monotonic() + KEYHOLDER_PATIENCE
        while True:
            with socket.socket(socket.AF_UNIX) as line:
                if line.connect_ex(str(path)) == 0:
                    return
            if time.monotonic() > deadline:
                raise Refused(f"The key-holder did not start; {self.checkout.log}/keyholder.log may say why.")
            time.sleep(0.05)

    def wait_until(self, *answers: int) -> None:
        """Return when the site says how ready it is in one of these ways: 200 for ready, 503 for not yet."""
        assert self.supervisor is not None
        deadline = time.monotonic() + READY_PATIENCE
        while asked_ready(self.port) not in answers:
            if self.supervisor.poll() is not None:
                raise Refused(f"The supervisor ended; {self.checkout.log}/supervisord.log may say why.")
            if time.monotonic() > deadline:
                raise Refused(
                    f"Vigil did not become ready within {READY_PATIENCE:.0f} s; "
                    f"the logs in {self.checkout.log} say why."
                )
            time.sleep(0.1)

    def stop(self) -> None:
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.supervisor.terminate()
            try:
                self.supervisor.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                self.supervisor.kill()
        family.end_orphans()


def prepare(checkout: Checkout, log: Path, *more: Callable[[], object]) -> None:
    """Python packages and front-end assets (and `more`), side by side."""
    environment.tools(checkout, log)
    together(
        lambda: environment.application(checkout, log, "venv", checkout.root / "requirements.txt"),
        lambda: assets.build(checkout, log),
        *more,
    )


def callers_settings() -> dict[str, str]:
    """The settings that are the caller's; all others are made here. Files are named whole: processes run elsewhere."""
    given = {name: value for name in (*FILES_OF_CALLER, *WORDS_OF_CALLER) if (value := os.environ.get(name))}
    return given | {name: str(Path(given[name]).resolve()) for name in FILES_OF_CALLER if name in given}


def application_environment(checkout: Checkout, commands: Path) -> dict[str, str]:
    """What the application's processes and commands find in their environment, apart from the settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")}
    return inherited | {
        "PATH": f"{commands}:{os.environ['PATH']}",
        "FLASK_APP": str(checkout.root / "wsgi.py"),
        "PYTHONUNBUFFERED": "1",
        # Where compiled searches are kept: the sources' own folder belongs to somebody else.
        "NUMBA_CACHE_DIR": str(checkout.var / "numba"),
    }


def asked_ready(port: int) -> int | None:
    """The status of /health/ready, or None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def main() -> int:
    parser = argparse.ArgumentParser(prog="bin/run")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--empty", action="store_true")
    parser.add_argument("--prepare", action="store_true", help="fetch packages and assets, start nothing")
    asked = parser.parse_args()
    os.umask(0o077)
    checkout, start = here(), None
    stop_on_signals()
    try:
        checkout.make_folders()
        lock = Lock(checkout.var)
        if not lock.take(f"run http://127.0.0.1:{asked.port}"):
            what, _, address = lock.holder().partition(" ")
            if what == "run":
                raise Refused(f"Vigil is already running in this checkout, at {address}.")
            raise Refused("A bin/flask command is working in this checkout: start again when it has ended.")
        family.adopt_orphans()
        if asked.prepare:
            environment.demand_python()
            prepare(checkout, checkout.log / "boot.log")
            return 0
        start = Start(checkout, asked.port, asked.empty)
        start.everything()
    except Interrupted:
        return 0
    except Refused as refused:
        print(refused, file=sys.stderr, flush=True)
        return 1
    finally:
        ignore_signals()
        if start is not None:
            start.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
