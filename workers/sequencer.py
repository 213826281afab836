"""Runs the log's only writer: `python -m workers.sequencer`.

One at a time, by a session lock; as vigil_sequencer, with the key in a file that no other process reads.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from psycopg import Connection, Error, connect

from app.ledger import keeping
from app.ledger.checkpoint import CheckpointError, Signer, load_signer
from app.ledger.sequencing import BATCH, Refused, Sequencer
from app.settings import Settings
from workers.log import to_structured_lines

log = logging.getLogger("vigil.sequencer")

LOCK = 741_852_963  # readiness (vigil.readiness) looks for this lock
POLL_SECONDS = 0.2
# Between batches that are not full. A batch of a second's events takes a processor for long enough that reports wait for
# it: 200 reports a second then had a 99th percentile of 60 ms, this way of 26 ms (bench/alerts).
PACE_SECONDS = 0.2
REFUSED_SECONDS = 10.0


class Process:
    """Runs until it is told to stop; then what is committed goes into the log, and it ends."""

    def __init__(self, url: str, signer: Signer, kept: Path) -> None:
        self.url, self.signer, self.kept = url, signer, kept
        self.stopping = False

    def run(self) -> None:
        while not self.stopping:
            try:
                with connect(self.url, autocommit=True, application_name="vigil sequencer") as database:
                    if wait_for_lock(database, self):
                        sequencer = Sequencer(database, self.signer, self.kept)
                        sequencer.take_up()
                        log.info("taken up", extra={"size": sequencer.frontier.size})
                        self.work(sequencer)
            except Refused as refused:
                # Without the connection the lock is gone too, and readiness fails: an operator has to look.
                log.critical(str(refused), extra={"fault": "ledger refused"})
                self.sleep(REFUSED_SECONDS)
            except Error as error:
                log.error("database unreachable, trying again", extra={"error": type(error).__name__})
                self.sleep(1.0)

    def work(self, sequencer: Sequencer) -> None:
        while True:
            last = self.stopping
            began = time.monotonic()
            count = sequencer.step()
            if count < BATCH:
                if last:
                    return
                self.sleep(max(PACE_SECONDS - (time.monotonic() - began), 0) if count else POLL_SECONDS)

    def sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, POLL_SECONDS))

    def stop(self, *_: object) -> None:
        self.stopping = True


def wait_for_lock(database: Connection[Any], process: Process) -> bool:
    """Another sequencer may run: stand by until it ends. False when told to stop meanwhile."""
    while not process.stopping:
        row = database.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()
        if row is not None and row[0]:
            return True
        process.sleep(POLL_SECONDS)
    return False


def main() -> None:
    to_structured_lines()
    settings = Settings.from_environment()
    url = os.environ["VIGIL_SEQUENCER_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    try:
        signer = load_signer(settings.ledger_key_file)
    except (OSError, CheckpointError) as error:
        log.critical("the ledger's key can't be read: run `flask ledger keys`", extra={"error": str(error)})
        time.sleep(REFUSED_SECONDS)
        sys.exit(1)
    process = Process(url, signer, keeping.file_in(settings.var))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, process.stop)
    process.run()


if __name__ == "__main__":
    main()
