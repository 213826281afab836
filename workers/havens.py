"""What the house does about havens by itself: it tells the alerts that count on one, and forgets tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask_babel import LazyString
from sqlalchemy import ColumnElement, Row, func, or_, select, text, true

from app.alerts.by_rule import Seen, note_on_alert, raise_by_rule
from app.alerts.models import Alert, AlertStatus, Tasking
from app.db import db
from app.evacuations.corrected import says_otherwise
from app.evacuations.models import Evacuation
from app.evacuations.queries import in_force_for_the_house
from app.evacuations.wording import serial
from app.havens.correcting import MOVED
from app.havens.models import Haven, HavenCorrection, HavenState
from app.havens.wording import COMPROMISED_NOTE, COMPROMISED_ON_ORDER, CORRECTED_NOTE, CORRECTED_ON_ORDER
from app.ledger.actions import record
from app.mission.queries import procedures


def tell_alerts(haven_id: str) -> None:
    """Say on every open alert for which this haven was ordered, and to whoever carries out an evacuation to it, that it
    is compromised: once, however often this runs. Asked when it becomes so, and when an order is issued to it.

    A haven that is kept hidden stands on no alert; this role does not even find it.
    """
    haven = found(haven_id)
    if haven is None or haven.state != HavenState.COMPROMISED.value:
        return
    tell_orders(haven, COMPROMISED_ON_ORDER, haven.changed_at, "evacuation-haven", lambda order: True)
    tell_tasked(haven, COMPROMISED_NOTE, haven.changed_at, true())


def tell_corrected(haven_id: str) -> None:
    """The same of a haven that was written down with a wrong name or place, to those who were told that one: once for
    its last correction. Asked when it is corrected, and when an order is issued to it."""
    haven, c = found(haven_id), HavenCorrection
    last = select(func.max(c.at)).where(c.haven_id == int(haven_id), or_(c.name != c.name_before, MOVED))
    at = db.session.execute(last).scalar()
    if haven is None or at is None:
        return
    tell_orders(
        haven, CORRECTED_ON_ORDER, at, "evacuation-haven-corrected",
        lambda order: order.issued_at < at or says_otherwise(order.content, haven),
    )  # fmt: skip
    tell_tasked(haven, CORRECTED_NOTE, at, Tasking.ordered_at < at)


def found(haven_id: str) -> Row[Any] | None:
    asked = select(
        Haven.id, Haven.code, Haven.name, Haven.state, Haven.changed_at, func.ST_X(Haven.place).label("lon"),
        func.ST_Y(Haven.place).label("lat"),
    )  # fmt: skip
    return db.session.execute(asked.where(Haven.id == int(haven_id))).first()


def tell_tasked(haven: Row[Any], note: LazyString, since: datetime, which: ColumnElement[bool]) -> None:
    """On open alerts for which this haven was ordered, by `which` of the taskings."""
    counting_on_it = db.session.scalars(
        select(Alert.id)
        .where(
            Alert.id.in_(select(Tasking.alert_id).where(Tasking.haven_id == haven.id, which)),
            Alert.status != AlertStatus.CLOSED.value,
        )
        .order_by(Alert.id)
    ).all()  # fmt: skip
    for alert_id in counting_on_it:
        note_once(alert_id, str(note) % {"haven": haven.code}, since)


def note_once(alert_id: int, words: str, since: datetime) -> None:
    told = text(
        "SELECT 1 FROM alert_steps WHERE alert_id = :alert AND note = :words AND recorded_at > :since"
    )
    if db.session.execute(told, {"alert": alert_id, "words": words, "since": since}).first() is None:
        note_on_alert(alert_id, words, datetime.now(UTC))


def tell_orders(
    haven: Row[Any], note: LazyString, since: datetime, key: str, which: Callable[[Row[Any]], bool]
) -> None:
    """Of the evacuation orders in force that send people there, `which` are concerned: on their alert, else by an alert
    of their own."""
    order, e = in_force_for_the_house().subquery(), Evacuation
    rows = db.session.execute(
        select(
            order, func.ST_X(e.place).label("lon"), func.ST_Y(e.place).label("lat"), Alert.id.label("alert_id"),
            Alert.status,
        )
        .join(e, e.id == order.c.evacuation_id)
        .outerjoin(Alert, Alert.id == e.alert_id)
        .order_by(order.c.evacuation_id)
    )  # fmt: skip
    now = datetime.now(UTC)
    for row in rows:
        if all(each["id"] != haven.id for each in row.content["havens"]) or not which(row):
            continue
        words = str(note) % {"order": serial(row.evacuation_id, row.version), "haven": haven.code}
        if row.alert_id is not None and row.status != AlertStatus.CLOSED.value:
            note_once(row.alert_id, words, since)
            continue
        raise_by_rule(
            Seen(
                key=f"{key}:{row.evacuation_id}:{row.version}:{haven.id}:{since.isoformat()}",
                kind="other", priority="P2", lon=row.lon, lat=row.lat, occurred_at=since, received_at=now,
                words=(words,),
            )
        )  # fmt: skip


def fold_tokens() -> None:
    """Scans from before what the standing procedures keep become counts of the day."""
    before = datetime.now(UTC) - timedelta(days=procedures()["haven_token_days"])
    folded = db.session.execute(
        text("SELECT vigil.fold_haven_tokens(:before)"), {"before": before}
    ).scalar_one()
    if folded:
        record("havens.tokens_folded", "haven_gate_days", "old", {"count": folded})
