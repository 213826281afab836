"""Reads of patrol orders: who sees a patrol sees its order; of a visit to a defender without what tells where it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, exists, func, or_, select, text

from app.db import db
from app.errors import NotFound
from app.patrol_orders.body import OrderBody
from app.patrol_orders.models import PatrolOrder as O
from app.patrol_orders.models import StopCode
from app.patrol_orders.wording import serial
from app.patrols.models import Patrol
from app.patrols.queries import visible
from app.patrols.visits import known, told


@dataclass(frozen=True)
class Version:
    """One version as it stands; it is issued where it was approved. Of a visit to a defender of which the viewer may
    not know where it goes, `row.line` is None, and `content` is without the words that tell a place."""

    row: Row[Any]
    content: OrderBody

    @property
    def issued(self) -> bool:
        return self.row.approved_at is not None

    @property
    def serial(self) -> str:
        return serial(self.row.patrol_id, self.row.version)


def rows() -> Select[Any]:
    return (
        select(
            O.id, O.patrol_id, O.version, O.content, O.straight, O.joint, O.clearance_id, O.written_by_id,
            O.written_by_role, O.written_at, O.approved_by_id, O.approved_by_role, O.approved_at,
            told(func.ST_AsText(O.route, 6)).label("line"), known().label("known"),
        )
        .join(Patrol, Patrol.id == O.patrol_id)
        .where(visible())
        .order_by(O.version.desc())
    )  # fmt: skip


def versions(patrol_id: int) -> list[Version]:
    """Every version, the newest first; none where the patrol may not be seen."""
    found = db.session.execute(rows().where(O.patrol_id == patrol_id))
    return [version_of(row) for row in found]


def version_of(row: Row[Any]) -> Version:
    content = OrderBody.model_validate(row.content)
    return Version(row, content if row.known else content.without_places())


def issued(patrol_id: int) -> Version | None:
    """The order in force: the newest that was approved."""
    return next((version for version in versions(patrol_id) if version.issued), None)


def one(patrol_id: int, version: int) -> Version:
    found = next((v for v in versions(patrol_id) if v.row.version == version), None)
    if found is None:
        raise NotFound
    return found


def planned_jointly(patrol_id: int) -> tuple[int, int] | None:
    """(decision of due diligence, how many of the State's forces) with which a plan sends this patrol out, for those who
    write its order; also where they don't read the plan."""
    asked = text("SELECT clearance_id, state_forces FROM vigil.planned_jointly(:patrol)")
    found = db.session.execute(asked, {"patrol": patrol_id}).first()
    return (found.clearance_id, found.state_forces) if found else None


def goes_jointly() -> ColumnElement[bool]:
    """Of patrols: whether State forces go with it by any version of its order, or by its plan, which may be one of a
    sector above that the viewer does not read."""
    planned = func.vigil.planned_jointly(Patrol.id).table_valued("clearance_id", "state_forces")
    return or_(exists().where(O.patrol_id == Patrol.id, O.joint), exists(select(planned.c.clearance_id)))


def coded_stops(patrol_id: int) -> int:
    """At how many stops a card with a code stands."""
    found = (
        select(func.count(func.distinct(StopCode.stop_id)))
        .join(Patrol, Patrol.id == StopCode.patrol_id)
        .where(StopCode.patrol_id == patrol_id, visible())
    )
    return db.session.execute(found).scalar_one()


def as_json(version: Version) -> Mapping[str, Any]:
    row = version.row
    return {
        "serial": version.serial, "patrol_id": row.patrol_id, "version": row.version, "issued": version.issued,
        "written_by_role": row.written_by_role, "written_at": row.written_at.isoformat(),
        "approved_by_role": row.approved_by_role,
        "approved_at": row.approved_at.isoformat() if row.approved_at else None,
        "joint": row.joint, "straight": row.straight, "line": row.line,
        "content": version.content.model_dump(mode="json"),
    }  # fmt: skip
