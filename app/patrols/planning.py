"""A patrol as it is ordered: unit, leader, purpose, times and stops; checked and stored."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Row, func, insert, select, text

from app.alerts.models import ResponseKind
from app.db import db
from app.errors import Invalid, NotAllowed
from app.ledger.actions import record
from app.mission.models import Place, Unit
from app.patrols.models import Patrol, PatrolMode, PatrolState, PatrolStop
from app.permissions import Permission, viewer

# Units that go out; headquarters and supporting units don't patrol by themselves (handbook 1.2).
DEPLOYABLE = ("bn", "coy", "pl", "sec", "team", "qrf", "fpu", "unmo_ts", "avn", "sof", "riverine")
# Units that are there for what may lead to force: sent to an alert they are that measure, however the order calls them.
SENT_AS = {
    "qrf": ResponseKind.QUICK_REACTION_FORCE,
    "sof": ResponseKind.QUICK_REACTION_FORCE,
    "fpu": ResponseKind.POLICE_INTERVENTION,
}
PURPOSES = (
    "presence", "night", "confidence_building", "area_domination", "reconnaissance", "poc_response", "market_escort",
    "humanitarian_escort", "defender_visit", "verification", "key_leader_engagement", "road_opening",
    "protection_team_support", "election", "displacement_site", "base_defence",
)  # fmt: skip
MOST_STOPS = 8
LONGEST = timedelta(days=30)


@dataclass(frozen=True)
class Stop:
    """A place to go to: lon, lat in degrees; the code of a known place if it is one; when to be there, if that is
    ordered."""

    name: str
    lon: float
    lat: float
    place_code: str | None = None
    arrive_planned: datetime | None = None
    depart_planned: datetime | None = None


@dataclass(frozen=True)
class Plan:
    """Times aware; without a leader the unit's only patrol commander is taken."""

    unit_id: int
    mode: PatrolMode
    purpose: str
    task: str
    planned_start: datetime
    planned_end: datetime
    stops: tuple[Stop, ...]
    leader_id: int | None = None

    def check(self) -> None:
        if self.purpose not in PURPOSES:
            raise Invalid(_("This purpose is not on the list."), fields={"purpose": _("Choose one.")})
        if not self.planned_start < self.planned_end <= self.planned_start + LONGEST:
            raise Invalid(
                _("The end must come after the start, and within 30 days."),
                fields={"planned_end": _("After the start, within 30 days.")},
            )
        if self.planned_end < datetime.now(UTC):
            raise Invalid(
                _("The planned end lies in the past."), fields={"planned_end": _("This lies in the past.")}
            )
        if not 1 <= len(self.stops) <= MOST_STOPS:
            raise Invalid(_("Give one to eight stops."), fields={"stops": _("One to eight stops.")})
        self.check_times_of_stops()

    def check_times_of_stops(self) -> None:
        """Each after the one before, and all within the patrol's own."""
        last = self.planned_start
        for n, stop in enumerate(self.stops):
            for name, at in (
                ("arrive_planned", stop.arrive_planned),
                ("depart_planned", stop.depart_planned),
            ):
                if at is not None and not last <= at <= self.planned_end:
                    words = _("The times of the stops must follow each other, between start and end.")
                    raise Invalid(words, fields={f"stops.{n}.{name}": words})
                last = at or last


def deployable(unit_id: int) -> Row[Any]:
    """The unit's kind, call sign, sector and notice to move; Invalid if there is none that goes out."""
    kind = func.lower(Unit.kind)
    found = db.session.execute(
        select(kind.label("kind"), Unit.call_sign, Unit.sector_id, Unit.notice_to_move_minutes).where(
            Unit.id == unit_id, kind.in_(DEPLOYABLE)
        )
    ).first()
    if found is None:
        raise Invalid(
            _("This is not a unit that goes on patrol."), fields={"unit_id": _("Choose a unit of the list.")}
        )
    return found


def leader_for(unit_id: int, leader_id: int | None) -> int | None:
    """The person who leads: the one named, who must be a patrol commander, or the unit's only one."""
    if leader_id is None:
        return db.session.execute(text("SELECT vigil.leader_of_unit(:unit)"), {"unit": unit_id}).scalar()
    known = db.session.execute(
        text("SELECT 1 FROM vigil.patrol_leaders() WHERE person_id = :id"), {"id": leader_id}
    ).first()
    if known is None:
        raise Invalid(
            _("The leader must be a patrol commander."), fields={"leader_id": _("Choose one of the list.")}
        )
    return leader_id


def ordered(plan: Plan, call_sign: str, *, sector_id: int | None, alert_id: int | None = None) -> Patrol:
    """Store the patrol and its stops. Who may order it is the caller's question."""
    plan.check()
    who = viewer()
    if not who.may(Permission.READ_PATROLS, sector_id):
        raise NotAllowed(_("You can’t order a patrol that you may not read."))
    number = db.session.execute(
        text("SELECT vigil.next_patrol_number(:unit)"), {"unit": plan.unit_id}
    ).scalar_one()
    patrol = Patrol(
        call_sign=f"{call_sign}-{number}", unit_id=plan.unit_id, leader_id=leader_for(plan.unit_id, plan.leader_id),
        sector_id=sector_id, alert_id=alert_id, purpose=plan.purpose, mode=plan.mode.value, task=plan.task.strip(),
        planned_start=plan.planned_start, planned_end=plan.planned_end, ordered_by_id=who.person_id,
        state=PatrolState.PLANNED.value,
    )  # fmt: skip
    db.session.add(patrol)
    db.session.flush()
    codes = [stop.place_code for stop in plan.stops if stop.place_code]
    known = dict(db.session.execute(select(Place.code, Place.id).where(Place.code.in_(codes))).tuples().all())
    db.session.execute(
        insert(PatrolStop).inline(),
        [
            {
                "patrol_id": patrol.id, "sequence": n, "name": stop.name,
                "place": f"SRID=4326;POINT({stop.lon} {stop.lat})", "arrive_planned": stop.arrive_planned,
                "depart_planned": stop.depart_planned,
                "place_id": known.get(stop.place_code or ""),
            }
            for n, stop in enumerate(plan.stops, start=1)
        ],
    )  # fmt: skip
    record(
        "patrols.planned", "patrols", patrol.id,
        # Neither for what nor where: the log is read by more people than may know of a visit to a defender.
        {"unit": plan.unit_id, "alert": alert_id},
    )  # fmt: skip
    return patrol
