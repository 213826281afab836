"""What the house does about havens by itself: it tells the alerts that count on one, and forgets tokens."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select, text

from app.alerts.by_rule import Seen, note_on_alert, raise_by_rule
from app.alerts.models import Alert, AlertStatus, Tasking
from app.db import db
from app.evacuations.models import Evacuation, EvacuationPlan
from app.evacuations.promises import ORDER_LASTS
from app.evacuations.wording import serial
from app.havens.models import Haven, HavenState
from app.havens.wording import COMPROMISED_NOTE, COMPROMISED_ON_ORDER
from app.ledger.actions import record
from app.mission.queries import procedures


def tell_alerts(haven_id: str) -> None:
    """Say on every open alert for which this haven was ordered, and to whoever carries out an evacuation to it, that it
    is compromised: once, however often this runs. Asked when it becomes so, and when an order is issued to it.

    A haven that is kept hidden stands on no alert; this role does not even find it.
    """
    haven = db.session.scalars(select(Haven).where(Haven.id == int(haven_id))).first()
    if haven is None or haven.state != HavenState.COMPROMISED.value:
        return
    tell_orders(haven)
    words = str(COMPROMISED_NOTE) % {"haven": haven.code}
    counting_on_it = db.session.scalars(
        select(Alert.id)
        .where(
            Alert.id.in_(select(Tasking.alert_id).where(Tasking.haven_id == haven.id)),
            Alert.status != AlertStatus.CLOSED.value,
        )
        .order_by(Alert.id)
    ).all()  # fmt: skip
    for alert_id in counting_on_it:
        note_once(alert_id, words, haven.changed_at)


def note_once(alert_id: int, words: str, since: datetime) -> None:
    told = text(
        "SELECT 1 FROM alert_steps WHERE alert_id = :alert AND note = :words AND recorded_at > :since"
    )
    if db.session.execute(told, {"alert": alert_id, "words": words, "since": since}).first() is None:
        note_on_alert(alert_id, words, datetime.now(UTC))


def tell_orders(haven: Haven) -> None:
    """The same of evacuation orders in force that send people there: on their alert, else by an alert of their own."""
    e, p = Evacuation, EvacuationPlan
    newest = (
        select(p.evacuation_id, p.version, p.content, p.issued_at)
        .join(e, e.id == p.evacuation_id)
        .where(p.issued_at > datetime.now(UTC) - ORDER_LASTS, e.ended_at.is_(None))
        .distinct(p.evacuation_id)
        .order_by(p.evacuation_id, p.version.desc())
        .subquery()
    )
    rows = db.session.execute(
        select(
            newest.c.evacuation_id, newest.c.version, newest.c.content, func.ST_X(e.place).label("lon"),
            func.ST_Y(e.place).label("lat"), Alert.id.label("alert_id"), Alert.status,
        )
        .join(e, e.id == newest.c.evacuation_id)
        .outerjoin(Alert, Alert.id == e.alert_id)
        .order_by(newest.c.evacuation_id)
    )  # fmt: skip
    now = datetime.now(UTC)
    for row in rows:
        if all(each["id"] != haven.id for each in row.content["havens"]):
            continue
        order = serial(row.evacuation_id, row.version)
        words = str(COMPROMISED_ON_ORDER) % {"order": order, "haven": haven.code}
        if row.alert_id is not None and row.status != AlertStatus.CLOSED.value:
            note_once(row.alert_id, words, haven.changed_at)
            continue
        raise_by_rule(
            Seen(
                key=f"evacuation-haven:{row.evacuation_id}:{row.version}:{haven.id}:{haven.changed_at.isoformat()}",
                kind="other", priority="P2", lon=row.lon, lat=row.lat, occurred_at=haven.changed_at, received_at=now,
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
