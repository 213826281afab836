"""What became of one's own report, and that one has read what an officer wrote for whoever sent it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from flask_babel import gettext as _
from sqlalchemy import text

from app.alerts.models import AlertStatus
from app.alerts.raising import weighed
from app.db import db
from app.errors import Conflict, NotAllowed
from app.field_reports.models import FieldReport
from app.ledger.actions import record
from app.permissions import viewer


class Became(StrEnum):
    RECEIVED = "received"
    SEEN = "seen"
    CHECKED = "checked"
    ANSWERED = "answered"
    DECLINED = "declined"
    CLOSED = "closed"


@dataclass(frozen=True)
class Back:
    """`words`: what an officer wrote for the reporter, "" for none; `heard_at`: when he said that he has read them."""

    state: Became
    words: str = ""
    told_at: datetime | None = None
    heard_at: datetime | None = None


def became_of(report: FieldReport) -> Back | None:
    """For whoever sent the report; None for all others.

    Whether a report raised an alert may depend on who lives near: where it would not have raised one anywhere, its state
    is told only once an officer has chosen to write back. An answer is told of when it is over, not while people are on
    their way.
    """
    if report.reporter_id != viewer().person_id:
        return None
    row = db.session.execute(
        text("SELECT * FROM vigil.became_of_my_report(:report)"), {"report": report.id}
    ).first()
    if row is None or not (row.words or weighed(report, None).priority):
        return Back(Became.RECEIVED)
    return Back(state_of(row.status, row.declined), row.words or "", row.told_at, row.heard_at)


def state_of(status: str, declined: bool) -> Became:
    match status:
        case AlertStatus.RECEIVED:
            return Became.RECEIVED
        case AlertStatus.ACKNOWLEDGED:
            return Became.SEEN
        case AlertStatus.RESPONDED:
            return Became.ANSWERED
        case AlertStatus.CLOSED:
            return Became.CLOSED
    return Became.DECLINED if declined else Became.CHECKED


def hear(report: FieldReport) -> None:
    """The reporter has read what was written for him; it counts as told. Raises NotAllowed for anybody else, Conflict
    where there is nothing to read, or not any more."""
    if report.reporter_id != viewer().person_id:
        raise NotAllowed(_("Whoever sent the report says that it was read; nobody else does."))
    alert_id = db.session.execute(
        text("SELECT vigil.hear_of_my_report(:report)"), {"report": report.id}
    ).scalar()
    if alert_id is None:
        raise Conflict(_("There is nothing here for you that you have not read."), code="wrong_state")
    record("alerts.feedback", "alerts", alert_id, {"told": True, "heard": True})
