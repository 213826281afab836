"""What the bench stands on: a private PostgreSQL on a real disk, a private Redis, the exercise, Vigil's processes.

The same pieces that bin/run starts (bin/lib, Procfile), under a folder of their own. Each run gets a fresh copy of the
exercise's database, so that no run finds another's rows, dead tuples or clocks that have come due.
"""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "bin/lib"))

import database  # noqa: E402
from checkout import Checkout, Stamp  # noqa: E402
from postgres import Cluster  # noqa: E402
from processes import read_procfile, redis_command, wrapped  # noqa: E402
from steps import Interrupted, Refused, bound, run, say, stop_on_signals  # noqa: E402

__all__ = ["COMMANDS", "ROOT", "Ground", "Interrupted", "Refused", "say", "stop_on_signals"]

EXERCISE = "vigil_exercise"
COMMANDS = Path(sys.executable).parent  # of the environment that the bench runs in
REPORTERS = ("patrol_cdr", "cla", "partner_ngo", "watchkeeper_joc")
MEMORY = ("tmpfs", "ramfs")
# As the owner, in one transaction with an event of it: the ledger's trigger refuses what was not recorded.
LIMITS = """
BEGIN;
SET LOCAL ROLE vigil_owner;
UPDATE procedures SET value = 1000000 WHERE key IN ('reports_burst', 'reports_per_minute');
INSERT INTO ledger_events (at, action, subject, body) VALUES (now(), 'bench.limits_lifted', 'procedures:reports',
    convert_to('{"action":"bench.limits_lifted","v":1}', 'UTF8'));
COMMIT;
"""
STOP_PATIENCE = 20.0


@dataclass(frozen=True)
class Folder(Checkout):
    """The checkout's code with a `var` of the bench's own."""

    place: Path = ROOT / "var/bench"

    @property
    def var(self) -> Path:
        return self.place


