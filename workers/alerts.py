"""Escalation: a clock ran out and nobody has acted, so the alert goes up its ladder and those whose turn it is are told.

The rows are the truth and nothing else is asked, neither Redis nor what this process remembers: a turn that ran out has
`ran_out_at`, the next one stands under a key that no second one has, and a message under another. So each step is taken
once, whoever takes it, however often, and by a process that was started a minute ago. `now` is this machine's clock.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, insert, select, text

from app.alerts import steps
from app.alerts.models import Alert, AlertClock, AlertStatus, Clock, StepKind
from app.db import db
from app.ladders.climbing import Ladder, Post, Rung, Turn, next_due
from app.ladders.queries import in_force
from app.ledger.actions import record
from workers import telling
from workers.looking import is_gone

log = logging.getLogger("vigil.clocks")

# A clock that is looked at within this time after it ran out was looked at on time.
ON_TIME = timedelta(seconds=5)
MOST_AT_ONCE = 200

STANDS_BY = text("""
SELECT 1 FROM vigil.on_watch(:post, :sector, :at) w WHERE w.deputy AND w.person_id IS DISTINCT FROM :not_him
AND NOT EXISTS (SELECT 1 FROM alert_steps s WHERE s.alert_id = :alert AND s.kind = 'deputy_told'
                AND s.details ->> 'deputy_of' = CAST(:clock AS text))
