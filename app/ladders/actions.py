"""Changing a ladder: the version in force ends, and the next one begins, in one transaction. Never commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, update

from app.db import db
from app.errors import Conflict, NotAllowed
from app.ladders.body import SetLadder
from app.ladders.climbing import Way
from app.ladders.models import LadderVersion
from app.ledger.actions import record
from app.permissions import Permission, viewer
from app.reasons import reason_given


def set_ladder(body: SetLadder) -> int:
    """Put a new version in force; returns its id. Turns that run end at their time, the next ones follow the new version.

    Raises NotAllowed, Invalid without a reason, Conflict where somebody has changed it since it was seen.
    """
    if not viewer().holds(Permission.MANAGE_MISSION):
        raise NotAllowed(_("Your role does not change the standing procedures."))
    reason = reason_given(body.reason, "reason")
    v = LadderVersion
    same = (v.kind == body.kind, v.priority == body.priority.value)
    stands = db.session.execute(select(v.id).where(*same, v.replaced_at.is_(None)).with_for_update()).scalar()
    if body.seen is not None and stands is not None and stands != body.seen and not is_other(body):
        raise Conflict(_("Somebody has changed this ladder meanwhile. Look at it again before you set it."))
    version = db.session.execute(select(func.coalesce(func.max(v.version), 0) + 1).where(*same)).scalar_one()
    if stands is not None:
        db.session.execute(update(v).where(v.id == stands).values(replaced_at=datetime.now(UTC)))
    made = db.session.execute(
        insert(v)
        .values(
            kind=body.kind, priority=body.priority.value, version=version, then=body.then.value,
            rungs=[{"post": r.post.value, "minutes": r.minutes, "ways": ways(r.ways)} for r in body.rungs],
            quiet_from=body.quiet_from, quiet_until=body.quiet_until, reason=reason, made_by_id=viewer().person_id,
        )
        .returning(v.id)
    ).scalar_one()  # fmt: skip
    record(
        "ladders.set",
        "ladders",
        made,
        {"priority": body.priority.value, "kind": body.kind, "version": version},
    )
    return int(made)


def ways(given: Iterable[Way]) -> list[str]:
    """The screen tells always."""
    return sorted({*map(str, given), Way.SCREEN.value})


def is_other(body: SetLadder) -> bool:
    """Whether what was seen is the ladder of another kind or priority, from which this one was begun."""
    v = LadderVersion
    seen = db.session.execute(select(v.kind, v.priority).where(v.id == body.seen)).first()
    return seen is None or (seen.kind, seen.priority) != (body.kind, body.priority.value)
