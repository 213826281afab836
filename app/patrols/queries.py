"""Reads of patrols: the board, one patrol, a leader's own, units near a place. Each goes through the viewer's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, case, func, literal, or_, select, text

from app.alerts.models import Alert
from app.db import db
from app.errors import NotFound
from app.mission.models import MilitaryBase, Place, Unit
from app.patrols.models import Patrol, PatrolState, PatrolStop
from app.patrols.movement import ENDED, OUT
from app.patrols.planning import DEPLOYABLE
from app.patrols.visits import heard_at, known, told
from app.permissions import Permission, viewer, within
from app.positions.models import DOUBTED, LatestPosition, Position, Tracked

PAGE = 50
# The policy says the same (migrations/sql/0041_leaders.sql).
OWN_AFTER_THE_END = timedelta(hours=48)
SORTS = {
    "call_sign": Patrol.call_sign, "unit": Unit.call_sign, "state": Patrol.state, "start": Patrol.planned_start,
    "purpose": told(Patrol.purpose),
}  # fmt: skip


def own() -> ColumnElement[bool]:
    """The patrols that the viewer leads, as long as they are work of his: two days after their end, while the report
    that he has begun is not sent, and a week for beginning it. A phone that is taken must not open all that its owner
    ever led."""
    who = viewer()
    lately = or_(
        Patrol.ended_at.is_(None),
        Patrol.ended_at > func.now() - OWN_AFTER_THE_END,
        func.vigil.owes_report(Patrol.id, Patrol.ended_at),
    )
    return and_(Patrol.leader_id == who.person_id, literal(who.holds(Permission.LEAD_PATROLS)), lately)


def sends(sector_id: int | None) -> bool:
    """Whether the viewer plans or sends patrols there."""
    return any(viewer().may(p, sector_id) for p in (Permission.PLAN_PATROLS, Permission.SEND_PATROLS))


def visible() -> ColumnElement[bool]:
    """Patrols of one's sectors for those who read them, and the patrols that one leads."""
    return or_(within(Permission.READ_PATROLS, Patrol.sector_id), own())


def here(lon: float, lat: float) -> ColumnElement[Any]:
    return func.geography(func.ST_SetSRID(func.ST_MakePoint(lon, lat), 4326))


def nearest_units(lon: float, lat: float, limit: int = 12) -> list[Row[Any]]:
    """Units that the viewer may send, by the distance of their base in metres from (lon, lat)."""
    metres = func.ST_Distance(func.geography(MilitaryBase.place), here(lon, lat)).label("metres")
    return list(
        db.session.execute(
            select(
                Unit.id, Unit.code, Unit.name, Unit.call_sign, MilitaryBase.name.label("base"), metres,
                Unit.notice_to_move_minutes, Unit.kind,
            )
            .join(MilitaryBase, MilitaryBase.id == Unit.base_id)
            .where(within(Permission.SEND_PATROLS, Unit.sector_id), func.lower(Unit.kind).in_(DEPLOYABLE))
            .order_by(metres, Unit.code)
            .limit(limit)
        )
    )  # fmt: skip


def units_for_plans() -> list[Row[Any]]:
    """Units whose patrols the viewer may plan."""
    return list(
        db.session.execute(
            select(Unit.id, Unit.code, Unit.name, Unit.call_sign)
            .where(within(Permission.PLAN_PATROLS, Unit.sector_id), func.lower(Unit.kind).in_(DEPLOYABLE))
            .order_by(Unit.code)
        )
    )


def leaders() -> list[Row[Any]]:
    """Patrol commanders (person_id, unit_id, name) for those who plan or send patrols; nobody for others."""
    return list(db.session.execute(text("SELECT * FROM vigil.patrol_leaders() ORDER BY name")))


def overdue() -> ColumnElement[bool]:
    """Should have left, or should be back."""
    return or_(
        and_(Patrol.state == PatrolState.PLANNED, Patrol.planned_start < func.now()),
        and_(Patrol.state.in_(OUT), Patrol.planned_end < func.now()),
    )


def support_ended() -> ColumnElement[bool]:
    """Ordered together with State forces that may not be supported any more: its order is issued anew, or it is called
    off."""
    return and_(Patrol.state.not_in(ENDED), func.vigil.lacks_clearance(Patrol.id))


def next_stop() -> Any:
    """The name of the first stop where the patrol of the outer query has not been."""
    return (
        select(PatrolStop.name)
        .where(
            PatrolStop.patrol_id == Patrol.id,
            PatrolStop.arrived_at.is_(None),
            PatrolStop.called_off_at.is_(None),
            known(),
        )
        .order_by(PatrolStop.sequence)
        .limit(1)
        .correlate(Patrol)
        .scalar_subquery()
    )


