"""Reads of deviations: who sees a patrol sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, case, func, select

from app.db import db
from app.deviations.models import Deviation as D
from app.deviations.models import DeviationKind
from app.patrols.models import Patrol, PatrolStop
from app.patrols.queries import visible
from app.patrols.visits import told


def of_patrol(patrol_id: int) -> list[Row[Any]]:
    """What stands on the record, the newest first; what never was is left out."""
    return list(
        db.session.execute(
            select(
                D.id, D.kind, told(D.stop_id).label("stop_id"), told(PatrolStop.name).label("stop_name"), D.opened_at,
                D.noticed_at, D.fired_at, D.cleared_at, D.told_at, D.alert_id, D.acknowledged_at, D.acknowledged_by_role,
                # How far off its line says where the line is, to whoever knows where the patrol was.
                case((D.kind == DeviationKind.OFF_ROUTE, told(D.value)), else_=D.value).label("value"), D.reason,
                told(D.note).label("note"), told(func.ST_X(D.place)).label("lon"), told(func.ST_Y(D.place)).label("lat"),
            )
            .join(Patrol, Patrol.id == D.patrol_id)
            .outerjoin(PatrolStop, PatrolStop.id == D.stop_id)
            .where(D.patrol_id == patrol_id, D.withdrawn_at.is_(None), visible())
            .order_by(D.opened_at.desc(), D.id.desc())
        )
    )  # fmt: skip


def as_json(d: Row[Any]) -> Mapping[str, Any]:
    def moment(at: Any) -> str | None:
        return at.isoformat() if at else None

    return {
        "id": d.id, "kind": d.kind, "stop_id": d.stop_id, "opened_at": moment(d.opened_at),
        "noticed_at": moment(d.noticed_at), "cleared_at": moment(d.cleared_at), "value": d.value,
        "lon": d.lon, "lat": d.lat,
        "acknowledged_at": moment(d.acknowledged_at), "reason": d.reason, "note": d.note, "alert_id": d.alert_id,
    }  # fmt: skip
