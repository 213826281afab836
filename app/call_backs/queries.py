"""Reads of call-backs: what waits, what was answered, those of one alert."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, select, text

from app.alerts.models import Alert, AlertStatus
from app.call_backs.models import CallBack
from app.db import db
from app.permissions import Permission, viewer, within
from app.sources.models import Source

PAGE = 50


def visible() -> ColumnElement[bool]:
    """Those of alerts that the viewer reads, of sources whose codes he sees."""
    return and_(
        within(Permission.READ_ALERTS, Alert.sector_id), within(Permission.READ_SOURCES, Alert.sector_id)
    )


def whose() -> ColumnElement[int]:
    """Who is to make it: whoever ordered it, until it is handed on."""
    return func.coalesce(CallBack.handed_to_id, CallBack.ordered_by_id)


def rows() -> Select[Any]:
    c = CallBack
    return (
        select(
            c.id, c.alert_id, c.question, c.due_at, c.ordered_at, c.done_at, c.result, c.answer, Alert.kind,
            whose().label("whose"), (whose() == viewer().person_id).label("yours"),
            Alert.priority, Alert.place_as_given, Alert.sector_id, Source.code, Source.contact_held_by,
        )
        .join(Alert, Alert.id == c.alert_id)
        .outerjoin(Source, and_(Source.id == c.source_id, within(Permission.READ_SOURCES, Source.sector_id)))
        .where(visible())
    )  # fmt: skip


def waiting() -> list[Row[Any]]:
    """The longest overdue first."""
    found = rows().where(to_make()).order_by(CallBack.due_at, CallBack.id)
    return list(db.session.execute(found.limit(PAGE)))


def to_make() -> ColumnElement[bool]:
    """Those that the viewer reads and that somebody is still to make, joined to their alerts."""
    return and_(visible(), CallBack.done_at.is_(None), Alert.status != AlertStatus.CLOSED)


def overdue() -> tuple[int, int]:
    """How many are overdue, and how many of these the viewer is to make."""
    c = CallBack
    mine = whose() == viewer().person_id
    found = (
        select(func.count(), func.count().filter(mine))
        .select_from(c)
        .join(Alert, Alert.id == c.alert_id)
        .where(to_make(), c.due_at <= func.now())
    )
    late, own = db.session.execute(found).one()
    return late, own


def takers(alert_id: int) -> list[Row[Any]]:
    """Who is on watch where this alert is answered (watch_id, person_id, name, post); nobody for those who don't answer
    it themselves."""
    found = text(
        "SELECT watch_id, person_id, name, post FROM vigil.on_watch_for(:alert) ORDER BY name, watch_id"
    )
    return list(db.session.execute(found, {"alert": alert_id}))


def answered(page: int) -> tuple[list[Row[Any]], int]:
    """One page, the latest first, and how many there are."""
    done = CallBack.done_at.is_not(None)
    total = db.session.execute(
        select(func.count())
        .select_from(CallBack)
        .join(Alert, Alert.id == CallBack.alert_id)
        .where(visible(), done)
    ).scalar_one()
    found = rows().where(done).order_by(CallBack.done_at.desc(), CallBack.id.desc())
    return list(db.session.execute(found.limit(PAGE).offset((page - 1) * PAGE))), total


def of_alert(alert_id: int) -> list[Row[Any]]:
    found = (
        rows().where(CallBack.alert_id == alert_id).order_by(CallBack.done_at.is_not(None), CallBack.due_at)
    )
    return list(db.session.execute(found.limit(PAGE)))


def as_json(c: Row[Any]) -> Mapping[str, Any]:
    return {
        "id": c.id, "alert_id": c.alert_id, "source_code": c.code, "question": c.question,
        "due_at": c.due_at.isoformat(), "done_at": c.done_at.isoformat() if c.done_at else None, "result": c.result,
        "answer": c.answer, "yours": c.yours,
    }  # fmt: skip
