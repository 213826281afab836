"""Reads of evacuations: in the viewer's sectors, and those with restricted havens only for who may know of these."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, not_, select

from app.db import db
from app.errors import NotFound
from app.evacuations.models import Evacuation
from app.evacuations.models import EvacuationPlan as Plan
from app.evacuations.wording import serial
from app.mission.models import Sector
from app.permissions import Permission, knows_restricted, within

PAGE = 50
# After so long nobody is on the road by an order, even if nobody has said that the evacuation is over.
ORDER_LASTS = timedelta(days=7)


def visible() -> ColumnElement[bool]:
    """The viewer's sectors; without those that count on restricted havens, or tell of a haven that was hidden since,
    for whoever may not know of these. `vigil`'s policies (0032, 0041) say the same."""
    scope = within(Permission.READ_EVACUATIONS, Evacuation.sector_id)
    if knows_restricted():
        return scope
    return and_(
        scope, Evacuation.restricted.is_(False), not_(func.vigil.tells_of_hidden_haven(Evacuation.id))
    )


def rows() -> Select[Any]:
    """Each evacuation with the number of its newest plan and of the one that was issued last."""
    return (
        select(
            Evacuation.id, Evacuation.sector_id, Evacuation.alert_id, Evacuation.threat_id, Evacuation.radius_metres,
            Evacuation.restricted, Evacuation.made_at, Evacuation.made_by_role, Evacuation.ended_at,
            Evacuation.ended_by_role, Sector.name.label("sector"),
            func.ST_X(Evacuation.place).label("lon"), func.ST_Y(Evacuation.place).label("lat"),
            func.max(Plan.version).label("version"),
            func.max(Plan.version).filter(Plan.issued_at.is_not(None)).label("issued"),
        )
        .outerjoin(Plan, Plan.evacuation_id == Evacuation.id)
        .outerjoin(Sector, Sector.id == Evacuation.sector_id)
        .where(visible())
        .group_by(Evacuation.id, Sector.name)
    )  # fmt: skip


def board(page: int = 1) -> tuple[list[Row[Any]], int]:
    """The newest first, and how many there are."""
    total = db.session.execute(select(func.count()).select_from(Evacuation).where(visible())).scalar_one()
    found = rows().order_by(Evacuation.made_at.desc(), Evacuation.id).limit(PAGE).offset((page - 1) * PAGE)
    return list(db.session.execute(found)), total


def one(evacuation_id: int) -> Row[Any]:
    found = db.session.execute(rows().where(Evacuation.id == evacuation_id)).first()
    if found is None:
        raise NotFound
    return found


def of_alert(alert_id: int) -> list[Row[Any]]:
    return list(
        db.session.execute(
            rows().where(Evacuation.alert_id == alert_id).order_by(Evacuation.made_at.desc(), Evacuation.id)
        )
    )


def plans() -> Select[Any]:
    return (
        select(*Plan.__table__.columns)
        .join(Evacuation, Evacuation.id == Plan.evacuation_id)
        .where(visible())
        .order_by(Plan.version.desc())
    )


def versions(evacuation_id: int, limit: int = 20) -> list[Row[Any]]:
    """The newest plans first; none where the evacuation may not be seen."""
    return list(db.session.execute(plans().where(Plan.evacuation_id == evacuation_id).limit(limit)))


def version(evacuation_id: int, number: int) -> Row[Any]:
    found = db.session.execute(
        plans().where(Plan.evacuation_id == evacuation_id, Plan.version == number)
    ).first()
    if found is None:
        raise NotFound
    return found


def issued(evacuation_id: int) -> Row[Any] | None:
    """The plan that was issued last, also where nobody is on the road by it any more."""
    last = plans().where(Plan.evacuation_id == evacuation_id, Plan.issued_at.is_not(None)).limit(1)
    return db.session.execute(last).first()


def in_force() -> Select[Any]:
    """The order in force of each evacuation that the viewer reads."""
    return in_force_for_the_house().where(visible())


def in_force_for_the_house() -> Select[Any]:
    """Of every evacuation, whoever may read it: evacuation_id, version, content, issued_at."""
    return (
        select(Plan.evacuation_id, Plan.version, Plan.content, Plan.issued_at)
        .join(Evacuation, Evacuation.id == Plan.evacuation_id)
        .where(Plan.issued_at > datetime.now(UTC) - ORDER_LASTS, Evacuation.ended_at.is_(None))
        .distinct(Plan.evacuation_id)
        .order_by(Plan.evacuation_id, Plan.version.desc())
    )


def as_json(e: Row[Any], plan: Row[Any] | None = None) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "id": e.id, "serial": serial(e.id, e.version), "sector_id": e.sector_id, "alert_id": e.alert_id,
        "threat_id": e.threat_id, "lon": e.lon, "lat": e.lat,
        "radius_metres": e.radius_metres, "restricted": e.restricted,
        "version": e.version, "issued_version": e.issued, "made_at": e.made_at.isoformat(),
        "ended_at": e.ended_at.isoformat() if e.ended_at else None,
    }  # fmt: skip
    return found if plan is None else found | {"asked": plan.asked, "plan": plan.content}
