"""Ordering a call-back, and recording what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask_babel import gettext as _
from sqlalchemy import insert, select, update

from app.alerts.actions import take_step, taken
from app.alerts.models import Alert, StepKind
from app.call_backs.models import CallBack, Result
from app.call_backs.queries import takers
from app.db import db
from app.errors import Conflict, Invalid, NotAllowed
from app.moments import CLOCK_GRACE
from app.permissions import Permission, viewer
from app.reasons import reason_given
from app.sources.actions import known

WITHIN, LATEST = timedelta(hours=1), timedelta(days=14)


def order(alert_id: int, code: str, question: str, due_at: datetime | None) -> Alert:
    """Have a source asked again. Raises Invalid for a time that has passed or lies weeks away."""
    alert = taken(alert_id)
    if not viewer().may(Permission.KEEP_SOURCES, alert.sector_id):
        raise NotAllowed(_("You keep the sources of your own sectors alone."))
    now = datetime.now(UTC)
    due = due_at or now + WITHIN
    if not now - CLOCK_GRACE <= due <= now + LATEST:
        words = _("Give a time from now on, within two weeks.")
        raise Invalid(words, fields={"due_at": words})
    source_id = known(code, alert)
    take_step(alert, StepKind.CALL_BACK_ORDERED, details={"source": source_id})
    db.session.execute(
        insert(CallBack).inline(),
        {
            "alert_id": alert.id, "source_id": source_id, "question": question, "due_at": due,
            "ordered_by_id": viewer().person_id,
        },
    )  # fmt: skip
    return alert


def hand(alert_id: int, call_back_id: int, watch_id: int) -> Alert:
    """Let somebody else make the call, who is on watch. Raises Invalid for a watch that does not stand there, Conflict
    for a call-back that was answered or is another alert's."""
    alert = taken(alert_id)
    if not viewer().may(Permission.KEEP_SOURCES, alert.sector_id):
        raise NotAllowed(_("You keep the sources of your own sectors alone."))
    take_step(alert, StepKind.CALL_BACK_HANDED, details={"call_back": call_back_id, "watch": watch_id})
    waits = (CallBack.id == call_back_id, CallBack.alert_id == alert.id, CallBack.done_at.is_(None))
    if db.session.execute(select(CallBack.id).where(*waits)).first() is None:
        raise Conflict(_("This call-back was answered already, or is another alert’s."), code="wrong_state")
    person = next((row.person_id for row in takers(alert.id) if row.watch_id == watch_id), None)
    if person is None:
        words = _("Choose somebody who is on watch for this alert’s sector.")
        raise Invalid(words, fields={"watch_id": words})
    # Nobody answers it meanwhile: all who act on the alert wait for its lock.
    db.session.execute(
        update(CallBack)
        .where(*waits)
        .values(handed_to_id=person)
        .execution_options(synchronize_session=False)
    )
    return alert


def answer(alert_id: int, call_back_id: int, result: Result, said: str) -> Alert:
    """What the source said, or why it was not asked. Once: Conflict where that was
    done before or it is another alert's."""
    alert = taken(alert_id)
    if result in (Result.ADDS, Result.DENIES):
        reason_given(said)
    take_step(
        alert, StepKind.CALLED_BACK, note=said, details={"call_back": call_back_id, "result": result.value}
    )
    done = db.session.execute(
        update(CallBack)
        .where(CallBack.id == call_back_id, CallBack.alert_id == alert.id, CallBack.done_at.is_(None))
        .values(
            done_at=datetime.now(UTC), done_by_id=viewer().person_id, result=result.value, answer=said.strip()
        )
        .execution_options(synchronize_session=False)
    )
    if done.rowcount == 0:  # type: ignore[attr-defined]
        raise Conflict(_("This call-back was answered already, or is another alert’s."), code="wrong_state")
    return alert
