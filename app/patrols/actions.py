"""What is done with a patrol: sent, planned, moved stop by stop, ended. Each act is one ledger event."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from app.alerts import actions as alerts
from app.alerts.models import Alert, ResponseKind, StepKind
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed, NotFound
from app.ledger.actions import in_words, record
from app.moments import CLOCK_GRACE
from app.patrols.models import CheckedIn, Patrol, PatrolMode, PatrolStop
from app.patrols.movement import Move, StopTimes, after, latest_time
from app.patrols.planning import SENT_AS, Plan, Stop, deployable, ordered
from app.patrols.queries import sends
from app.patrols.wording import support_ended
from app.permissions import Permission, viewer
from app.reasons import reason_given

LASTS = timedelta(hours=6)
# A stop this near to the alert's place is the alert's stop, when the alert itself is exact.
NEAR_METRES = 1_000


def send_patrol(
    alert_id: int, unit_id: int, mode: PatrolMode, *, order: str = "", leader_id: int | None = None
) -> Patrol:
    """Send a unit to an alert: a patrol with one stop at the alert's place, and the tasking on the alert's chain.

    Raises NotFound for an alert that the viewer may not see, NotAllowed (not his unit to send), Invalid (unit, leader)
    or Conflict (the alert was not decided, or without the rule of engagement that such a unit goes out under).
    """
    alert = alerts.taken(alert_id)
    unit = deployable(unit_id)
    who = viewer()
    if not who.may(Permission.SEND_PATROLS, unit.sector_id):
        raise NotAllowed(_("You send units of your own sector only. Ask the operations centre for others."))
    start = datetime.now(UTC) + timedelta(minutes=unit.notice_to_move_minutes or 0)
    patrol = ordered(
        Plan(
            unit_id=unit_id, mode=mode, purpose="poc_response", task=order, planned_start=start,
            planned_end=start + LASTS, stops=(stop_at(alert),), leader_id=leader_id,
        ),
        unit.call_sign, sector_id=alert.sector_id, alert_id=alert_id,
    )  # fmt: skip
    response = SENT_AS.get(unit.kind, ResponseKind.PATROL)
    alerts.task(alert_id, response, order=order, patrol_id=patrol.id, unit_id=unit_id)
    return patrol


def plan_patrol(plan: Plan) -> Patrol:
    """Plan a patrol of a unit in whose sector the viewer plans. Raises NotAllowed or Invalid."""
    unit = deployable(plan.unit_id)
    if not viewer().may(Permission.PLAN_PATROLS, unit.sector_id):
        raise NotAllowed(_("You plan patrols of your own sector’s units only."))
    return ordered(plan, unit.call_sign, sector_id=unit.sector_id)


def stop_at(alert: Alert) -> Stop:
    place = db.session.execute(
        select(func.ST_X(Alert.place).label("lon"), func.ST_Y(Alert.place).label("lat")).where(
            Alert.id == alert.id
        )
    ).one()
    return Stop(alert.place_as_given, place.lon, place.lat)


def set_off(patrol_id: int, at: datetime | None = None) -> Patrol:
    """Raises as `moved`, and Conflict for a joint patrol whose State forces may not be supported any more."""

    def write(patrol: Patrol, when: datetime) -> None:
        if db.session.execute(select(func.vigil.lacks_clearance(patrol_id))).scalar():
            raise Conflict(support_ended(False), code="support_ended")
        patrol.started_at = when

    patrol = moved(patrol_id, Move.SET_OFF, write, at)
    tell_alert(patrol, StepKind.DEPARTED, patrol.started_at)
    return patrol


def pause(patrol_id: int) -> Patrol:
    return moved(patrol_id, Move.PAUSE)


def resume(patrol_id: int) -> Patrol:
    return moved(patrol_id, Move.RESUME)


def arrive_at_stop(
    patrol_id: int, stop_id: int, at: datetime | None = None, by: CheckedIn = CheckedIn.HAND
) -> Patrol:
    """An arrival that the positions showed before keeps its time, and now somebody has said so."""

    def write(patrol: Patrol, when: datetime) -> None:
        stop = stop_of(patrol, stop_id)
        if stop.called_off_at is not None:
            raise Conflict(_("This stop was called off for an alert."), code="called_off")
        if stop.arrived_at is None:
            if any(s.arrived_at and not s.departed_at for s in stops_of(patrol.id)):
                raise Conflict(_("Record the departure from the last stop first."), code="wrong_state")
            stop.arrived_at = when
        elif stop.arrived_by != CheckedIn.POSITION:
            raise Conflict(_("The arrival at this stop stands already."), code="wrong_state")
        stop.arrived_by = by.value

    patrol = moved(patrol_id, Move.ARRIVE, write, at, {"stop": stop_id, "by": by.value})
    if is_alerts_stop(patrol, stop_id):
        tell_alert(patrol, StepKind.ARRIVED, stop_of(patrol, stop_id).arrived_at)
    return patrol


def leave_stop(patrol_id: int, stop_id: int, at: datetime | None = None) -> Patrol:
    def write(patrol: Patrol, when: datetime) -> None:
        stop = stop_of(patrol, stop_id)
        if stop.arrived_at is None or stop.departed_at is not None:
            raise Conflict(_("The patrol does not stand at this stop."), code="wrong_state")
        stop.departed_at, stop.departed_by = when, CheckedIn.HAND.value

    return moved(patrol_id, Move.LEAVE, write, at, {"stop": stop_id})


def finish(patrol_id: int, at: datetime | None = None) -> Patrol:
    def write(patrol: Patrol, when: datetime) -> None:
        patrol.ended_at = when

    return moved(patrol_id, Move.FINISH, write, at)


def abandon(patrol_id: int, reason: str) -> Patrol:
    """Break a patrol off, or call a planned one off; the reason stays on the record."""
    reason = reason_given(reason, "reason")

    def write(patrol: Patrol, when: datetime) -> None:
        patrol.ended_at = when
        patrol.abandoned_reason = reason

    return moved(patrol_id, Move.ABANDON, write)


def moved(
    patrol_id: int,
    move: Move,
    write: Callable[[Patrol, datetime], None] | None = None,
    at: datetime | None = None,
    details: dict[str, Any] | None = None,
) -> Patrol:
    """One move: right, state, order of times; then what it writes, and its event."""
    patrol = taken(patrol_id)
    new_state = after(move, patrol.state)
    if new_state is None:
        raise Conflict(
            _("This is not possible now: the patrol’s state has changed. Look at it again."),
            code="wrong_state",
        )
    when = checked_time(patrol, at)
    if at is not None:
        # The entry's own time is when it was told.
        details = {**(details or {}), "happened_at": in_words(when)}
    if write is not None:
        write(patrol, when)
    patrol.state = new_state.value
    db.session.flush()
    record(f"patrols.{move.value}", "patrols", patrol.id, {"state": patrol.state, **(details or {})})
    return patrol


def taken(patrol_id: int) -> Patrol:
    """The patrol, locked; NotFound if the viewer may not see it, NotAllowed if he may not move it."""
    who = viewer()
    patrol = db.session.get(Patrol, patrol_id)
    leads = patrol is not None and patrol.leader_id == who.person_id and who.holds(Permission.LEAD_PATROLS)
    if patrol is None or not (leads or who.may(Permission.READ_PATROLS, patrol.sector_id)):
        raise NotFound
    if not leads and not sends(patrol.sector_id):
        raise NotAllowed(_("Your role may read this patrol and may not move it."))
    db.session.refresh(patrol, with_for_update=True)
    return patrol


def checked_time(patrol: Patrol, at: datetime | None) -> datetime:
    """When it happened: not in the future, not before the last thing that is known of the patrol."""
    now = datetime.now(UTC)
    if at is not None and at > now + CLOCK_GRACE:
        raise Invalid(_("The time lies in the future. Nothing was changed."))
    last = latest_time(
        patrol.started_at, (StopTimes(s.arrived_at, s.departed_at) for s in stops_of(patrol.id))
    )
    if at is None:
        return max(now, last) if last else now
    if last is not None and at < last:
        raise Invalid(_("The time lies before the patrol’s last recorded movement. Nothing was changed."))
    if last is None and at < patrol.created_at - timedelta(days=1):
        raise Invalid(_("The time lies before this patrol was planned. Nothing was changed."))
    return at


def stops_of(patrol_id: int) -> list[PatrolStop]:
    return list(
        db.session.scalars(
            select(PatrolStop).where(PatrolStop.patrol_id == patrol_id).order_by(PatrolStop.sequence)
        )
    )


def stop_of(patrol: Patrol, stop_id: int) -> PatrolStop:
    stop = db.session.get(PatrolStop, stop_id)
    if stop is None or stop.patrol_id != patrol.id:
        raise NotFound
    return stop


def is_alerts_stop(patrol: Patrol, stop_id: int) -> bool:
    """Whether the stop lies where the alert is: within its own uncertainty, or a kilometre if it is exact."""
    if patrol.alert_id is None:
        return False
    metres = func.ST_DistanceSphere(PatrolStop.place, Alert.place)
    near = (
        select(metres <= func.greatest(Alert.radius_metres, NEAR_METRES))
        .select_from(PatrolStop)
        .join(Alert, Alert.id == patrol.alert_id)
        .where(PatrolStop.id == stop_id)
    )
    return bool(db.session.execute(near).scalar())


def tell_alert(patrol: Patrol, kind: StepKind, at: datetime | None) -> None:
    """Put a departure or arrival on the chain of the alert that the patrol answers."""
    if patrol.alert_id is None:
        return
    try:
        alerts.report_movement(patrol.alert_id, kind, at, patrol_id=patrol.id)
    except Conflict:
        # The alert has moved on without this patrol (closed, answered by another); the patrol's times stand.
        return
    except NotFound:
        raise NotAllowed(
            _("This patrol answers an alert, and you may not report on alerts. Nothing was changed.")
        ) from None
