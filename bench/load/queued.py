"""The same work handed to RQ: a job for each report, for which RQ's worker forks, as it does for each job.

Run as a program this is the worker. To the queue's favour, nobody signs in and no HTTP is spoken: the client puts the
body straight into Redis, and the clock stops when the job has committed.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from redis import Redis
from rq import Queue, Worker
from rq.serializers import JSONSerializer

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bodies import Report

NAME = "bench"
DONE = "bench:done"


def enqueue_all(address: str, reports: list[Report], rate: float, person_id: int) -> list[float]:
    """Enqueue report i at start + i / rate; returns s from there to the commit of each."""
    connection = Redis.from_url(address)
    queue = Queue(NAME, connection=connection, serializer=JSONSerializer)
    start = time.monotonic() + 0.1
    for i, report in enumerate(reports):
        time.sleep(max(start + i / rate - time.monotonic(), 0))
        due = start + i / rate
        queue.enqueue(
            "queued.file", str(report.id), report.body, person_id, due, result_ttl=0, description="report"
        )
    took = []
    for _ in reports:
        found: Any = connection.blpop([DONE], timeout=120)
        if found is None:
            raise RuntimeError("The RQ worker lost a job; its log says why.")
        took.append(float(found[1]))
    return took


def wait_for_worker(address: str) -> None:
    connection = Redis.from_url(address)
    for _ in range(300):
        if Worker.count(connection=connection, queue=Queue(NAME, connection=connection)):
            return
        time.sleep(0.1)
    raise RuntimeError("The RQ worker does not start.")


def file(report_id: str, body: dict[str, Any], person_id: int, due: float) -> None:
    from app.db import db
    from app.field_reports.actions import file_report
    from app.field_reports.body import ReportBody
    from app.settings import Settings
    from workers import runtime

    with runtime.worker_app().app_context(), runtime.acting_for(person_id):
        file_report(UUID(report_id), ReportBody.model_validate(body))
        db.session.commit()
    took = time.monotonic() - due
    runtime.redis(Settings.from_environment()).rpush(DONE, took)


def main() -> None:
    from app.settings import Settings
    from workers import runtime

    runtime.worker_app()  # warm before forking, as workers/runtime.py does
    connection = runtime.redis(Settings.from_environment())
    queue = Queue(NAME, connection=connection, serializer=JSONSerializer)
    Worker([queue], connection=connection, serializer=JSONSerializer).work(logging_level="WARNING")


if __name__ == "__main__":
    main()
