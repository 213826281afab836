"""Asking for a search, and asking it to stop. Searching is the work of workers/solves.py."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from app.db import db
from app.errors import Conflict, NotAllowed
from app.ledger.actions import record
from app.locks import Lock
from app.outbox import later
from app.permissions import viewer
from app.solves import queries
from app.solves.models import OPEN, Solve, SolveKind

JOB = "workers.solves.run"
MOST_OPEN = 2  # of one person


def ask_for(kind: SolveKind, subject_id: int, sector_id: int | None) -> int:
    """Have the subject searched for, as the viewer and with his rights; the search's id. Raises NotAllowed, or Conflict
    where a search for it is under way, or two others of his are."""
    if not queries.may_ask(kind, sector_id):
        raise NotAllowed(_("You don’t plan this in this sector."))
    under_way = select(Solve.id).where(
        Solve.kind == kind, Solve.subject_id == subject_id, Solve.state.in_(OPEN)
    )
    if db.session.execute(under_way).first():
        raise Conflict(_("It is being searched for already."), code="under_way")
    person = viewer().person_id
    # The process that searches serves everybody. Two requests of one person at once wait for each other; the trigger
    # `two_at_a_time` takes the same lock.
    db.session.execute(select(func.pg_advisory_xact_lock(Lock.SEARCHES, person)))
    mine = select(func.count()).where(Solve.asked_by_id == person, Solve.state.in_(OPEN))
    if db.session.execute(mine).scalar_one() >= MOST_OPEN:
        raise Conflict(_("Two of your searches are under way. Stop one, or wait."), code="two_under_way")
    made = db.session.execute(
        insert(Solve).returning(Solve.id),
        {
            "kind": kind.value, "subject_id": subject_id, "sector_id": sector_id, "asked_by_id": person,
        },
    ).scalar_one()  # fmt: skip
    record("solves.asked", "solves", made, {"kind": kind.value})
    later(JOB, made, queue="plans")
    return int(made)


def stop(solve_id: int) -> Solve:
    """Have a search end with the best that it has. Raises NotFound, NotAllowed; nothing where it has ended."""
    found = queries.one(solve_id)
    if not queries.is_open(found):
        return found
    if not queries.stoppable(found):
        raise NotAllowed(_("Whoever asked for it, or plans here, can stop it."))
    found.stop_asked_at = func.now()
    db.session.flush()
    record("solves.stop_asked", "solves", solve_id)
    return found
