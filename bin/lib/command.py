"""bin/flask: a command of the application, with the private database up for as long as it runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import database
import family
from checkout import Checkout, here
from lock import Lock
from postgres import Cluster
from run import application_environment
from steps import Interrupted, Refused, bound, ignore_signals, say, stop_on_signals

START_PATIENCE = 60.0  # s that a bin/run which is just starting may take to bring the database up


def main() -> int:
    os.umask(0o077)
    checkout, server = here(), None
    stop_on_signals()
    try:
        settings = database.read_settings(checkout.environment_file)
        if not settings:
            raise Refused(
                "Nothing is set up here yet: start bin/run once, then this command works at any time."
            )
        checkout.make_folders()
        known = database.passwords(checkout)
        cluster = Cluster(checkout.var / "postgres/data", checkout.sockets, known["postgres"])
        lock = Lock(checkout.var)
        if take_or_find_running(lock, cluster):
            family.adopt_orphans()
            cluster.end_leftover()
            server = start(cluster, checkout)
        commands = checkout.var / "venv/bin"
        values = application_environment(checkout, commands) | settings
        # Migrations name their folder relative to the checkout; other commands their files to the caller.
        folder = checkout.root if sys.argv[1:2] == ["db"] else None
        return carry_out(
            subprocess.Popen(bound([commands / "flask", *sys.argv[1:]], "TERM"), cwd=folder, env=values)
        )
    except Interrupted:
        return 130
    except Refused as refused:
        print(refused, file=sys.stderr, flush=True)
        return 1
    finally:
        ignore_signals()
        if server is not None:
            server.send_signal(signal.SIGINT)
            server.wait()
            family.end_orphans()


def carry_out(command: subprocess.Popen[bytes]) -> int:
    try:
        return command.wait()
    except Interrupted:
        command.terminate()  # Ctrl-C has reached it as well; either way it rolls back
        try:
            command.wait(5)
        except subprocess.TimeoutExpired:
            command.kill()
        raise


def take_or_find_running(lock: Lock, cluster: Cluster) -> bool:
    """True when the lock is ours and the database is down; False when bin/run has it up."""
    deadline, told = time.monotonic() + START_PATIENCE, False
    while not lock.take("flask"):
        if lock.holder().startswith("run"):
            if cluster.answers():
                return False
            if time.monotonic() > deadline:
                raise Refused(
                    "bin/run is starting or stopping in this checkout: try again when it has finished."
                )
        elif not told:
            say("Another bin/flask command is working; waiting for it …")
            told = True
        time.sleep(0.2)
    return True


def start(cluster: Cluster, checkout: Checkout) -> subprocess.Popen[bytes]:
    log = checkout.log / "postgres.log"
    with log.open("ab") as sink:
        server = subprocess.Popen(
            cluster.command(), stdin=subprocess.DEVNULL, stdout=sink, stderr=sink, start_new_session=True
        )
    cluster.wait(server, log)
    return server


if __name__ == "__main__":
    sys.exit(main())