""")


def waiting(now: datetime) -> list[int]:
    """Clocks that have run out."""
    c = AlertClock
    running = c.stopped_at.is_(None) & c.ran_out_at.is_(None)
    over = (func.coalesce(c.deputy_until, c.due_at) <= now) | c.passed_on_by_id.is_not(None)
    found = select(c.id).where(running, over)
    return list(db.session.scalars(found.order_by(c.due_at, c.id).limit(MOST_AT_ONCE)))


def sweep(now: datetime) -> int:
    """Do all that is due; returns how many clocks were touched. What is new is told of in one transaction; each clock
    that ran out is one of its own."""
    told = 0
    try:
        told = telling.tell_new(now)
        db.session.commit()
    except Exception as error:
        if is_gone(error):
            raise
        # Whoever was not told sees the alert on the screen; what ran out must be told on all the same.
        db.session.rollback()
        log.error("new alerts not told of", extra={"error": type(error).__name__})
    ids = waiting(now)
    db.session.rollback()
    done = 0
    for clock_id in ids:
        try:
            run_out(clock_id, now)
            db.session.commit()
            done += 1
        except Exception as error:
            if is_gone(error):
                raise
            # One alert that can't be told on must not keep all the others from it.
            db.session.rollback()
            log.error("clock stumbled", extra={"clock": clock_id, "error": type(error).__name__})
    return told + done


def run_out(clock_id: int, now: datetime) -> None:
    """Let a turn run out, if it still runs and its time has come."""
    taken = both_locked(clock_id)
    if taken is None:
        return
    alert, clock = taken
    by = clock.passed_on_by_id
    if clock.ends_at > now and by is None:
        return
    ladder, ladder_id = in_force(alert.kind, alert.priority)
    turn = Turn(clock.rung or 0, clock.again or 0)
    if by is not None and to_deputy(alert, clock, ladder, turn, now, by):
        return
    clock.ran_out_at = now
    clock.told_at = clock.told_at or now
    climb(alert, clock, ladder, ladder_id, turn, now, {"passed_on": True} if by is not None else {})


def both_locked(clock_id: int) -> tuple[Alert, AlertClock] | None:
    """The alert first, as everybody who acts on one takes it: two that wait for each other would both be late."""
    alert_id = db.session.execute(select(AlertClock.alert_id).where(AlertClock.id == clock_id)).scalar()
    if alert_id is None:
        return None
    alert = db.session.execute(
        select(Alert).where(Alert.id == alert_id).with_for_update().execution_options(populate_existing=True)
    ).scalar_one()
    clock = db.session.execute(
        select(AlertClock)
        .where(AlertClock.id == clock_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).scalar_one()
    if clock.stopped_at is not None or clock.ran_out_at is not None:
        return None
    return alert, clock


def climb(
    alert: Alert, clock: AlertClock, ladder: Ladder, ladder_id: int | None, turn: Turn, now: datetime,
    why: dict[str, Any],
) -> None:  # fmt: skip
    after = ladder.after(turn)
    rung = ladder.rung(after.rung) if after else None
    details: dict[str, Any] = {
        "clock": clock.clock, "from": clock.echelon, "to": rung.post if rung else None,
        "due_at": clock.due_at.isoformat(), "ladder": ladder_id, **why,
    }  # fmt: skip
    if after and after.again:
        details["again"] = after.again
    if after is not None and rung is not None:
        # What was passed on ended now, what ran out by itself at its time.
        due = next_due(min(clock.ends_at, now), now, rung.minutes, ON_TIME)
        next_id = start_turn(clock, after, rung, due, now)
        # While nobody has taken the alert, the clock of the acknowledgement chases; the others run beside it unheard.
        if clock.clock == Clock.ACKNOWLEDGE or alert.status != AlertStatus.RECEIVED:
            details["messages"] = tell(alert, next_id, ladder, rung, now)
        if higher(rung.post, alert.owner_echelon):
            alert.owner_echelon = rung.post
    steps.write(alert, StepKind.ESCALATED, now, details=details)
    db.session.flush()
    record("alerts.escalated", "alerts", alert.id, {"clock": clock.clock, "to": details["to"]})


def higher(post: str, owner: str) -> bool:
    """An owner is never a lower echelon than before: three clocks climb one alert, each at its pace."""
    posts = list(map(str, Post))
    return owner not in posts or (post in posts and posts.index(post) > posts.index(owner))


def start_turn(clock: AlertClock, turn: Turn, rung: Rung, due_at: datetime, now: datetime) -> int:
    next_id = int(db.session.execute(select(func.nextval("alert_clock_ids"))).scalar_one())
    db.session.execute(
        insert(AlertClock).inline(),
        {
            "id": next_id, "alert_id": clock.alert_id, "clock": clock.clock, "echelon": rung.post, "due_at": due_at,
            "run": clock.run, "rung": turn.rung or None, "again": turn.again or None, "told_at": now,
        },
    )  # fmt: skip
    return next_id


def to_deputy(
    alert: Alert, clock: AlertClock, ladder: Ladder, turn: Turn, now: datetime, not_him: int | None
) -> bool:
    """Whose turn it was can't take the alert: his deputy is told at once and has the turn's time. False where there is
    none, or where the deputy has been told of this turn before: then the next rung is told."""
    asked = {
        "post": clock.echelon, "sector": alert.sector_id, "at": now, "alert": alert.id, "clock": clock.id,
        "not_him": not_him,
    }  # fmt: skip
    if db.session.execute(STANDS_BY, asked).first() is None:
        return False
    rung = ladder.rung(turn.rung)
    told = tell(alert, clock.id, ladder, rung, now, deputy=True)
    clock.deputy_until = now + timedelta(minutes=rung.minutes)
    clock.passed_on_by_id = None
    told_of = {"to": clock.echelon, "deputy_of": clock.id, "messages": told}
    steps.write(alert, StepKind.DEPUTY_TOLD, now, details=told_of)
    db.session.flush()
    record("alerts.deputy_told", "alerts", alert.id, {"post": clock.echelon, "messages": told})
    return True


def unreached(clock_id: int, person_id: int, now: datetime) -> None:
    """No message could be brought to the one whose turn it is: as if he had passed the alert on."""
    taken = both_locked(clock_id)
    if taken is None or taken[1].ends_at <= now:
        return
    alert, clock = taken
    ladder, ladder_id = in_force(alert.kind, alert.priority)
    turn = Turn(clock.rung or 0, clock.again or 0)
    if not to_deputy(alert, clock, ladder, turn, now, person_id):
        clock.ran_out_at = now
        climb(alert, clock, ladder, ladder_id, turn, now, {"unreached": True})


def tell(
    alert: Alert, clock_id: int, ladder: Ladder, rung: Rung, now: datetime, *, deputy: bool = False
) -> int:
    """Put the messages for those on watch at this rung into the queue; how many."""
    alike = telling.together(ladder, rung, rung.post, alert.sector_id, now)
    return len(telling.tell(alike, {clock_id: alert.id}, now, deputy=deputy))
