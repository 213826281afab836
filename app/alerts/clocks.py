"""Starting an alert's clocks, and ending one before its time. Running out is the clocks' process' (workers/alerts.py)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, insert, select, text, update

from app.alerts.models import Alert, AlertClock, AlertStep, Clock, StepKind
from app.alerts.raising import minutes
from app.db import db
from app.errors import Conflict
from app.ladders.queries import in_force
from app.mission.queries import procedures
from app.permissions import MAP, Permission, viewer

MAY_APPROVE = text("SELECT vigil.posts_that_may(:alert, :anywhere, :in_sector)")


def stop(alert_id: int, clocks: tuple[Clock, ...], now: datetime) -> None:
    db.session.execute(
        update(AlertClock)
        .where(AlertClock.alert_id == alert_id, AlertClock.clock.in_(clocks), AlertClock.stopped_at.is_(None))
        .values(stopped_at=now)
    )


def running_turn(alert_id: int, *, lock: bool = False) -> AlertClock:
    """The turn that one can hand to the next. Conflict where none runs any more."""
    found = (
        select(AlertClock)
        .where(
            AlertClock.alert_id == alert_id, AlertClock.clock.in_([Clock.ACKNOWLEDGE, Clock.DECIDE]),
            AlertClock.stopped_at.is_(None), AlertClock.ran_out_at.is_(None),
        )
        .order_by(AlertClock.clock, AlertClock.id.desc())
        .limit(1)
    )  # fmt: skip
    clock = db.session.execute(found.with_for_update() if lock else found).scalar_one_or_none()
    if clock is None:
        raise Conflict(
            _("No clock runs any more: the alert is at the end of its ladder."), code="wrong_state"
        )
    return clock


def end_turn(alert_id: int) -> None:
    """The turn that runs now ends now, since whose it is can't take the alert. Conflict where none runs any more."""
    # Its limit stays as it was: what is said of it afterwards must not name a time that nobody had set.
    running_turn(alert_id, lock=True).passed_on_by_id = viewer().person_id
    db.session.flush()


def decide_anew(alert: Alert) -> None:
    """The clock for the decision runs again: an alert that is open once more must not lie there unseen. What ran before
    stands; this is another run of the clock."""
    start_from_now(alert, Clock.DECIDE)


def approve(alert: Alert) -> None:
    """A decision not to respond waits for its approver: his turn has a limit too, and the next rung after him. It begins
    at the first post from the owner's up where somebody on watch may approve, and not whoever decided; where nobody
    may, at the owner's."""
    may = MAP[Permission.APPROVE_NON_RESPONSE]
    posts = db.session.execute(
        MAY_APPROVE, {"alert": alert.id, "anywhere": sorted(may.anywhere), "in_sector": sorted(may.in_sector)}
    ).scalar_one()
    start_from_now(alert, Clock.APPROVE, posts)


def raised_as(alert_id: int, present: str) -> str:
    """The priority that the alert was raised with: before the first triage that changed it."""
    first = (
        select(AlertStep.details["before_priority"].astext)
        .where(AlertStep.alert_id == alert_id, AlertStep.kind == StepKind.TRIAGED)
        .order_by(AlertStep.id)
        .limit(1)
    )
    return str(db.session.execute(first).scalar() or present)


def start_from_now(alert: Alert, clock: Clock, posts: Collection[str] | None = None) -> None:
    """At the owner's rung, or at the first from there up that is one of `posts`; the clocks' process tells whose turn it
    is. Made less urgent than it was raised, an alert gets no more time by it: one officer alone would put off by a day
    that anybody else is asked."""
    urgency = min(alert.priority, raised_as(alert.id, alert.priority))
    ladder, _id = in_force(alert.kind, urgency)
    rung, post = ladder.from_owner(alert.owner_echelon), alert.owner_echelon
    if posts is not None:
        rung = ladder.first_at(posts, rung)
        post = ladder.rungs[rung].post
    start_clock(alert, clock, datetime.now(UTC) + minutes(clock, urgency), rung, post)


def start_clock(alert: Alert, clock: Clock, due: datetime, rung: int = 0, post: str = "") -> None:
    c = AlertClock
    # The first run is empty, as the clocks of an alert that was just raised have it.
    ran = db.session.execute(
        select(func.coalesce(func.max(func.coalesce(c.run, 1)), 0)).where(
            c.alert_id == alert.id, c.clock == clock
        )
    ).scalar_one()
    db.session.execute(
        insert(c).inline(),
        {
            "id": db.session.execute(select(func.nextval("alert_clock_ids"))).scalar_one(), "alert_id": alert.id,
            "clock": clock.value, "echelon": post or alert.owner_echelon, "due_at": due,
            "run": ran + 1 if ran else None, "rung": rung or None,
        },
    )  # fmt: skip


def start_feedback_clock(alert: Alert) -> None:
    if not alert.source_contactable:
        return
    standing = select(AlertClock.id).where(
        AlertClock.alert_id == alert.id, AlertClock.clock == Clock.FEEDBACK
    )
    if db.session.execute(standing).first() is None:
        start_clock(
            alert, Clock.FEEDBACK, alert.received_at + timedelta(hours=procedures()["feedback_hours"])
        )
