"""Reads of ladders: the one in force for an alert, all that are in force, the versions of one."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import select

from app.db import db
from app.errors import NotFound
from app.ladders.climbing import Ladder, Post, Rung, Then, Way, as_ladder
from app.ladders.models import LadderVersion

# Where a mission's database has none, or none that can be read: nobody may fall silent for want of a row.
WITHOUT_ANY = Ladder(
    tuple(Rung(post, 30, frozenset({Way.SCREEN})) for post in Post),
    Then.STAY,
)


def in_force(kind: str, priority: str) -> tuple[Ladder, int | None]:
    """The ladder for an alert and its id: the kind's own, else that of all kinds. One that can't be climbed, whoever
    wrote it there, is as none."""
    v = LadderVersion
    row = db.session.execute(
        select(v)
        .where(v.replaced_at.is_(None), v.priority == priority, v.kind.in_([kind, ""]))
        .order_by(v.kind.desc())
        .limit(1)
    ).scalar()
    ladder = climbable(row) if row is not None else None
    return (ladder, row.id) if row is not None and ladder is not None else (WITHOUT_ANY, None)


def climbable(row: LadderVersion) -> Ladder | None:
    """The ladder that this row tells of; None where none can be read from it."""
    try:
        ladder = as_climbed(row)
    except (KeyError, TypeError, ValueError):
        return None
    return ladder if ladder.rungs else None


def as_climbed(row: LadderVersion) -> Ladder:
    return as_ladder(row.rungs, row.then, row.quiet_from, row.quiet_until)


def all_in_force() -> Sequence[LadderVersion]:
    v = LadderVersion
    return db.session.scalars(select(v).where(v.replaced_at.is_(None)).order_by(v.kind, v.priority)).all()


def rings(post: str, routes: Collection[str]) -> list[frozenset[str]]:
    """By which of these routes a post is rung of the most urgent alerts of which it is rung at all: a set for each ladder
    in force, one way of which is enough. Any, where none rings it: ladders may be changed during the watch."""
    found: dict[str, set[frozenset[str]]] = {}
    for row in all_in_force():
        ladder = climbable(row)
        for rung in ladder.rungs if ladder is not None else ():
            if rung.post == post and (ways := frozenset(way.value for way in rung.ways) & frozenset(routes)):
                found.setdefault(row.priority, set()).add(ways)
    if found:
        return sorted(found[min(found)], key=sorted)
    return [frozenset(routes)] if routes else []


def one(ladder_id: int) -> LadderVersion:
    """A version, in force or earlier."""
    found = db.session.get(LadderVersion, ladder_id)
    if found is None:
        raise NotFound
    return found


def versions(of: LadderVersion) -> Sequence[LadderVersion]:
    v = LadderVersion
    same = select(v).where(v.kind == of.kind, v.priority == of.priority)
    return db.session.scalars(same.order_by(v.version.desc())).all()
