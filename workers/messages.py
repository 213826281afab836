"""The messages' process, `python -m workers.messages`: hands over what waits, hears how far it came, reads what came in.

As the clocks, it asks the database alone: no Redis, no job. One message, one transaction; no number and no words of a
person in a log.
"""

from __future__ import annotations

import logging
import os
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Row, exists, select, text, update

from app.alerts.models import AlertClock
from app.db import db
from app.ledger.actions import record
from app.messages.models import Contact, Message
from app.messages.words import answer_code, code_of, of_alert, of_test
from app.settings import settings_of
from workers import alerts
from workers.gateways import Gateway, Incoming, Known, NotNow, Outgoing, Refused, gateways
from workers.log import to_structured_lines
from workers.looking import is_gone, look_for_ever
from workers.replies import Outcome, keep_reply, take_reply
from workers.runtime import worker_app

log = logging.getLogger("vigil.messages")

EVERY_SECONDS = 1.0
MOST_AT_ONCE = 200
MOST_ATTEMPTS = 6
# A daemon that leaves a message lying so long does not send it: the one who was to get it was not reached.
PATIENCE = timedelta(minutes=3)

WAITING = select(Message.id).where(Message.state.in_(["queued", "handed_over"]))


def sweep(open_gateways: dict[str, Gateway], now: datetime) -> int:
    """Do what can be done now; returns how many messages and replies were touched."""
    touched = 0
    m = Message
    # Reminders of call-backs after all else; SMS first, what waits before what is only asked after; a gateway that does
    # not answer is asked once in a look.
    order = (m.call_back_id.is_not(None), m.route.desc(), m.state.desc(), m.not_before, m.id)
    due = (
        WAITING.where(m.not_before <= now, m.route.in_(list(open_gateways)))
        .order_by(*order)
        .limit(MOST_AT_ONCE)
    )
    answering = dict(open_gateways)
    ids = list(db.session.scalars(due))
    db.session.rollback()
    for message_id in ids:
        try:
            touched += carry(message_id, answering, now)
            db.session.commit()
        except Exception as error:
            stumbled(error, "message stumbled", message_id)
    for gateway in open_gateways.values():
        # So many in one look: a flood of what comes in must not keep waiting what goes out.
        for reply in islice(gateway.incoming(), MOST_AT_ONCE):
            touched += taken_in(reply, now)
            gateway.taken(reply)
    return touched


def taken_in(reply: Incoming, now: datetime) -> int:
    """One reply, whatever it does: what can't be carried out is kept for a human, or it would stand before all others for
    good."""
    try:
        found = take_reply(reply, now)
        db.session.commit()
    except Exception as error:
        stumbled(error, "reply stumbled")
        found = keep_reply(reply, Outcome("unknown", "", "not_understood"))
        db.session.commit()
    return found


def stumbled(error: Exception, what: str, number: int | None = None) -> None:
    """One row at fault keeps no other from its way; a database that is gone ends the look."""
    if is_gone(error):
        raise error
    db.session.rollback()
    log.error(what, extra={"message_id": number, "error": type(error).__name__})


def carry(message_id: int, open_gateways: dict[str, Gateway], now: datetime) -> int:
    """Take one message a step further; 0 where nothing changed."""
    m = Message
    row = db.session.execute(
        select(m.id, m.purpose, m.route, m.person_id, m.alert_id, m.clock_id, m.call_back_id, m.state,
               m.attempts, m.made_at, m.handed_over_at, Contact.address)
        .join(Contact, Contact.id == m.contact_id)
        .where(m.id == message_id, m.state.in_(["queued", "handed_over"]))
        .with_for_update(of=m, skip_locked=True)
    ).first()  # fmt: skip
    if row is None:
        return 0
    gateway = open_gateways.get(row.route)
    if gateway is None:
        return 0
    if row.state == "queued":
        return hand_over(row, open_gateways, now)
    known = gateway.known(outgoing(row))
    if known is Known.SENT:
        become(row, "sent", now)
    elif known is Known.FAILED or now - row.handed_over_at > PATIENCE:
        failed(row, now)
    else:
        return 0
    return 1


def outgoing(row: Row[Any]) -> Outgoing:
    alert = row.purpose == "alert"
    if alert:
        # A reminder asks for a call and not for an answer.
        asks = row.route == "sms" and row.call_back_id is None
        code = answer_code(row.alert_id, row.address) if asks else ""
        words = of_alert(row.alert_id, code)
    else:
        words = of_test(code_of(row.id))
    return Outgoing(row.id, row.made_at, row.address, words, alert)


def hand_over(row: Row[Any], open_gateways: dict[str, Gateway], now: datetime) -> int:
    over = row.call_back_id is not None and not still_to_call(row.call_back_id)
    if over or (row.clock_id is not None and not still_runs(row.clock_id)):
        become(row, "not_needed", now)
        return 1
    try:
        open_gateways[row.route].hand_over(outgoing(row))
    except Refused:
        failed(row, now)
    except NotNow:
        del open_gateways[row.route]
        later(row, now)
    else:
        become(row, "handed_over", now)
    return 1


def still_runs(clock_id: int) -> bool:
    """Whether nobody has acted: what was acknowledged in the quiet hours rings nobody in the morning. A turn that ran
    out still tells whose it was: the alert waits for anybody."""
    c = AlertClock
    return bool(db.session.execute(select(exists().where(c.id == clock_id, c.stopped_at.is_(None)))).scalar())


TO_CALL = text("SELECT 1 FROM call_backs WHERE id = :id AND done_at IS NULL")


def still_to_call(call_back_id: int) -> bool:
    return db.session.execute(TO_CALL, {"id": call_back_id}).first() is not None


def become(row: Row[Any], state: str, now: datetime) -> None:
    at = {"handed_over_at": now} if state == "handed_over" else {"ended_at": now}
    db.session.execute(
        update(Message).where(Message.id == row.id).values(state=state, attempts=row.attempts + 1, **at)
    )
    record(f"messages.{state}", "messages", row.id)


def later(row: Row[Any], now: datetime) -> None:
    if row.attempts + 1 >= MOST_ATTEMPTS:
        failed(row, now)
        return
    wait = timedelta(seconds=min(2 ** (row.attempts + 1), 60))
    db.session.execute(
        update(Message).where(Message.id == row.id).values(attempts=row.attempts + 1, not_before=now + wait)
    )
    record("messages.put_back", "messages", row.id)


OTHERS = text(
    "SELECT 1 FROM messages WHERE clock_id = :clock AND id <> :this AND state IN ('queued', 'handed_over', 'sent')"
)


def failed(row: Row[Any], now: datetime) -> None:
    """Where it was the last way to whoever's turn it is, his deputy or the next rung is told at once."""
    become(row, "failed", now)
    if row.clock_id is not None:
        others = db.session.execute(OTHERS, {"clock": row.clock_id, "this": row.id}).first()
        if others is None:
            alerts.unreached(row.clock_id, row.person_id, now)


def main() -> None:
    to_structured_lines()
    app = worker_app()
    open_gateways = gateways(settings_of(app))
    if not open_gateways:
        log.info("no gateway is set up: the screen alone tells")
    every = float(os.environ.get("VIGIL_CLOCKS_EVERY_SECONDS") or EVERY_SECONDS)
    look_for_ever(
        app, lambda: sweep(open_gateways, datetime.now(UTC)) if open_gateways else 0, every, MOST_AT_ONCE, log
    )


if __name__ == "__main__":
    main()
