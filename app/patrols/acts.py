"""What may be done to a patrol, once: the body each act takes and the action it calls. Pages and API share it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from flask_babel import lazy_gettext as _l
from pydantic import Field

from app.api.bodies import Body, Id, Nothing, Text, When
from app.mission.placing import Given, placed
from app.moments import Moment, read_moment
from app.patrol_orders.codes import check_in
from app.patrols import actions
from app.patrols.models import PatrolMode
from app.patrols.movement import Move
from app.patrols.planning import MOST_STOPS, PURPOSES, Plan, Stop


class AtStop(When):
    stop_id: Id


class ByCode(When):
    code: Annotated[Text, Field(min_length=4, max_length=20)]


class Abandon(Body):
    reason: Text


class PlannedStop(Body):
    place: Given
    name: Annotated[Text, Field(max_length=120)] = ""
    arrive_planned: Moment | None = None
    depart_planned: Moment | None = None


class PlanBody(Body):
    """A patrol to plan. Times as ISO 8601 with their zone or as date-time groups."""

    unit_id: Id
    leader_id: Id | None = None
    mode: PatrolMode = PatrolMode.VEHICLE
    purpose: Literal[PURPOSES]  # type: ignore[valid-type]
    task: Text = ""
    planned_start: Moment
    planned_end: Moment
    stops: Annotated[list[PlannedStop], Field(min_length=1, max_length=MOST_STOPS)]

    def plan(self) -> Plan:
        """Raises ValueError with a sentence for an unreadable time, Invalid for an unknown place."""
        return Plan(
            unit_id=self.unit_id, mode=self.mode, purpose=self.purpose, task=self.task,
            planned_start=read_moment(self.planned_start), planned_end=read_moment(self.planned_end),
            stops=tuple(stop(s) for s in self.stops), leader_id=self.leader_id,
        )  # fmt: skip


def stop(body: PlannedStop) -> Stop:
    where = placed(body.place)
    times = (read_moment(at) if at else None for at in (body.arrive_planned, body.depart_planned))
    return Stop(body.name or where.as_given, where.lon, where.lat, body.place.code, *times)


@dataclass(frozen=True)
class Act:
    words: Any
    body: type[Body]
    move: Move
    call: Callable[[int, Any], Any]


ACTS: dict[str, Act] = {
    "set-off": Act(_l("Set off"), When, Move.SET_OFF, lambda i, b: actions.set_off(i, b.moment())),
    "arrive": Act(
        _l("Arrived"), AtStop, Move.ARRIVE, lambda i, b: actions.arrive_at_stop(i, b.stop_id, b.moment())
    ),
    "check-in": Act(
        _l("Check in by code"), ByCode, Move.ARRIVE, lambda i, b: check_in(i, b.code, b.moment())
    ),
    "leave": Act(
        _l("Departed"), AtStop, Move.LEAVE, lambda i, b: actions.leave_stop(i, b.stop_id, b.moment())
    ),
    "pause": Act(_l("Pause"), Nothing, Move.PAUSE, lambda i, b: actions.pause(i)),
    "resume": Act(_l("Go on"), Nothing, Move.RESUME, lambda i, b: actions.resume(i)),
    "finish": Act(_l("Done"), When, Move.FINISH, lambda i, b: actions.finish(i, b.moment())),
    "abandon": Act(_l("Break off"), Abandon, Move.ABANDON, lambda i, b: actions.abandon(i, b.reason)),
}
