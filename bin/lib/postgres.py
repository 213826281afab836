"""A private PostgreSQL cluster: a folder, a unix socket, no TCP. Never touches one that the system runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from steps import Refused, run

INSTALLED = Path("/usr/lib/postgresql")
SHARED = Path("/usr/share/postgresql")

# For a machine of 4 GB that runs everything else, too. No statement or row value is logged: they name people.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "120",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "random_page_cost": "1.1",
    "wal_compression": "lz4",
    # A new file of the log would be 16 MB of zeros written and synced, for which every commit waits: old ones are kept
    # and used again, a new one takes its room as it is written. On a full disk the server then stops; nothing is lost.
    "min_wal_size": "512MB",
    "wal_init_zero": "off",
    "max_wal_size": "2GB",
    # Gently: on two cores a vacuum at full speed is felt by every report.
    "autovacuum_vacuum_cost_delay": "5ms",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u ",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Tests may lose everything at any moment, and do, each time.
FORGETFUL = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}


@dataclass(frozen=True)
class Cluster:
    """`as_account` stands before each command that touches the data, for initdb and postgres refuse root."""

    data: Path
    sockets: Path
    password: str | None = None  # the superuser's; None means that the folder alone keeps others out
    as_account: Sequence[str] = ()
    settings: Mapping[str, str] = field(default_factory=lambda: SETTINGS)

    @property
    def commands(self) -> Path:
        """The server's commands: of the version that made the data, or the newest with PostGIS."""
        version_file = self.data / "PG_VERSION"
        if version_file.is_file():
            version = version_file.read_text().strip()
            if not (INSTALLED / version / "bin/postgres").is_file():
                raise Refused(
                    f"{self.data} was made by PostgreSQL {version}, which is no longer installed: install it "
                    "again, or bring the data over with pg_upgrade."
                )
            return INSTALLED / version / "bin"
        with_postgis = [
            int(each.parent.parent.name)
            for each in SHARED.glob("[0-9]*/extension/postgis.control")
            if (INSTALLED / each.parent.parent.name / "bin/initdb").is_file()
        ]
        if not with_postgis:
            raise Refused(f"No PostgreSQL with PostGIS stands under {INSTALLED}.")
        return INSTALLED / str(max(with_postgis)) / "bin"

    def initialise(self, log: Path) -> None:
        """Make the data folder, unless it is there. What an interrupted start half made is made anew."""
        if self.data.is_dir():
            return
        partial = self.data.with_name("partial")
        if partial.exists():
            shutil.rmtree(partial)
        method, secret = "trust", ["--no-sync"]
        if self.password is not None:
            password_file = self.data.parent / "superuser"
            password_file.write_text(self.password)
            method, secret = "scram-sha-256", [f"--pwfile={password_file}"]
        command = [
            *self.as_account,
            str(self.commands / "initdb"),
            f"--pgdata={partial}",
            "--username=postgres",
        ]
        options = [f"--auth={method}", "--encoding=UTF8", "--locale=C.UTF-8", *secret]
        run("Making a private PostGIS", [*command, *options], log, cwd=self.data.parent)
        if self.password is not None:
            password_file.unlink()
        partial.rename(self.data)

    def command(self) -> list[str]:
        options = [f"-c{name}={value}" for name, value in self.settings.items()]
        place = ["-D", str(self.data), f"-cunix_socket_directories={quoted(self.sockets)}"]
        return [
            *self.as_account,
            "setpriv",
            "--pdeathsig",
            "INT",
            str(self.commands / "postgres"),
            *place,
            *options,
        ]

    def end_leftover(self, patience: float = 15.0) -> None:
        """Wait for a server of this folder whose bin/run was killed outright, and which is on its way down."""
        deadline = time.monotonic() + patience
        while (pid := self.running()) is not None:
            if time.monotonic() > deadline:
                raise Refused(
                    f"A PostgreSQL with the process id {pid} still works on {self.data}; stop it first."
                )
            os.kill(pid, signal.SIGINT)  # a fast shutdown: ends sessions, loses nothing
            time.sleep(0.3)

    def running(self) -> int | None:
        try:
            pid = int((self.data / "postmaster.pid").read_text().splitlines()[0])
            if Path(f"/proc/{pid}/cwd").resolve() == self.data.resolve():
                return pid
        except (OSError, ValueError, IndexError):
            pass
        return None

    def answers(self) -> bool:
        asked = [str(self.commands / "pg_isready"), "-q", "-h", str(self.sockets)]
        return subprocess.run(asked, stderr=subprocess.DEVNULL).returncode == 0

    def wait(self, server: subprocess.Popen[bytes], log: Path, patience: float = 30.0) -> None:
        """Return when the server answers. Without the process `server` there is nothing to wait for."""
        deadline = time.monotonic() + patience
        while not self.answers():
            if server.poll() is not None or time.monotonic() > deadline:
                raise Refused(f"The private PostgreSQL did not start; {log} says why.")
            time.sleep(0.05)

    def execute(self, sql: str, database: str = "postgres") -> str:
        """Run statements as superuser; they come by standard input: no list of processes shows them."""
        environment = os.environ | {"PGOPTIONS": "-c client_min_messages=warning"}
        if self.password is not None:
            environment["PGPASSWORD"] = self.password
        command = [
            self.commands / "psql",
            "-XqAt",
            "-v",
            "ON_ERROR_STOP=1",
            "-h",
            self.sockets,
            "-U",
            "postgres",
        ]
        done = subprocess.run(
            [*map(str, command), database], input=sql, text=True, capture_output=True, env=environment
        )
        if done.returncode != 0:
            raise Refused(f"The private PostgreSQL refused a statement of the set-up: {done.stderr.strip()}")
        return done.stdout.strip()


def quoted(folder: Path) -> str:
    """A list of folders with one element: a comma or blank in the name must not end it."""
    return '"' + str(folder).replace('"', '""') + '"'
