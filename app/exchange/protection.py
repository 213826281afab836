"""Layers of those who protect and of where people find shelter."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select

from app.exchange.layers import Layer
from app.havens import queries as havens
from app.havens.models import Haven
from app.mission.models import MilitaryBase, Sector, Unit
from app.patrols.models import Patrol, PatrolStop
from app.patrols.visits import heard_at, told
from app.permissions import Permission, knows_restricted, within
from app.positions.models import LatestPosition


def counted_havens() -> list[str]:
    return ["havens", "restricted havens"] if knows_restricted() else ["havens"]


HAVENS = Layer(
    name="havens",
    title=_l("Havens"),
    permission=Permission.READ_HAVENS,
    key=Haven.id,
    shape=Haven.place,
    columns={
        "code": Haven.code, "name": Haven.name, "kind": Haven.kind, "state": Haven.state, "exposure": Haven.exposure,
        "sector_id": Haven.sector_id, "capacity_day": Haven.capacity_day, "capacity_night": Haven.capacity_night,
        "occupancy": Haven.occupancy, "inspected_on": Haven.inspected_on, "changed_at": Haven.changed_at,
    },
    visible=havens.visible,
    codes={"kind": Haven.kind, "state": Haven.state},
    period=(Haven.changed_at, Haven.changed_at),
    counted=counted_havens,
    uncounted=knows_restricted,
)  # fmt: skip


def first_stop() -> Any:
    return (
        select(PatrolStop.place)
        .where(PatrolStop.patrol_id == Patrol.id)
        .order_by(PatrolStop.sequence)
        .limit(1)
        .correlate(Patrol)
        .scalar_subquery()
    )


def with_unit_and_position(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(Unit, Unit.id == Patrol.unit_id).outerjoin(
        LatestPosition, LatestPosition.patrol_id == Patrol.id
    )


# Where it was last, or where it is to begin; of a visit to a defender nothing but that it is. Its leader is not told.
PATROLS = Layer(
    name="patrols",
    title=_l("Patrols"),
    permission=Permission.READ_PATROLS,
    key=Patrol.id,
    shape=told(func.coalesce(LatestPosition.place, first_stop())),
    columns={
        "call_sign": Patrol.call_sign, "unit": Unit.call_sign, "purpose": told(Patrol.purpose), "mode": Patrol.mode,
        "state": Patrol.state, "sector_id": Patrol.sector_id, "alert_id": Patrol.alert_id,
        "planned_start": Patrol.planned_start, "planned_end": Patrol.planned_end, "started_at": Patrol.started_at,
        "ended_at": Patrol.ended_at, "position_at": heard_at(),
    },
    visible=lambda: within(Permission.READ_PATROLS, Patrol.sector_id),
    codes={"state": Patrol.state, "mode": Patrol.mode, "purpose": told(Patrol.purpose)},
    period=(
        func.coalesce(Patrol.started_at, Patrol.planned_start),
        func.coalesce(Patrol.ended_at, Patrol.planned_end),
    ),
    joined=with_unit_and_position,
)  # fmt: skip


def at_their_base(query: Select[Any]) -> Select[Any]:
    return query.outerjoin(MilitaryBase, MilitaryBase.id == Unit.base_id)


UNITS = Layer(
    name="units",
    title=_l("Units"),
    permission=Permission.SEE_MAP,
    key=Unit.id,
    shape=MilitaryBase.place,
    columns={
        "code": Unit.code, "name": Unit.name, "call_sign": Unit.call_sign, "kind": Unit.kind,
        "base": MilitaryBase.name, "sector_id": Unit.sector_id, "strength": Unit.strength,
        "notice_to_move_minutes": Unit.notice_to_move_minutes,
    },
    visible=lambda: within(Permission.SEE_MAP, Unit.sector_id),
    codes={"kind": Unit.kind},
    joined=at_their_base,
)  # fmt: skip

SECTORS = Layer(
    name="sectors",
    title=_l("Areas of responsibility"),
    permission=Permission.SEE_MAP,
    key=Sector.id,
    shape=Sector.area,
    columns={
        "code": Sector.code, "name": Sector.name, "echelon": Sector.echelon, "parent_id": Sector.parent_id,
    },
    drawn="MultiPolygon",
    visible=lambda: within(Permission.SEE_MAP, Sector.id),
    codes={"echelon": Sector.echelon},
)  # fmt: skip
