"""The supervisor's configuration, from the Procfile, and a line to the running supervisor.

Why supervisord: it restarts each process alone with growing pauses, starts and stops in order (applications
before the database), turns log files over, and can be asked how things are. honcho, which reads Procfiles,
stops the whole house when one process dies.
"""

from __future__ import annotations

import http.client
import re
import shlex
import socket
import time
import xmlrpc.client
from pathlib import Path
from typing import Any

from checkout import Checkout
from postgres import Cluster

# Who may know which role's password, as deploy/vigil.env gives them out: a hole in the site must hand out none but the
# site's own, which every process has to have for the application's settings.
WORKERS = {"relay", "slow", "files", "plans", "clocks", "messages", "rules", "schedule"}
HIDDEN = {
    "VIGIL_OWNER_DATABASE_URL": set[str](),
    "VIGIL_WORKER_DATABASE_URL": WORKERS,
    "VIGIL_AUDITOR_DATABASE_URL": {"slow"},  # workers.ledger.verify, each hour
    "VIGIL_SEQUENCER_DATABASE_URL": {"sequencer"},
    "VIGIL_KEYHOLDER_DATABASE_URL": {"keyholder"},
}
LINE = re.compile(r"^(?P<name>[A-Za-z0-9_-]+):\s*(?P<command>\S.*)$")

HEAD = """\
[supervisord]
nodaemon = true
silent = true
umask = 077
pidfile = {sockets}/supervisord.pid
logfile = {log}/supervisord.log
logfile_maxbytes = 5MB
childlogdir = {log}

[unix_http_server]
file = {sockets}/supervisor.sock
chmod = 0700

[supervisorctl]
serverurl = unix://{sockets}/supervisor.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""

PROGRAM = """
[program:{name}]
command = {command}
directory = {directory}
autostart = {autostart}
autorestart = true
startretries = 100000
priority = {priority}
stopsignal = {signal}
stopwaitsecs = {patience}
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}/{name}.log
stdout_logfile_maxbytes = 20MB
stdout_logfile_backups = 3
"""


def read_procfile(file: Path) -> dict[str, str]:
    found = (LINE.match(line) for line in file.read_text().splitlines())
    return {each["name"]: each["command"] for each in found if each}


def configuration(checkout: Checkout, cluster: Cluster) -> str:
    """Database and Redis start at once; the group `vigil` when it is asked to, after the migrations."""
    processes = read_procfile(checkout.root / "Procfile")
    sections = [
        escaped_format(HEAD, sockets=checkout.sockets, log=checkout.log),
        program(checkout, "postgres", shlex.join(cluster.command()), priority=1, signal="INT", patience=60),
        program(
            checkout,
            "redis",
            shlex.join(redis_command(checkout.sockets, checkout.var)),
            priority=2,
            patience=5,
        ),
        *(
            # 4 s: what is still at work then is a job, which runs again at the next start.
            program(checkout, name, wrapped(name, command), priority=10, patience=4, autostart=False)
            for name, command in processes.items()
        ),
        f"\n[group:vigil]\nprograms = {','.join(processes)}\npriority = 10\n",
    ]
    return "".join(sections)


def program(
    checkout: Checkout,
    name: str,
    command: str,
    *,
    priority: int,
    patience: int,
    signal: str = "TERM",
    autostart: bool = True,
) -> str:
    return escaped_format(
        PROGRAM, name=name, command=command, directory=checkout.root, log=checkout.log, priority=priority,
        patience=patience, signal=signal, autostart=str(autostart).lower(),
    )  # fmt: skip


def escaped_format(text: str, **values: object) -> str:
    """The configuration gives a meaning to per cent signs, which a path may hold."""
    return text.format(**{name: str(value).replace("%", "%%") for name, value in values.items()})


def wrapped(name: str, command: str) -> str:
    """A Procfile line for a shell (it names $PORT), ended by the kernel if the supervisor is killed."""
    hidden = " ".join(f"-u {setting}" for setting, known_to in HIDDEN.items() if name not in known_to)
    return shlex.join(["/bin/sh", "-c", f"exec setpriv --pdeathsig TERM env {hidden} {command}"])


def redis_command(sockets: Path, folder: Path) -> list[str]:
    """Redis is the bell and the outbox table the truth, so nothing of it goes to disk."""
    return [
        "setpriv", "--pdeathsig", "TERM", "redis-server", "--port", "0", "--unixsocket",
        str(sockets / "redis.sock"), "--unixsocketperm", "700", "--save", "", "--appendonly", "no",
        "--dir", str(folder), "--daemonize", "no", "--maxmemory", "256mb", "--maxmemory-policy", "noeviction",
    ]  # fmt: skip


class _UnixConnection(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.host)


class _UnixTransport(xmlrpc.client.Transport):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path = path

    def make_connection(self, host: object) -> http.client.HTTPConnection:
        connection = _UnixConnection("localhost")
        connection.host = str(self.path)
        return connection


def wake(checkout: Checkout, patience: float = 10.0) -> None:
    """Ask the supervisor something, as soon as it listens: until it is asked, it sleeps a second before it begins."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        try:
            ask(checkout).getState()
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.02)  # whoever waits for the database sees whether the supervisor ended


def start_keyholder(checkout: Checkout) -> None:
    """Before the others, for what the exercise's load has to seal."""
    ask(checkout).startProcess("vigil:keyholder", False)


# The room's own processes. Those that do work for later start once the room answers: all at once, on two cores,
# each would wait for the others' imports, and the duty officer for all of them.
ROOM = ("web", "live", "sequencer", "keyholder")


def start_room(checkout: Checkout) -> None:
    """Start what pages and alerts need; the supervisor goes on trying if one of them fails."""
    supervisor = ask(checkout)
    running = {p["name"] for p in supervisor.getAllProcessInfo() if p["statename"] in ("RUNNING", "STARTING")}
    for name in ROOM:
        if name not in running:
            supervisor.startProcess(f"vigil:{name}", False)


def start_rest(checkout: Checkout) -> None:
    """Start the others of the group: relay, workers, schedule."""
    ask(checkout).startProcessGroup("vigil", False)


def ask(checkout: Checkout) -> Any:
    transport = _UnixTransport(checkout.sockets / "supervisor.sock")
    return xmlrpc.client.ServerProxy("http://supervisor", transport=transport).supervisor