def rows() -> Select[Any]:
    """Of a visit to a defender of which the viewer may not know where it goes, `purpose` is None, and so is what tells
    it."""
    return (
        select(
            Patrol.id, Patrol.call_sign, Patrol.unit_id, Patrol.leader_id, Patrol.sector_id, Patrol.alert_id,
            told(Patrol.purpose).label("purpose"), Patrol.mode, Patrol.state, told(Patrol.task).label("task"),
            Patrol.planned_start, Patrol.planned_end, Patrol.started_at, Patrol.ended_at,
            told(Patrol.abandoned_reason).label("abandoned_reason"), Unit.call_sign.label("unit_call_sign"),
            Unit.name.label("unit_name"), next_stop().label("next_stop"), overdue().label("overdue"),
            support_ended().label("support_ended"),
            heard_at().label("position_at"), told(func.ST_X(LatestPosition.place)).label("lon"),
            told(func.ST_Y(LatestPosition.place)).label("lat"),
        )
        # Outer: a unit is readable by those who see the map, a patrol by its leader whatever his token holds.
        .outerjoin(Unit, Unit.id == Patrol.unit_id)
        .outerjoin(LatestPosition, LatestPosition.patrol_id == Patrol.id)
        .where(visible())
    )  # fmt: skip


@dataclass(frozen=True)
class Filters:
    """The board's filters, as they stand in the URL. `state` also takes "open": planned, under way or paused."""

    state: str = ""
    unit: str = ""
    search: str = ""
    sort: str = ""

    def where(self) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        if self.state == "open":
            found.append(Patrol.state.not_in(ENDED))
        elif self.state == "overdue":
            found.append(overdue())
        elif self.state:
            found.append(Patrol.state == self.state)
        if self.unit.isdecimal() and len(self.unit) < 16:
            found.append(Patrol.unit_id == int(self.unit))
        if self.search:
            found.append(func.strpos(func.lower(Patrol.call_sign), self.search.lower()) > 0)
        return found


def board(filters: Filters, page: int = 1) -> tuple[list[Row[Any]], int]:
    """One page of patrols and how many there are: first those that may not go on as ordered, then what
    is overdue, those out, and the planned by start."""
    total = db.session.execute(
        select(func.count()).select_from(Patrol).where(visible(), *filters.where())
    ).scalar_one()
    column = SORTS.get(filters.sort.lstrip("-"))
    if column is None:
        rank = case(
            (support_ended(), 0),
            (overdue(), 1),
            (Patrol.state.in_(OUT), 2),
            (Patrol.state == PatrolState.PLANNED, 3),
            else_=4,
        )
        ended_last_first = case((Patrol.state.in_(ENDED), Patrol.planned_start)).desc().nulls_first()
        order: list[Any] = [rank, ended_last_first, Patrol.planned_start]
    else:
        order = [column.desc() if filters.sort.startswith("-") else column.asc()]
    found = db.session.execute(
        rows()
        .where(*filters.where())
        .order_by(*order, Patrol.id.desc())
        .limit(PAGE)
        .offset((page - 1) * PAGE)
    )
    return list(found), total


@dataclass(frozen=True)
class PatrolFile:
    """One patrol with its stops in order (lon, lat in degrees) and the alert that it answers, if the viewer may
    know of it."""

    patrol: Row[Any]
    stops: list[Row[Any]]
    alert: Row[Any] | None
    leader: str | None


def one(patrol_id: int) -> PatrolFile:
    patrol = db.session.execute(rows().where(Patrol.id == patrol_id)).first()
    if patrol is None:
        raise NotFound
    return PatrolFile(patrol, stops(patrol_id), alert_of(patrol), leader_name(patrol.leader_id))


def stops(patrol_id: int) -> list[Row[Any]]:
    return stops_of([patrol_id])


def stops_of(patrol_ids: Sequence[int]) -> list[Row[Any]]:
    """By patrol, in order."""
    return list(
        db.session.execute(
            select(
                PatrolStop.id, PatrolStop.patrol_id, PatrolStop.sequence, PatrolStop.name, PatrolStop.arrived_at,
                PatrolStop.departed_at,
                PatrolStop.arrived_by, PatrolStop.departed_by, PatrolStop.called_off_at,
                PatrolStop.arrive_planned, PatrolStop.depart_planned, Place.code.label("place_code"),
                func.ST_X(PatrolStop.place).label("lon"), func.ST_Y(PatrolStop.place).label("lat"),
            )
            .outerjoin(Place, Place.id == PatrolStop.place_id)
            .join(Patrol, Patrol.id == PatrolStop.patrol_id)
            .where(PatrolStop.patrol_id.in_(patrol_ids), visible(), known())
            .order_by(PatrolStop.patrol_id, PatrolStop.sequence)
        )
    )  # fmt: skip


