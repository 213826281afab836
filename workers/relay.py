"""Outbox → RQ. The table is the truth and Redis the bell: what was rung and shows no effect is rung again."""

from __future__ import annotations

import logging
import os
import time

from psycopg import Connection, OperationalError, connect
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue
from rq.exceptions import DuplicateJobError
from rq.job import Job
from rq.serializers import JSONSerializer

from app.outbox import MOST_ATTEMPTS
from app.settings import Settings
from workers.log import to_structured_lines
from workers.queues import QUEUES, redis

log = logging.getLogger("vigil.relay")

POLL_SECONDS = 0.25
SWEEP_SECONDS = 10.0
# A job may be queued behind others for a while; only then is it looked for in Redis.
PATIENCE_SECONDS = 60
BATCH = 100


def job_id(outbox_id: int) -> str:
    return f"outbox-{outbox_id}"


def relay_once(database: Connection, bell: Redis) -> int:
    """Enqueue what is due; returns how many. A row is marked only after Redis took it: twice is harmless."""
    with database.transaction():
        rows = database.execute(
            "SELECT id, queue FROM outbox WHERE enqueued_at IS NULL AND finished_at IS NULL AND not_before <= now() "
            "ORDER BY not_before LIMIT %s FOR UPDATE SKIP LOCKED",
            [BATCH],
        ).fetchall()
        for outbox_id, queue in rows:
            ring(bell, outbox_id, queue)
        if rows:
            database.execute(
                "UPDATE outbox SET enqueued_at = now() WHERE id = ANY (%s)", [[r[0] for r in rows]]
            )
    return len(rows)


def ring(bell: Redis, outbox_id: int, queue: str) -> None:
    jobs = Queue(queue, connection=bell, serializer=JSONSerializer)
    for _ in range(2):
        try:
            jobs.enqueue(
                "workers.runtime.run", outbox_id, job_id=job_id(outbox_id), unique=True,
                job_timeout=QUEUES[queue], result_ttl=60, failure_ttl=60, description=job_id(outbox_id),
            )  # fmt: skip
            return
        except DuplicateJobError:
            # An earlier try under the same name has ended but is still remembered.
            old = Job.fetch(job_id(outbox_id), connection=bell, serializer=JSONSerializer)
            if old.get_status() in ("queued", "started", "scheduled"):
                return
            old.delete()


def sweep(database: Connection, bell: Redis) -> int:
    """Rows that were rung long ago and show no effect, and of which Redis knows nothing: ring again."""
    rows = database.execute(
        "SELECT id FROM outbox WHERE finished_at IS NULL AND attempts < %s "
        "AND enqueued_at < now() - make_interval(secs => %s) ORDER BY id LIMIT 1000",
        [MOST_ATTEMPTS, PATIENCE_SECONDS],
    ).fetchall()
    database.rollback()
    lost = [r[0] for r in rows if not under_way(bell, r[0])]
    if lost:
        with database.transaction():
            database.execute("UPDATE outbox SET enqueued_at = NULL WHERE id = ANY (%s)", [lost])
        log.warning("rung again", extra={"count": len(lost)})
    return len(lost)


def under_way(bell: Redis, outbox_id: int) -> bool:
    if not Job.exists(job_id(outbox_id), connection=bell):
        return False
    job = Job.fetch(job_id(outbox_id), connection=bell, serializer=JSONSerializer)
    return job.get_status() in ("queued", "started")


def main() -> None:
    to_structured_lines()
    settings = Settings.from_environment()
    url = os.environ["VIGIL_WORKER_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://")
    bell = redis(settings)
    while True:
        try:
            with connect(url) as database:
                work(database, bell)
        except OperationalError:
            log.error("database unreachable, trying again")
            time.sleep(1)


def work(database: Connection, bell: Redis) -> None:
    swept = 0.0
    while True:
        try:
            moved = relay_once(database, bell)
            if time.monotonic() - swept > SWEEP_SECONDS:
                swept = time.monotonic()
                sweep(database, bell)
        except RedisError:
            database.rollback()
            log.error("redis unreachable, trying again")
            time.sleep(1)
            continue
        if moved < BATCH:
            time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main()
