"""Merging what tells of one event, and taking it back.

Both alerts stay. The follower keeps its state, its steps and its sources, leaves the queue, and its clocks stop; taken
back, they run on to the moments at which they were due, as if it had never followed: one that should have run out
meanwhile runs out at once, and tells the next echelon so.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask_babel import gettext as _
from sqlalchemy import select, update

from app.alerts import guards
from app.alerts.actions import take_step, taken
from app.alerts.chain import ANSWERED, UNDECIDED
from app.alerts.models import Alert, AlertClock, AlertStatus, StepKind
from app.alerts.steps import last_step
from app.db import db
from app.errors import Conflict, Invalid
from app.reasons import reason_given


def merge(alert_id: int, leader_id: int, note: str) -> Alert:
    """The alert follows the leader from now on. Raises NotFound for a leader whom the viewer may not read, Conflict where
    either is answered or follows already, where they lie in two sectors, or where it would be hidden (hides_nothing)."""
    if alert_id == leader_id:
        raise Invalid(_("An alert does not follow itself."), fields={"leader_id": _("Choose another alert.")})
    held = both(alert_id, leader_id)
    alert, leader = held[alert_id], held[leader_id]
    reason_given(note)
    if alert.leader_id is not None:
        raise Conflict(_("This alert follows another one already. Take that back first."), code="wrong_state")
    if leader.leader_id is not None:
        raise Conflict(
            _("That alert follows another one itself. Merge into the one that leads."), code="wrong_state"
        )
    if AlertStatus(leader.status) not in UNDECIDED | ANSWERED:
        # What is told now may be new: behind an answer that is over it would be chased by nobody.
        raise Conflict(
            _("That alert is answered or closed. Decide on this one by itself."), code="wrong_state"
        )
    if leader.sector_id != alert.sector_id:
        # Who reads the one may be nobody who reads the other, and must not learn of it.
        raise Conflict(
            _("The two lie in different sectors and stay apart. Note the number instead."), code="two_sectors"
        )
    hides_nothing(alert, leader)
    stopped = running_clocks(alert.id)
    take_step(alert, StepKind.MERGED, note=note, details={"into": leader.id, "clocks": stopped})
    db.session.execute(
        update(AlertClock).where(AlertClock.id.in_(stopped)).values(stopped_at=datetime.now(UTC))
    )
    alert.leader_id = leader.id
    leader.version += 1
    db.session.flush()
    return alert


def hides_nothing(alert: Alert, leader: Alert) -> None:
    """What follows leaves the queue and is chased no more: so it follows nothing less urgent, and nothing of which
    somebody has decided, not knowing of it, that it is not answered."""
    if leader.priority > alert.priority:
        raise Conflict(
            _("This alert is more urgent than that one. Merge that one into this, or triage it first."),
            code="less_urgent",
        )
    if leader.decision == "not_respond":
        raise Conflict(
            _(
                "It was decided not to respond to that alert, without knowing this one. Decide this one for itself."
            ),
            code="not_answered",
        )


def part(alert_id: int, note: str) -> Alert:
    """Take the merging back: the alert stands for itself again, and its clocks run on."""
    # Looked at before it is locked, for the order of the locks; asked again behind them.
    before = db.session.execute(select(Alert.leader_id).where(Alert.id == alert_id)).scalar()
    held = both(alert_id, before or alert_id)
    alert = held[alert_id]
    reason_given(note)
    guards.follows(alert)
    if before is None or alert.leader_id != before:
        raise Conflict(
            _("Somebody has merged it anew in the meantime. Look at it again."), code="wrong_state"
        )
    merged = last_step(alert.id, StepKind.MERGED)
    clocks = list(merged.details.get("clocks", ())) if merged else []
    take_step(alert, StepKind.PARTED, note=note, details={"from": before})
    alert.leader_id = None
    db.session.execute(update(AlertClock).where(AlertClock.id.in_(clocks)).values(stopped_at=None))
    held[before].version += 1
    db.session.flush()
    return alert


def both(one: int, other: int) -> dict[int, Alert]:
    """Both alerts, locked in one order whoever merges or parts whom: two officers would wait for each other for ever.
    NotFound for one that the viewer may not read."""
    return {each: taken(each) for each in sorted({one, other})}


def running_clocks(alert_id: int) -> list[int]:
    """Those that nobody has stopped, among them what ran out and is overdue."""
    found = select(AlertClock.id).where(AlertClock.alert_id == alert_id, AlertClock.stopped_at.is_(None))
    return sorted(db.session.scalars(found.with_for_update()))
