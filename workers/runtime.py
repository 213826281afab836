"""Runs jobs: `python -m workers.runtime slow` (documents, upkeep), `files` (what people bring in, and the
day's surface) or `plans` (long searches).

Redis carries nothing but the number of an outbox row; what to do and with which ids stands in the row, and so does
whether it is done. A job's effect and the mark that it is done are one transaction, so that a job that is delivered
twice takes effect once.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from importlib import import_module

from flask import Flask
from rq import Queue, Worker
from rq.serializers import JSONSerializer
from sqlalchemy import text

from app.db import db
from app.factory import create_app
from app.locks import Lock
from app.outbox import MOST_ATTEMPTS
from app.settings import Settings
from workers.acting import acting
from workers.log import to_structured_lines
from workers.queues import redis

log = logging.getLogger("vigil.jobs")

# All that a row may ask for, by name. Whoever can write to the outbox could otherwise call anything that a worker's
# module has imported: write events as the system, open a connection to somewhere else.
JOBS = frozenset(
    {"workers.documents.render", "workers.ledger.verify", "workers.upkeep.forget",
     "workers.upkeep.forget_positions", "workers.upkeep.make_partitions", "workers.upkeep.fold_layers",
     "workers.imports.look", "workers.imports.bring_in", "workers.imports.remove_old", "workers.surfaces.make",
     "workers.havens.tell_alerts", "workers.havens.tell_corrected", "workers.havens.fold_tokens", "workers.solves.run",
     "workers.solves.end_cut_off", "workers.draws.keep_up"}
)  # fmt: skip


@cache
def worker_app() -> Flask:
    """The application, on the worker's own database role."""
    settings = replace(Settings.from_environment(), database_url=os.environ["VIGIL_WORKER_DATABASE_URL"])
    return create_app(settings)


@contextmanager
def acting_for(person_id: int) -> Iterator[None]:
    """Do what follows with the rights that this person has now, as the application's role: a job for somebody must see
    no more than that person would. Ends at the next commit or rollback."""
    try:
        with acting(person_id):
            yield
    finally:
        db.session.rollback()  # also ends SET LOCAL ROLE


def run(outbox_id: int) -> None:
    """Do one outbox row, unless it is done or being done."""
    app = worker_app()
    with app.app_context():
        with db.engine.connect() as guard:
            # Held until the job ends, across its commits: a row that was sent twice runs once at a time.
            if not guard.execute(
                text("SELECT pg_try_advisory_lock(:n, :id)"), {"n": Lock.JOBS, "id": outbox_id}
            ).scalar():
                return
            try:
                do(outbox_id)
            finally:
                guard.rollback()
                guard.execute(text("SELECT pg_advisory_unlock(:n, :id)"), {"n": Lock.JOBS, "id": outbox_id})
                guard.commit()


def do(outbox_id: int) -> None:
    row = db.session.execute(
        text(
            "UPDATE outbox SET attempts = attempts + 1 WHERE id = :id AND finished_at IS NULL "
            "RETURNING job, args, attempts"
        ),
        {"id": outbox_id},
    ).first()
    db.session.commit()
    if row is None:
        return
    try:
        if row.job not in JOBS:
            raise LookupError("not a job of ours")
        module, _, function = row.job.rpartition(".")
        getattr(import_module(module), function)(*row.args)
        db.session.execute(text("UPDATE outbox SET finished_at = now() WHERE id = :id"), {"id": outbox_id})
        db.session.commit()
        log.info("done", extra={"outbox": outbox_id, "job": row.job})
    except Exception as error:
        db.session.rollback()
        log.error("failed", extra={"outbox": outbox_id, "job": row.job, "error": type(error).__name__})
        try_again(outbox_id, row.attempts)


def try_again(outbox_id: int, attempts: int) -> None:
    """Put the row back with a growing wait; after the last attempt it stays unfinished, for a human to see."""
    if attempts < MOST_ATTEMPTS:
        db.session.execute(
            text(
                "UPDATE outbox SET enqueued_at = NULL, not_before = now() + make_interval(secs => :wait) "
                "WHERE id = :id AND finished_at IS NULL"
            ),
            {"id": outbox_id, "wait": min(2**attempts, 300)},
        )
        db.session.commit()


def main(queue: str) -> None:
    to_structured_lines()
    settings = Settings.from_environment()
    worker_app()  # warm before forking: each job forks from here
    if queue == "plans":
        # Likewise: what is compiled and imported here is so in each fork; and what is kept compiled serves the site,
        # which plans evacuations and the rest of a day itself.
        from geo.compiled import warm

        for module in ("workers.solves", "workers.plans", "workers.siting", "workers.draws"):
            import_module(module)
        warm()
    connection = redis(settings)
    Worker(
        [Queue(queue, connection=connection, serializer=JSONSerializer)],
        connection=connection,
        serializer=JSONSerializer,
        maintenance_interval=10,
        worker_ttl=30,
        default_result_ttl=60,
    ).work(logging_level="WARNING")


if __name__ == "__main__":
    main(sys.argv[1])
