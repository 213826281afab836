"""Work for later: a row in the caller's transaction, enqueued by workers/relay.py after the commit.

The table is the truth and Redis the bell: with Redis down nothing is lost, and the work follows later.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Identity, Index, insert, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, db

# After so many attempts a job is given up, and stands where people see it.
MOST_ATTEMPTS = 8


class OutboxRow(Base):
    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint("queue IN ('slow', 'files', 'plans')", name="queue"),
        Index("ix_outbox_waiting", "not_before", postgresql_where=text("enqueued_at IS NULL")),
        Index("ix_outbox_unfinished", "enqueued_at", postgresql_where=text("finished_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Identity(always=True), primary_key=True)
    queue: Mapped[str]
    job: Mapped[str]
    args: Mapped[list[Any]]
    not_before: Mapped[datetime] = mapped_column(server_default=text("now()"))
    created_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    enqueued_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default=text("0"))


def later(job: str, *args: str | int, queue: str = "slow") -> None:
    """Ask for `job` (a dotted name under `workers.`) once this transaction has committed.

    Arguments are ids, never data of a person: they stay in this table for a week after the work is done. To Redis goes
    the row's number alone, into the logs that and the name of the job.
    """
    # No RETURNING: whoever may add work may not read what others have asked for.
    row: dict[str, Any] = {"queue": queue, "job": job, "args": [str(a) for a in args]}
    db.session.execute(insert(OutboxRow).inline(), row)
