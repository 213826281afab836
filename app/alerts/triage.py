"""Triage: how urgent, where exactly, how sure; and what two persons hold true or false of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask_babel import gettext as _
from pydantic import ValidationError
from sqlalchemy import func, select, true

from app.alerts import actions, group, guards, steps
from app.alerts.actions import needs_grades, take_step, taken
from app.alerts.chain import TWO_PERSONS
from app.alerts.clocks import raised_as
from app.alerts.models import Alert, AlertClock, AlertReweighing, Clock, Priority, StepKind
from app.alerts.raising import minutes, points_of, weighed_at
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.grading import Verification
from app.mission.placing import Given, Placed, areas_of, placed, read_place
from app.permissions import Permission, viewer
from app.reasons import reason_given


def triage(
    alert_id: int, priority: Priority, reliability: str, credibility: int, place: str | None, note: str
) -> Alert:
    """Priority with its reason, both grades, and the place where it is known better now: a new statement, the one before
    stands in the step, and what lies there is weighed. Raises ValueError with a sentence for a place that
    can't be read."""
    alert = taken(alert_id)
    needs_grades(reliability, credibility)
    reason_given(note)
    leads_more_urgent(alert, priority)
    details: dict[str, Any] = {
        "priority": priority.value, "before_priority": alert.priority, "reliability": reliability,
        "credibility": credibility,
        "before": {"reliability": alert.source_reliability, "credibility": alert.credibility},
    }  # fmt: skip
    moved = corrected(alert, place) if place else None
    if moved is not None:
        details |= {"place_corrected": True, "place_before": statement(alert)}
    take_step(alert, StepKind.TRIAGED, note=note, details=details)
    if moved is not None:
        put(alert, moved)
    alert.source_reliability, alert.credibility = reliability, credibility
    if alert.priority != priority.value:
        more_urgent = priority.value < alert.priority
        alert.priority = priority.value
        db.session.flush()
        set_clocks(alert, more_urgent)
    if moved is not None:
        weigh_anew(alert, moved)
    return alert


def weigh_anew(alert: Alert, where: Placed) -> None:
    """What lies at the corrected place, weighed as when the warning came in, is a step of its own: its sentences for
    whoever reads the alert, its points for those who see cells. It proposes a priority, which a person takes
    or not."""
    weighing = weighed_at(alert, where.lon, where.lat)
    details = {"proposed": weighing.priority, "reasons": list(weighing.sentences(cleared=False))}
    take_step(alert, StepKind.WEIGHED, details=details)
    step = steps.last_step(alert.id, StepKind.WEIGHED)
    assert step is not None
    db.session.add(
        AlertReweighing(step_id=step.id, alert_id=alert.id, score=weighing.score, reasons=points_of(weighing))
    )
    db.session.flush()


def leads_more_urgent(alert: Alert, priority: Priority) -> None:
    """What follows an alert is as urgent as it at most: made less urgent, it would hide the others."""
    if priority.value <= alert.priority:
        return
    followers = group.followers(alert.id)
    above = select(Alert.id).where(Alert.id.in_(followers), Alert.priority < priority.value).limit(1)
    if followers and db.session.execute(above).first() is not None:
        raise Conflict(
            _("A more urgent alert was merged into this one. Take that merging back first."),
            code="less_urgent",
        )


def corrected(alert: Alert, place: str) -> Placed:
    try:
        where = placed(Given.model_validate(read_place(place)))
    except ValidationError:  # its text repeats what was sent
        raise Invalid(_("These are not a latitude and a longitude. Latitude comes first.")) from None
    sector_id = areas_of(where.lon, where.lat).sector_id
    if sector_id != alert.sector_id:
        if not viewer().may(Permission.HANDLE_ALERTS, sector_id):
            raise NotAllowed(
                _("That place lies outside your sectors. Ask the operations centre to move the alert.")
            )
        if alert.leader_id is not None or group.followers(alert.id):
            raise Conflict(
                _("That place lies in another sector. Take the merging back first."), code="two_sectors"
            )
    return where


def statement(alert: Alert) -> dict[str, Any]:
    """Where it was said to be until now: in the step, which nobody changes."""
    at = db.session.execute(
        select(func.ST_X(Alert.place).label("lon"), func.ST_Y(Alert.place).label("lat")).where(
            Alert.id == alert.id
        )
    ).one()
    return {
        "as_given": alert.place_as_given, "lon": at.lon, "lat": at.lat, "radius_metres": alert.radius_metres,
        "precision": alert.place_precision, "admin_code": alert.admin_code, "sector": alert.sector_id,
    }  # fmt: skip


def put(alert: Alert, where: Placed) -> None:
    around = areas_of(where.lon, where.lat)
    alert.place = func.ST_SetSRID(func.ST_MakePoint(where.lon, where.lat), 4326)
    alert.radius_metres, alert.place_precision = where.radius_metres, where.precision
    alert.place_as_given = where.as_given
    alert.admin_code, alert.sector_id = around.admin_code, around.sector_id
    db.session.flush()


def set_clocks(alert: Alert, more_urgent: bool) -> None:
    """Clocks that run are set by the new priority: a more urgent one counts from now and never gives more time than there
    was; a less urgent one counts from when the warning came, and never takes any away.

    Made less urgent than it was raised, an alert gets no more time by it: one officer alone would put off the moment at
    which somebody else hears of it by a day.
    """
    if alert.priority > raised_as(alert.id, alert.priority):
        return
    now = datetime.now(UTC)
    running = select(AlertClock).where(
        AlertClock.alert_id == alert.id, AlertClock.stopped_at.is_(None), AlertClock.ran_out_at.is_(None),
        AlertClock.clock != Clock.FEEDBACK,
        # The approver's turn began with the decision: whoever decided lengthens it by nothing.
        true() if more_urgent else AlertClock.clock != Clock.APPROVE,
    )  # fmt: skip
    for clock in db.session.scalars(running.order_by(AlertClock.id).with_for_update()).all():
        allowed = minutes(clock.clock, alert.priority)
        due = (
            min(clock.due_at, now + allowed)
            if more_urgent
            else max(clock.due_at, alert.received_at + allowed)
        )
        clock.due_at = due
        if more_urgent and clock.deputy_until is not None:
            clock.deputy_until = min(clock.deputy_until, now + allowed)
    db.session.flush()


def find_out(
    alert_id: int, verification: Verification, reliability: str, credibility: int, note: str
) -> Alert:
    """Say what was found: at once where one may, as a proposal where it takes two."""
    if verification not in TWO_PERSONS:
        return actions.verify(alert_id, verification, reliability, credibility, note)
    alert = taken(alert_id)
    needs_grades(reliability, credibility)
    reason_given(note)
    if steps.proposed(steps.written(alert.id, *steps.VERIFYING)) is not None:
        raise Conflict(_("A proposal waits for an answer already."), code="wrong_state")
    take_step(
        alert, StepKind.VERIFICATION_PROPOSED, note=note,
        details={"verification": verification.value, "reliability": reliability, "credibility": credibility},
    )  # fmt: skip
    return alert


def review(alert_id: int, approve: bool, note: str) -> Alert:
    """Approve or refuse what somebody else proposed to be held true or false."""
    alert = taken(alert_id)
    found = guards.proposal(alert)
    if not approve:
        reason_given(note)
        take_step(alert, StepKind.VERIFICATION_REFUSED, note=note)
        return alert
    told = found.details
    return actions.hold(
        alert, Verification(told["verification"]), told["reliability"], told["credibility"], note, approves=found.id
    )  # fmt: skip