class Ground:
    def __init__(self, place: Path, port: int) -> None:
        self.checkout = Folder(ROOT, place)
        self.checkout.make_folders()
        refuse_memory(place)
        known = database.passwords(self.checkout)
        postgres = place / "postgres"
        postgres.mkdir(mode=0o700, exist_ok=True)
        self.known = known
        self.cluster = Cluster(postgres / "data", self.checkout.sockets, known["postgres"])
        live_port = database.choose_live_port(None, port)
        self.settings = database.settings(self.checkout, known, live_port, exercise=True)
        self.port = port
        self.template = EXERCISE  # what each run begins with
        self.started: dict[str, subprocess.Popen[bytes]] = {}

    def environment(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("VIGIL_")}
        path = f"{COMMANDS}:{os.environ['PATH']}"
        return (
            inherited
            | self.settings
            | {"PATH": path, "FLASK_APP": str(ROOT / "wsgi.py"), "PORT": str(self.port)}
        )

    def url(self, role: str) -> str:
        """The database's address for psycopg, as this role (`postgres` is the superuser)."""
        own = {"postgres": self.settings["VIGIL_OWNER_DATABASE_URL"]}
        names = {"app": "VIGIL_DATABASE_URL"}
        url = own.get(role) or self.settings[names.get(role, f"VIGIL_{role.upper()}_DATABASE_URL")]
        if role == "postgres":
            url = url.replace(f"vigil_owner:{self.known['owner']}", f"postgres:{self.known['postgres']}")
        return url.replace("postgresql+psycopg://", "postgresql://")

    # Servers

    def start_servers(self) -> None:
        log = self.checkout.log / "bench.log"
        self.cluster.initialise(log)
        self.cluster.end_leftover()
        server = self.launch("postgres", self.cluster.command())
        self.cluster.wait(server, self.checkout.log / "postgres.log")
        self.start_redis()
        database.prepare(self.cluster, self.known, self.checkout.var / "stamps")
        self.fill(log)

    def start_redis(self) -> None:
        self.launch_redis()
        wait((self.checkout.sockets / "redis.sock").exists, "Redis does not start.")

    def launch_redis(self) -> None:
        """From the main thread alone: the kernel ends it with the thread that started it."""
        (self.checkout.sockets / "redis.sock").unlink(missing_ok=True)
        self.launch("redis", redis_command(self.checkout.sockets, self.checkout.var))

    def fill(self, log: Path) -> None:
        """Migrate and load the exercise into the database that each run copies."""
        parts = [*(ROOT / "migrations").rglob("*.py"), *(ROOT / "migrations").rglob("*.sql")]
        parts += (ROOT / "app/exercise").glob("*.py")
        stamp = Stamp(self.checkout.var / "stamps/exercise", *sorted(parts))
        tokens = self.checkout.secrets / "tokens"
        if stamp.holds():
            return
        for name in (database.NAME, EXERCISE):
            self.cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self.cluster.execute(f"CREATE DATABASE {database.NAME} OWNER vigil_owner TEMPLATE template0")
        self.cluster.execute((ROOT / "bin/lib/database.sql").read_text(), database.NAME)
        flask = COMMANDS / "flask"
        values = self.environment()
        if not Path(values["VIGIL_LEDGER_KEY_FILE"]).exists():
            run("Making the ledger's key", [flask, "ledger", "keys"], log, cwd=ROOT, environment=values)
        run("Making the tables", [flask, "db", "upgrade"], log, cwd=ROOT, environment=values)
        run("Loading the exercise", [flask, "exercise", "load"], log, cwd=ROOT, environment=values)
        self.let_them_file()
        made = []
        for user in REPORTERS:
            command = [flask, "tokens", "create", "--user", user, "--scope", "reports:file"]
            made.append(
                subprocess.run(command, cwd=ROOT, env=values, check=True, capture_output=True, text=True)
            )
        database.write_secret(tokens, "".join(each.stdout.strip().splitlines()[-1] + "\n" for each in made))
        self.cluster.execute("VACUUM ANALYZE", database.NAME)
        self.cluster.execute(f"ALTER DATABASE {database.NAME} RENAME TO {EXERCISE}")
        stamp.renew()

    def let_them_file(self) -> None:
        """Four accounts file what a whole mission does: the standing procedures of this database allow it."""
        self.cluster.execute(LIMITS, database.NAME)

    def tokens(self) -> list[str]:
        return (self.checkout.secrets / "tokens").read_text().split()

    def fresh_database(self) -> None:
        self.cluster.execute(f"DROP DATABASE IF EXISTS {database.NAME} WITH (FORCE)")
        self.cluster.execute(f"CREATE DATABASE {database.NAME} OWNER vigil_owner TEMPLATE {self.template}")
        self.cluster.execute((ROOT / "bin/lib/database.sql").read_text(), database.NAME)
        # The sequencer keeps its last checkpoint outside the database, and would refuse to go on from an older one.
        (self.checkout.var / "checkpoints/checkpoints.txt").unlink(missing_ok=True)
        self.cluster.execute("CHECKPOINT")

    # Vigil's processes

    @contextmanager
    def vigil(self) -> Iterator[None]:
        """All of the Procfile's processes, ready to answer; ended at the end, the servers stay."""
        lines = read_procfile(ROOT / "Procfile")
        try:
            for name, command in lines.items():
                self.launch(name, shlex.split(wrapped(name, command)))
            wait(self.ready, f"Vigil does not become ready; the logs in {self.checkout.log} say why.", 60.0)
            yield
        finally:
            self.stop(list(lines))

    def launch_worker(self, program: Path) -> None:
        """RQ's worker alone; the rest of Vigil is down meanwhile, to its favour."""
        self.launch("queue", bound([COMMANDS / "python", program], "TERM"))

    def ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/health/ready")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def kill_web_worker(self) -> None:
        """kill -9 of one of the site's two processes, while it works; gunicorn forks another."""
        os.kill(children(self.started["web"].pid)[0], signal.SIGKILL)

    def kill_redis(self) -> None:
        server = self.started.pop("redis")
        server.kill()
        server.wait()

    def processes(self) -> list[str]:
        return list(read_procfile(ROOT / "Procfile"))

    def kill(self, name: str) -> None:
        """kill -9 of one of the Procfile's processes, with what it has forked."""
        process = self.started.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def launch_again(self, name: str) -> None:
        """As the supervisor does a moment after a process died."""
        self.launch(name, shlex.split(wrapped(name, read_procfile(ROOT / "Procfile")[name])))

    def kill_postgres(self) -> list[int]:
        """kill -9 of the server with everything that it has forked, as when the power fails; the processes that are on
        their way out. What was committed has to come back from the log."""
        server = self.started.pop("postgres")
        own = [server.pid, *children(server.pid)]
        for pid in own:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        server.wait()
        return own[1:]

    def launch_postgres(self) -> None:
        self.launch("postgres", self.cluster.command())

    def launch(self, name: str, command: list[str]) -> subprocess.Popen[bytes]:
        with (self.checkout.log / f"{name}.log").open("ab") as sink:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                start_new_session=True,
            )  # fmt: skip
        self.started[name] = process
        return process

    def stop(self, names: list[str]) -> None:
        ending = {name: self.started.pop(name) for name in names if name in self.started}
        for name, process in ending.items():
            process.send_signal(signal.SIGINT if name == "postgres" else signal.SIGTERM)
        for process in ending.values():
            try:
                process.wait(STOP_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def stop_all(self) -> None:
        self.stop([name for name in self.started if name not in ("postgres", "redis")])
        self.stop(["redis", "postgres"])


def wait(done: object, sentence: str, patience: float = 15.0) -> None:
    deadline = time.monotonic() + patience
    while not done():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise Refused(sentence)
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def refuse_memory(folder: Path) -> None:
    """What fsync costs can only be measured on a disk."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    over = [m for m in mounts if folder.resolve().is_relative_to(m[1])]
    kind = max(over, key=lambda m: len(m[1]))[2]
    if kind in MEMORY:
        raise Refused(f"{folder} lies in memory ({kind}): give --folder on a disk.")
    say(f"PostgreSQL's data: {folder} ({kind})")