def alert_of(patrol: Row[Any]) -> Row[Any] | None:
    if patrol.alert_id is None:
        return None
    return db.session.execute(
        select(Alert.id, Alert.kind, Alert.priority, Alert.status).where(
            Alert.id == patrol.alert_id, within(Permission.READ_ALERTS, Alert.sector_id)
        )
    ).first()


def leader_name(leader_id: int | None) -> str | None:
    if leader_id is None:
        return None
    return next((leader.name for leader in leaders() if leader.person_id == leader_id), None)


def of_alert(alert_id: int) -> list[Row[Any]]:
    return list(db.session.execute(rows().where(Patrol.alert_id == alert_id).order_by(Patrol.id)))


def mine() -> list[Row[Any]]:
    """The patrols that the viewer leads: those out first, then the planned by start, then the last ones ended."""
    rank = case((Patrol.state.in_(OUT), 0), (Patrol.state == PatrolState.PLANNED, 1), else_=2)
    ended_last_first = case((Patrol.state.in_(ENDED), Patrol.planned_start)).desc().nulls_first()
    return list(
        db.session.execute(
            rows().where(own()).order_by(rank, ended_last_first, Patrol.planned_start).limit(12)
        )
    )


def positions(patrol_id: int, since: datetime | None = None, limit: int = 2_000) -> list[Row[Any]]:
    """The patrol's fixes, newest first: at, lon, lat, accuracy in metres, speed in km/h, course in degrees, flags."""
    where = [Tracked.patrol_id == patrol_id, visible(), known()] + ([Position.at >= since] if since else [])
    return list(
        db.session.execute(
            select(
                Position.at, func.ST_X(Position.place).label("lon"), func.ST_Y(Position.place).label("lat"),
                Position.accuracy_metres, Position.speed_kph, Position.course, Position.flags,
            )
            .join(Tracked, Tracked.id == Position.tracked_id)
            .join(Patrol, Patrol.id == Tracked.patrol_id)
            .where(*where)
            .order_by(Position.at.desc())
            .limit(limit)
        )
    )  # fmt: skip


def believed(patrol_id: int, since: datetime, until: datetime | None, most: int) -> list[Row[Any]]:
    """The fixes of a patrol that nothing speaks against, oldest first: at, lon, lat, accuracy in metres."""
    ended = [Position.at <= until] if until is not None else []
    return list(
        db.session.execute(
            select(
                Position.at, func.ST_X(Position.place).label("lon"), func.ST_Y(Position.place).label("lat"),
                Position.accuracy_metres,
            )
            .join(Tracked, Tracked.id == Position.tracked_id)
            .join(Patrol, Patrol.id == Tracked.patrol_id)
            .where(
                Tracked.patrol_id == patrol_id, visible(), known(), Position.at >= since, *ended,
                Position.flags.op("&")(DOUBTED.value) == 0,
            )
            .order_by(Position.at)
            .limit(most)
        )
    )  # fmt: skip


def moment(at: datetime | None) -> str | None:
    return at.isoformat() if at else None


def as_json(p: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": p.id,
        "call_sign": p.call_sign,
        "unit_id": p.unit_id,
        "sector_id": p.sector_id,
        "alert_id": p.alert_id,
        "purpose": p.purpose,
        "mode": p.mode,
        "state": p.state,
        "support_ended": p.support_ended,
        "task": p.task,
        "planned_start": p.planned_start.isoformat(),
        "planned_end": p.planned_end.isoformat(),
        "started_at": moment(p.started_at),
        "ended_at": moment(p.ended_at),
        "overdue": p.overdue,
        "next_stop": p.next_stop,
        "position": {"at": p.position_at.isoformat(), "lon": p.lon, "lat": p.lat} if p.position_at else None,
    }


def whole(found: PatrolFile) -> Mapping[str, Any]:
    return {
        **as_json(found.patrol),
        "stops": [
            {
                "id": s.id, "sequence": s.sequence, "name": s.name, "lon": s.lon, "lat": s.lat,
                "place_code": s.place_code, "arrive_planned": moment(s.arrive_planned),
                "depart_planned": moment(s.depart_planned),
                "arrived_at": moment(s.arrived_at), "departed_at": moment(s.departed_at),
                "arrived_by": s.arrived_by, "departed_by": s.departed_by, "called_off_at": moment(s.called_off_at),
            }
            for s in found.stops
        ],
    }  # fmt: skip
