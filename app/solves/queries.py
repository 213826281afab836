"""Reads of searches: by those who read what is searched for, and by whoever asked."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.db import db
from app.errors import NotFound
from app.permissions import Permission, viewer, within
from app.siting import queries as siting
from app.siting.models import SitingStudy
from app.solves.models import OPEN, Solve, SolveKind

# Who hears how far a search is, and who may end it. `vigil.hears_solve` (0034) and the policies of 0041 say the same.
READS = {
    SolveKind.PLAN: Permission.READ_PATROLS,
    SolveKind.MIX: Permission.READ_PATROLS,
    SolveKind.SITING: Permission.READ_HAVENS,
}
ASKS = {
    SolveKind.PLAN: Permission.PLAN_PATROLS,
    SolveKind.MIX: Permission.PLAN_PATROLS,
    SolveKind.SITING: Permission.KEEP_HAVENS,
}
# A temporary base is placed by those who plan patrols too.
ASKS_TOO = {SolveKind.SITING: Permission.PLAN_PATROLS}


def may_ask(kind: SolveKind, sector_id: int | None) -> bool:
    who, too = viewer(), ASKS_TOO.get(kind)
    return who.may(ASKS[kind], sector_id) or (too is not None and who.may(too, sector_id))


def visible() -> ColumnElement[bool]:
    readable = [and_(Solve.kind == kind, within(p, Solve.sector_id)) for kind, p in READS.items()]
    return and_(or_(Solve.asked_by_id == viewer().person_id, *readable), is_found())


def is_found() -> ColumnElement[bool]:
    """A study that the viewer does not find is searched for by nobody of whom he hears, nor stopped by him."""
    study = exists().where(SitingStudy.id == Solve.subject_id, siting.visible())
    return or_(Solve.kind != SolveKind.SITING, study)


def one(solve_id: int) -> Solve:
    """NotFound also for what the viewer doesn't read."""
    found = db.session.execute(select(Solve).where(Solve.id == solve_id, visible())).scalar()
    if found is None:
        raise NotFound
    return found


def latest(kind: SolveKind, subject_id: int) -> Solve | None:
    """The newest search for this subject that the viewer hears of."""
    return db.session.execute(
        select(Solve)
        .where(Solve.kind == kind, Solve.subject_id == subject_id, visible())
        .order_by(Solve.id.desc())
        .limit(1)
    ).scalar()


def is_open(solve: Solve) -> bool:
    return solve.state in OPEN


def stoppable(solve: Solve) -> bool:
    who = viewer()
    mine = solve.asked_by_id == who.person_id
    return is_open(solve) and (mine or may_ask(SolveKind(solve.kind), solve.sector_id))
