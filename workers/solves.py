"""Long searches, in a process of their own: take the row, search as whoever asked, write how it ended.

A kind's search is a function (subject id, Watched) that stores what it has found, and commits, with the asker's rights:
`acting_for(watched.asked_by_id)`. What it raises ends the search as failed, with a code and nothing of the error's text.
"""

from __future__ import annotations

import logging
import time
from importlib import import_module

from rq.timeouts import BaseTimeoutException
from sqlalchemy import select, text, update
from sqlalchemy.exc import OperationalError

from app.db import db
from app.errors import NotAllowed, NotFound, Refusal
from app.locks import Lock
from app.outbox import MOST_ATTEMPTS
from app.solves.actions import JOB
from app.solves.models import OPEN, Solve, SolveState
from geo.refused import Refused

log = logging.getLogger("vigil.solves")

# kind → the function that searches.
SEARCHES = {
    "plan": "workers.plans.search",
    "mix": "workers.draws.search",
    "siting": "workers.siting.search",
}
# A try holds its row's lock (workers/runtime.py: run) until it ends, however it ends.
CUT_OFF = text("""
UPDATE solves SET state = 'failed', error = 'cut_off' WHERE state IN ('waiting', 'running') AND NOT EXISTS (
    SELECT FROM outbox o WHERE o.job = :job AND o.args ->> 0 = CAST(solves.id AS text) AND o.finished_at IS NULL
    AND (o.attempts < :most OR EXISTS (
        SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = CAST(:jobs AS oid) AND l.objid = o.id
        AND l.objsubid = 2 AND l.granted
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))))
RETURNING id
""")
TELL_EVERY = 0.25  # s between two writes of how far it is
# A search that is given 3 seconds of the processor ends after 4.5 on the clock, however many others use it.
PATIENCE = 1.5


class Watched:
    """How a search tells how far it is, and hears that it should stop; on a connection of its own, so that others see it
    while the search's own transaction is open."""

    def __init__(self, solve: Solve) -> None:
        self.id, self.kind, self.subject_id = solve.id, solve.kind, solve.subject_id
        self.asked_by_id = solve.asked_by_id
        self.share, self.best = 0.0, solve.best
        self.asked_to_stop = False
        self.wrote = 0.0

    def told(self, share: float, best: float | None = None) -> None:
        """share: of the work, 0 to 1; it never goes back. best: so far, in the kind's unit (app/solves/wording.py)."""
        self.share = min(max(share, self.share), 1.0)
        self.best = self.best if best is None else best
        self.refresh()

    def stop(self) -> bool:
        """Whether a person asked it to stop."""
        self.refresh()
        return self.asked_to_stop

    def refresh(self) -> None:
        now = time.monotonic()
        if now - self.wrote < TELL_EVERY:
            return
        self.wrote = now
        with db.engine.begin() as own:
            asked = own.execute(
                text(
                    "UPDATE solves SET share = :share, best = :best, told_at = now() WHERE id = :id "
                    "RETURNING stop_asked_at IS NOT NULL"
                ),
                {"share": self.share, "best": self.best, "id": self.id},
            ).scalar()
        self.asked_to_stop = bool(asked)


def run(solve_id: str) -> None:
    """Search; nothing where it has ended already. A worker that was killed is followed by one that begins anew."""
    number = int(solve_id)
    solve = begin(number)
    if solve is None:
        return
    watched, began = Watched(solve), time.monotonic()
    try:
        module, _, function = SEARCHES[watched.kind].rpartition(".")
        getattr(import_module(module), function)(watched.subject_id, watched)
    except OperationalError:
        raise  # the database is away: the outbox tries again by itself
    except Exception as error:
        db.session.rollback()
        end(watched, SolveState.FAILED, began, reason_of(error))
        log.error("search failed", extra={"solve": number, "error": type(error).__name__})
        return
    db.session.rollback()
    end(watched, SolveState.STOPPED if watched.asked_to_stop else SolveState.DONE, began)


def begin(solve_id: int) -> Solve | None:
    found = db.session.execute(select(Solve).where(Solve.id == solve_id).with_for_update()).scalar()
    if found is None or found.state not in OPEN:
        db.session.rollback()
        return None
    found.state = SolveState.RUNNING.value
    db.session.commit()
    db.session.refresh(found)
    db.session.expunge(found)
    db.session.rollback()
    return found


def end(watched: Watched, state: SolveState, began: float, error: str | None = None) -> None:
    share = watched.share if state == SolveState.FAILED else 1.0
    db.session.execute(
        update(Solve)
        .where(Solve.id == watched.id, Solve.state.in_(OPEN))
        .values(
            state=state.value, share=share, best=watched.best, error=error,
            took_seconds=time.monotonic() - began,
        )
    )  # fmt: skip
    db.session.commit()


def end_cut_off() -> None:
    """Let searches end as failed of which no try is left or under way: their workers were killed, or the database went
    away, as often as a job is tried. The job itself stays unfinished, for whoever runs the house to see."""
    ended = (
        db.session.execute(CUT_OFF, {"job": JOB, "jobs": Lock.JOBS, "most": MOST_ATTEMPTS}).scalars().all()
    )
    db.session.commit()
    for each in ended:
        log.error("search cut off", extra={"solve": each})


def reason_of(error: Exception) -> str:
    """A code of app/solves/wording.py; nothing of the error's own text, which may hold what was read."""
    if isinstance(error, NotFound):
        return "gone"
    if isinstance(error, NotAllowed) or type(error) is LookupError:
        return "no_account"
    if isinstance(error, Refusal | Refused) and error.code:
        return error.code
    if isinstance(error, BaseTimeoutException):
        return "too_long"
    return "unexpected"
