"""The house's timetable: periodic work as data. Whoever runs first in a period asks; the others find it asked."""

from __future__ import annotations

import logging
import os
import time
from dataclasses import asdict, dataclass

from psycopg import Connection, OperationalError, connect

from app.locks import Lock
from workers.log import to_structured_lines

log = logging.getLogger("vigil.schedule")


@dataclass(frozen=True)
class Periodic:
    """`first_after`: seconds that it waits the first time, so that a house that has just started settles first."""

    job: str
    every_seconds: int
    queue: str = "slow"
    first_after: int = 0


TIMETABLE = (
    Periodic("workers.upkeep.make_partitions", 24 * 3600),
    Periodic("workers.upkeep.forget", 3600),
    Periodic("workers.upkeep.forget_positions", 24 * 3600),
    Periodic("workers.upkeep.fold_layers", 60),
    Periodic("workers.havens.fold_tokens", 24 * 3600),
    Periodic("workers.imports.remove_old", 3600),
    Periodic("workers.draws.keep_up", 300),
    Periodic("workers.solves.end_cut_off", 60),
    Periodic("workers.ledger.verify", 3600),
    # With the long work: a document that somebody waits for must not wait for a surface.
    Periodic("workers.surfaces.make", 24 * 3600, "files", first_after=180),
)


def ask_for_what_is_due(database: Connection) -> int:
    """Put each periodic job into the outbox once a period; the lock keeps two schedules from asking twice."""
    asked = 0
    with database.transaction():
        database.execute("SELECT pg_advisory_xact_lock(%s)", [Lock.SCHEDULE])
        for entry in TIMETABLE:
            asked += database.execute(
                "INSERT INTO outbox (queue, job, args, not_before) SELECT %(queue)s, %(job)s, '[]', CASE "
                "WHEN EXISTS (SELECT 1 FROM outbox WHERE job = %(job)s) THEN now() "
                "ELSE now() + make_interval(secs => %(first_after)s) END WHERE NOT EXISTS "
                "(SELECT 1 FROM outbox WHERE job = %(job)s "
                # A row from times to come would keep the log from being verified for ever.
                "AND created_at > now() - make_interval(secs => %(every_seconds)s) "
                "AND created_at < now() + interval '1 minute')",
                asdict(entry),
            ).rowcount
    return asked


def main() -> None:
    to_structured_lines()
    url = os.environ["VIGIL_WORKER_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    while True:
        try:
            with connect(url) as database:
                while True:
                    ask_for_what_is_due(database)
                    time.sleep(10)
        except OperationalError:
            log.error("database unreachable, trying again")
            time.sleep(1)


if __name__ == "__main__":
    main()
