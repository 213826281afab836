"""What came in by SMS: understood where it is one of three words, with the code of the message that it answers, from the
number that was told of that alert; kept for a human in every other case, and answered with nothing: an answer would tell
a stranger that he has found the house."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select, text

from app.alerts import actions
from app.alerts.models import Alert, AlertStatus, AlertStep, StepKind
from app.db import ENTER, db
from app.errors import Conflict, Refusal
from app.ledger.actions import record
from app.messages import actions as contacts
from app.messages.models import Contact, Reply
from app.messages.words import ANSWER_DIGITS, CODE_DIGITS, MOST_WRONG_CODES, answer_code, same_code
from app.permissions import viewer
from workers.acting import acting
from workers.gateways import Incoming

ANSWER = re.compile(
    rf"\s*(OK|NO|GO)\s*#?(\d{{1,15}})(?:[\s,.#-]+(\d{{{ANSWER_DIGITS}}}))?[\s.!]*", re.IGNORECASE | re.ASCII
)
CODE = re.compile(rf"\s*(?:TEST\s*)?(\d{{{CODE_DIGITS}}})[\s.!]*", re.IGNORECASE | re.ASCII)
NOBODY = ("", "", "", "", "")

# The contact that was told of this alert: a duty telephone has many owners, and the last one told is meant.
TOLD = text("""
SELECT c.person_id FROM messages m JOIN contacts c ON c.id = m.contact_id
WHERE m.alert_id = :alert AND m.route = 'sms' AND m.state IN ('handed_over', 'sent') AND c.address = :sender
  AND c.tested_at IS NOT NULL AND c.removed_at IS NULL
ORDER BY m.id DESC LIMIT 1
""")


@dataclass(frozen=True)
class Outcome:
    result: str
    asked: str = ""
    why: str = ""
    person_id: int | None = None
    alert_id: int | None = None


def take_reply(reply: Incoming, now: datetime) -> int:
    """Do what a reply asks and write down what came of it, in one transaction; 0 where it was taken before."""
    if db.session.execute(select(Reply.id).where(Reply.gateway_key == reply.key)).first() is not None:
        return 0
    return keep_reply(reply, outcome(reply, now))


def keep_reply(reply: Incoming, came: Outcome) -> int:
    """Write down what came in and what came of it; 1."""
    reply_id = db.session.execute(
        insert(Reply)
        .values(
            gateway_key=reply.key, received_at=reply.received_at, sender=reply.sender, words=reply.words,
            person_id=came.person_id, alert_id=came.alert_id, asked=came.asked, result=came.result, why=came.why,
        )
        .returning(Reply.id)
    ).scalar_one()  # fmt: skip
    record("messages.reply_taken", "replies", reply_id, {"asked": came.asked, "result": came.result})
    return 1


def outcome(reply: Incoming, now: datetime) -> Outcome:
    sender = reply.sender if reply.sender.startswith("+") else f"+{reply.sender}"
    answer = ANSWER.fullmatch(reply.words)
    if answer:
        asked, alert_id = answer[1].upper(), int(answer[2])
        person = db.session.execute(TOLD, {"alert": alert_id, "sender": sender}).scalar()
        if person is None:
            return Outcome("unknown", asked, "not_told")
        if not has_read(reply.sender, sender, alert_id, answer[3]):
            return Outcome("unknown", asked, "wrong_code", None, alert_id)
        return carried_out(asked, alert_id, int(person))
    code = CODE.fullmatch(reply.words)
    if code:
        person = tested(sender, code[1], now)
        if person is not None:
            return Outcome("done", "code", person_id=person)
    return Outcome("unknown", "", "not_understood")


def has_read(told_as: str, sender: str, alert_id: int, code: str | None) -> bool:
    """Whether the answer holds the code that was sent to this number; after five wrong ones no answer counts."""
    wrong = select(func.count(Reply.id)).where(
        Reply.sender == told_as, Reply.alert_id == alert_id, Reply.why == "wrong_code"
    )
    if db.session.execute(wrong).scalar_one() >= MOST_WRONG_CODES:
        return False
    return hmac.compare_digest((code or "").encode(), answer_code(alert_id, sender).encode())


def tested(sender: str, code: str, now: datetime) -> int | None:
    """Whose contact this code tests, if anybody's waits for it."""
    c = Contact
    found = db.session.scalars(
        select(c)
        .where(c.address == sender, c.route == "sms", c.removed_at.is_(None), c.test_id.is_not(None))
        .order_by(c.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    waiting = [contact for contact in found if contacts.waits_for_code(contact)]
    meant = [contact for contact in waiting if contact.test_id and same_code(code, contact.test_id)]
    # A duty telephone has many owners: the code of one is no wrong code of another.
    for contact in meant[:1] or waiting:
        if contacts.try_code(contact, code, now, by="sms"):
            return contact.person_id
    return None


def carried_out(asked: str, alert_id: int, person_id: int) -> Outcome:
    """As the page does it, with the rights that this person has now."""
    try:
        with db.session.begin_nested(), answering(person_id):
            act(asked, alert_id)
    except Refusal as refusal:
        return Outcome("refused", asked, refusal.code, person_id, seen(alert_id))
    except LookupError:
        return Outcome("refused", asked, "no_account", person_id, seen(alert_id))
    return Outcome("done", asked, "", person_id, alert_id)


def seen(alert_id: int) -> int | None:
    return db.session.execute(select(Alert.id).where(Alert.id == alert_id)).scalar()


def once(alert_id: int, kind: StepKind) -> None:
    """A telephone that was taken from its owner says a thing once: NO again and again would ring at every rung, GO again
    and again bury the chain."""
    said = select(AlertStep.id).where(
        AlertStep.alert_id == alert_id, AlertStep.kind == kind, AlertStep.by_id == viewer().person_id,
        AlertStep.details["by"].astext == "sms",
    )  # fmt: skip
    if db.session.execute(said.limit(1)).first() is not None:
        raise Conflict("said before", code="said_before")


def act(asked: str, alert_id: int) -> None:
    if asked == "OK":
        actions.acknowledge(alert_id, by="sms")
    elif asked == "NO":
        once(alert_id, StepKind.PASSED_ON)
        actions.pass_on(alert_id, "", by="sms")
    else:
        alert = actions.taken(alert_id)
        if alert.status == AlertStatus.TASKED:
            actions.report_movement(alert_id, StepKind.DEPARTED, by="sms")
            return
        once(alert_id, StepKind.IMMEDIATE_ACTION)
        if alert.status == AlertStatus.RECEIVED:
            actions.acknowledge(alert_id, by="sms")
        actions.act_at_once(alert_id, "On the way", by="sms")


@contextmanager
def answering(person_id: int) -> Iterator[None]:
    """What follows is done as this person; afterwards the transaction is the worker's again. On an error the savepoint
    around it takes the role back."""
    with acting(person_id):
        yield
        db.session.flush()
        db.session.execute(text("RESET ROLE"))
        db.session.connection().exec_driver_sql(ENTER, NOBODY)
